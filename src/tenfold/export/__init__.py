"""A trained run for other programs: ONNX, .keras, SavedModel or TFLite, proved to compute the same there."""
