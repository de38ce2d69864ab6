"""Export a run as ONNX, .keras, SavedModel or TFLite, and verify that it computes the same there."""
