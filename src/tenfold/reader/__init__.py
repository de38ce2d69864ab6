"""Digits out of pictures, with the bundled network and ONNX Runtime alone."""

from tenfold.imaging.segment import Box
from tenfold.reader.reader import Reader
from tenfold.reader.reading import Digit, Line, Reading

__all__ = ["Box", "Digit", "Line", "Reader", "Reading"]
