"""Decode anything that contains a picture to grey levels: uint8 (H, W), 0 black .. 255 white.

Photographs are rotated upright according to their EXIF orientation, transparent pictures are composited on
white, a TIFF or PDF gives one of its pages, and 16-bit grey is scaled to 8 bits. Data that is not a picture,
is damaged, or would decompress to more pixels or memory than allowed raises ImageError before it is
decompressed.
"""

import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tenfold.errors import ImageError
from tenfold.imaging.arrays import is_array, levels_of_array, picture_of, split_batch, to_array
from tenfold.imaging.bounds import MAX_PIXELS
from tenfold.imaging.damage import raising_image_error
from tenfold.imaging.formats import HEAD_BYTES, formats_of
from tenfold.imaging.levels import levels_of
from tenfold.imaging.memory import BYTES_PER_PIXEL, bytes_to_decode, check_memory, release_memory
from tenfold.imaging.pdf import MAX_BYTES, is_pdf, render_page

_EXIF_ORIENTATION = 0x0112


class ArrayLike(Protocol):
    """Anything NumPy converts to an array: tensors of other libraries, data frames."""

    def __array__(self) -> NDArray[Any]: ...


Path_ = str | os.PathLike[str] | os.PathLike[bytes]
Picture = (
    Path_ | bytes | bytearray | memoryview | BinaryIO | Image.Image | NDArray[Any] | ArrayLike | Sequence[Any]
)


class Decoded(NamedTuple):
    """Grey levels, uint8 (h, w), of a picture of `size` (width, height), which may be larger."""

    grey: NDArray[np.uint8]
    size: tuple[int, int]


class _Wanted(NamedTuple):
    """Which page, at most how many pixels, and how long the longer side must be; None for all of it."""

    max_pixels: int
    page: int = 1
    longest_px: int | None = None


def decode(picture: Picture, max_pixels: int = MAX_PIXELS, *, page: int = 1) -> NDArray[np.uint8]:
    """The grey levels, uint8 (H, W), of a path, a file's bytes, a binary file, a PIL image or an array.

    Arrays, nested lists and objects with `__array__` contain real numbers of shape (H, W), (H, W, 1), (H, W,
    3) RGB or (H, W, 4) RGBA, or with the channels first; `depth.Depth` describes their ranges. An open file
    is read from its beginning and left open. Of a TIFF or PDF, `page`, counted from 1, is decoded. Raises
    ImageError, which names the file, for anything that cannot be read as a picture or has more than
    `max_pixels`.
    """
    return _decode(picture, _Wanted(max_pixels, page)).grey


def decode_reduced(picture: Picture, longest_px: int, max_pixels: int = MAX_PIXELS) -> Decoded:
    """As `decode`, but a JPEG may be decoded at a half, a quarter or an eighth of its size, which is faster.

    Its longer side then still has at least `longest_px` pixels.
    """
    return _decode(picture, _Wanted(max_pixels, longest_px=longest_px))


def _decode(picture: Picture, wanted: _Wanted) -> Decoded:
    match picture:
        case Image.Image():
            with raising_image_error("this image", wanted.max_pixels):
                return _upright(*_levels_of_image(picture, "this image", wanted.max_pixels))
        case str() | os.PathLike():
            return _decode_file(Path(os.fsdecode(picture)), wanted)
        case bytes() | bytearray() | memoryview():
            return _decode_stream(io.BytesIO(picture), "these bytes", wanted)
    if is_array(picture):
        return _decode_array(to_array(picture), wanted.max_pixels)
    if callable(getattr(picture, "read", None)):
        return _decode_open_file(picture, wanted)
    raise ImageError(
        "expected a path, a file's bytes, a binary file, a PIL image or an array, "
        f"received {type(picture).__name__}"
    )


def pictures_of(pictures: Iterable[Picture]) -> Iterable[Picture]:
    """The pictures in a list or batch (`arrays.split_batch`). Raises ImageError for a single picture."""
    if isinstance(pictures, str | bytes | bytearray | memoryview | os.PathLike | Image.Image) or hasattr(
        pictures, "read"
    ):
        raise ImageError(
            f"expected a list of pictures, received a single {type(pictures).__name__}; pass it in a list: "
            "[picture]"
        )
    if not isinstance(pictures, list | tuple) and is_array(pictures):
        return split_batch(to_array(pictures))
    if not isinstance(pictures, Iterable):
        raise ImageError(f"expected a list of pictures, received {type(pictures).__name__}")
    return pictures


def bytes_to_read(picture: bytes, max_pixels: int = MAX_PIXELS) -> int:
    """An upper bound on the memory, in bytes, that reading a picture takes, from its file header alone.

    Raises ImageError as `decode` does for whatever the header shows.
    """
    name = "these bytes"
    head, stream = picture[:HEAD_BYTES], io.BytesIO(picture)
    if is_pdf(head):
        raise ImageError("expected a picture, received a PDF; send its pages as pictures")
    with raising_image_error(name, max_pixels), Image.open(stream, formats=formats_of(head, name)) as image:
        _check_size(*image.size, name, max_pixels)
        return max(bytes_to_decode(image), BYTES_PER_PIXEL * image.width * image.height)


def _decode_file(path: Path, wanted: _Wanted) -> Decoded:
    try:
        with path.expanduser().open("rb") as stream:
            return _decode_stream(stream, str(path), wanted)
    except OSError as error:
        raise ImageError(f"{path} cannot be opened: {error.strerror or error}") from error
    except (ValueError, RuntimeError) as error:  # a NUL in the name; the home of an unknown user
        if isinstance(error, ImageError):
            raise
        raise ImageError(f"{str(path)!r} cannot be opened: {error}") from error


def _decode_open_file(file: Any, wanted: _Wanted) -> Decoded:
    name = getattr(file, "name", None)
    name = name if isinstance(name, str) else "this file"
    try:
        if not isinstance(file.read(0), bytes | bytearray):
            raise ImageError(f"expected {name} opened as a binary file (mode 'rb'), received text")
    except (OSError, ValueError) as error:  # closed, or opened for writing
        if isinstance(error, ImageError):
            raise
        raise ImageError(f"{name} cannot be read: {error}") from error
    return _decode_stream(_rewound(file), name, wanted)


def _rewound(file: Any) -> Any:
    """The open file at its beginning, or its remaining bytes if it cannot seek."""
    try:
        file.seek(0)
    except (AttributeError, OSError):
        return io.BytesIO(file.read())
    return file


def _decode_stream(stream: Any, name: str, wanted: _Wanted) -> Decoded:
    # Rotated only after the image is freed: a large picture leaves no memory for both.
    decoded, orientation = _levels_of_stream(stream, name, wanted)
    release_memory(decoded.grey.size)
    return _upright(decoded, orientation)


def _levels_of_stream(stream: Any, name: str, wanted: _Wanted) -> tuple[Decoded, Any]:
    head = _head(stream)
    if is_pdf(head):
        page = render_page(stream.read(MAX_BYTES + 1), name, wanted.page, wanted.max_pixels)
        return _all_of(levels_of_array(page)), None
    with (
        raising_image_error(name, wanted.max_pixels),
        Image.open(stream, formats=formats_of(head, name)) as image,
    ):
        _seek_page(image, wanted.page, name)
        _check_size(*image.size, name, wanted.max_pixels)
        check_memory(image, name, wanted.max_pixels)
        size = image.size
        if wanted.longest_px:
            _reduce(image, wanted.longest_px)
        decoded, orientation = _levels_of_image(image, name, wanted.max_pixels)
        return decoded._replace(size=size), orientation


def _reduce(image: Image.Image, longest_px: int) -> None:
    """Let Pillow decode an opened JPEG at a fraction of its size; other formats have none."""
    longest = max(image.size)
    if longest >= 2 * longest_px:
        width, height = (max(1, side * longest_px // longest) for side in image.size)
        image.draft(None, (width, height))


def _seek_page(image: Image.Image, page: int, name: str) -> None:
    try:
        if page > 1:
            image.seek(page - 1)
    except EOFError:
        raise ImageError(f"{name} has no page {page}") from None


def _head(stream: Any) -> bytes:
    head = bytes(stream.read(HEAD_BYTES))
    stream.seek(0)
    return head


def _levels_of_image(image: Image.Image, name: str, max_pixels: int) -> tuple[Decoded, Any]:
    """The grey levels of an image, and its EXIF orientation."""
    _check_size(*image.size, name, max_pixels)
    image.load()
    # Only after loading: Pillow rotates a TIFF itself and then clears its orientation.
    return _all_of(levels_of(image, name)), image.getexif().get(_EXIF_ORIENTATION)


def _decode_array(array: NDArray[Any], max_pixels: int) -> Decoded:
    picture = picture_of(array)
    _check_size(picture.shape[1], picture.shape[0], "this array", max_pixels)
    return _all_of(levels_of_array(picture))


def _all_of(levels: NDArray[np.uint8]) -> Decoded:
    return Decoded(levels, (levels.shape[1], levels.shape[0]))


def _upright(decoded: Decoded, orientation: Any) -> Decoded:
    """Rotate and mirror as the EXIF orientation says, 2 to 8; anything else means upright."""
    levels, size = decoded
    if orientation in (5, 6, 7, 8):
        levels, size = levels.T, size[::-1]
    if orientation in (2, 3, 6, 7):
        levels = levels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        levels = levels[::-1]
    return Decoded(np.ascontiguousarray(levels), size)


def _check_size(width: int, height: int, name: str, max_pixels: int) -> None:
    if width * height == 0:
        raise ImageError(f"{name} is empty: {width} x {height} pixels")
    if width * height > max_pixels:
        raise ImageError(
            f"{name} has {width} x {height} pixels, more than the {max_pixels:,} allowed here; "
            "make it smaller or allow more"
        )
