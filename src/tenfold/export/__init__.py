"""A trained run for other programs: as ONNX, .keras or SavedModel, proved to compute the same there."""
