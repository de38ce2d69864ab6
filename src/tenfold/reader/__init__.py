"""Read digits in pictures with the bundled networks; needs only ONNX Runtime."""

from tenfold.imaging.segment import Box
from tenfold.reader.reader import Reader
from tenfold.reader.reading import Digit, Line, Reading, Sign
from tenfold.reader.table import Cell, Table

__all__ = ["Box", "Cell", "Digit", "Line", "Reader", "Reading", "Sign", "Table"]
