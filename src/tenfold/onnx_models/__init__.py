"""Untrusted ONNX files: opened and run with bounded memory and time."""
