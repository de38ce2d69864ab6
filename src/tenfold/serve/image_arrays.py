"""Many 28 x 28 images in one body."""

import io
from collections.abc import Callable, Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import InputError
from tenfold.imaging.normalize import SIDE_PX
from tenfold.imaging.segment import Box
from tenfold.reader.deadline import Deadline
from tenfold.reader.reader import PreparedDigit

RAW, NPY = "application/octet-stream", "application/x-npy"
_NPY_MAGIC = b"\x93NUMPY"
# The first bytes of picture files. Raw images placed like MNIST's begin with paper, which is 0.
_OF_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"II*\0", b"MM\0*")
Images = TypeVar("Images", NDArray[np.uint8], list[PreparedDigit])
_IMAGE_BYTES = SIDE_PX * SIDE_PX
_PART = 500  # images classified between checks of the deadline
_WHOLE = Box(0, 0, SIDE_PX, SIDE_PX)


def is_batch(body: bytes, content_type: str | None) -> bool:
    """Whether a body is raw images rather than a picture file, which may have any content type."""
    kind = (content_type or "").partition(";")[0].strip().lower()
    return body.startswith(_NPY_MAGIC) or (kind in (RAW, NPY) and not body.startswith(_OF_PICTURES))


def load_batch(body: bytes) -> list[PreparedDigit]:
    """The images in a body, prepared for a reader; otherwise like `load_images`."""
    return [PreparedDigit(image, _WHOLE) for image in load_images(body)]


def load_images(body: bytes) -> NDArray[np.uint8]:
    """The images (N, 28, 28) in a body of N x 784 bytes, or in a .npy file of uint8 (N, 28, 28).

    Ink is 255 and paper 0, with digits placed like MNIST's. Raises InputError for any other body.
    """
    return _load_npy(body) if body.startswith(_NPY_MAGIC) else _load_raw(body)


def load_image(body: bytes) -> NDArray[np.uint8]:
    """The single image (28, 28) in a body; otherwise like `load_images`."""
    images = load_images(body)
    if len(images) != 1:
        raise InputError(f"expected one image, received {len(images)}")
    (image,) = images
    return image  # type: ignore[no-any-return]


def answer_in_parts(
    answer: Callable[[NDArray[np.uint8]], NDArray[np.float32]], images: NDArray[np.uint8], deadline: Deadline
) -> NDArray[np.float32]:
    """The result of `answer` for all `images`, (N, ...); raises ReadingTimeoutError after the deadline."""
    return np.concatenate([answer(part) for part in parts_of(images, deadline)])


def parts_of(images: Images, deadline: Deadline) -> Iterator[Images]:
    """`images` in parts, at least one; raises ReadingTimeoutError after the deadline."""
    for start in range(0, max(len(images), 1), _PART):
        deadline.check("classifying these images")
        yield images[start : start + _PART]


def _load_raw(body: bytes) -> NDArray[np.uint8]:
    if len(body) % _IMAGE_BYTES:
        raise InputError(
            f"expected a multiple of {_IMAGE_BYTES} bytes, 28 x 28 an image, received {len(body):,}"
        )
    return np.frombuffer(body, dtype=np.uint8).reshape(-1, SIDE_PX, SIDE_PX)


def _load_npy(body: bytes) -> NDArray[np.uint8]:
    stream = io.BytesIO(body)
    try:
        # The header first: it may declare an array of any size.
        version = np.lib.format.read_magic(stream)
        read_header = (
            np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        )
        shape, in_columns, dtype = read_header(stream)
    except ValueError as error:
        raise InputError(f"expected a .npy file, received one with a damaged header: {error}") from None
    if dtype != np.uint8 or in_columns or len(shape) != 3 or shape[1:] != (SIDE_PX, SIDE_PX):
        raise InputError(
            f"expected a .npy file of uint8 with shape (N, {SIDE_PX}, {SIDE_PX}) in C order, "
            f"received {dtype} with shape {shape}"
        )
    content = body[stream.tell() :]
    if len(content) != shape[0] * _IMAGE_BYTES:
        raise InputError(
            f"expected {shape[0]:,} images in the .npy file, received {len(content):,} bytes of them"
        )
    return _load_raw(content)
