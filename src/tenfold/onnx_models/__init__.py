"""ONNX files, whoever made them: opened and run with bounded memory and time."""
