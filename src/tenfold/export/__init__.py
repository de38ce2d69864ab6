"""A trained run for other programs: its network as ONNX, .keras or SavedModel, each proved to compute the same."""
