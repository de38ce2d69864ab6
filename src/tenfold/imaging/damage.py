"""One-line errors for files that are damaged or not pictures."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, UnidentifiedImageError

from tenfold.errors import ImageError
from tenfold.imaging.formats import FORMATS

_PILLOW_MAX_PIXELS = 178_956_970  # twice PIL.Image.MAX_IMAGE_PIXELS


@contextmanager
def raising_image_error(name: str, max_pixels: int) -> Iterator[None]:
    """Turn anything that Pillow raises on the picture called `name` into ImageError."""
    try:
        with warnings.catch_warnings():
            # Pillow warns about large pictures and odd metadata: sizes are checked here, metadata is ignored.
            warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
            warnings.filterwarnings("ignore", module=r"PIL\.")
            yield
    except ImageError:
        raise
    except UnidentifiedImageError as error:
        formats = ", ".join(FORMATS[:-1])
        raise ImageError(f"{name} is not a picture tenfold can read ({formats} or {FORMATS[-1]})") from error
    except Image.DecompressionBombError as error:
        allowed = min(max_pixels, _PILLOW_MAX_PIXELS)
        raise ImageError(f"{name} has more than the {allowed:,} pixels allowed here") from error
    except Exception as error:  # broken files make Pillow raise almost anything
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ImageError(f"{name} is damaged and cannot be read as a picture: {reason}") from error
