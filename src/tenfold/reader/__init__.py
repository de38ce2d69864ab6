"""Digits out of pictures, with the bundled networks and ONNX Runtime alone."""

from tenfold.imaging.segment import Box
from tenfold.reader.reader import Reader
from tenfold.reader.reading import Digit, Line, Reading, Sign
from tenfold.reader.table import Cell, Table

__all__ = ["Box", "Cell", "Digit", "Line", "Reader", "Reading", "Sign", "Table"]
