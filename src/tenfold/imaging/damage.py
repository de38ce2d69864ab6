"""What is wrong with a file that is no picture, or a damaged one, in a line."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, UnidentifiedImageError

from tenfold.errors import ImageError
from tenfold.imaging.formats import FORMATS

_PILLOWS_LIMIT = 178_956_970  # twice PIL.Image.MAX_IMAGE_PIXELS


@contextmanager
def naming_what_is_wrong(name: str, max_pixels: int) -> Iterator[None]:
    """Turn all that Pillow stumbles on in a picture into ImageError."""
    try:
        with warnings.catch_warnings():
            # Pillow warns of large pictures and odd metadata; size is judged here, metadata is not used.
            warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
            warnings.filterwarnings("ignore", module=r"PIL\.")
            yield
    except ImageError:
        raise
    except UnidentifiedImageError as error:
        kinds = ", ".join(FORMATS[:-1])
        raise ImageError(f"{name}: expected a picture ({kinds} or {FORMATS[-1]}), received none") from error
    except Image.DecompressionBombError as error:
        allowed = min(max_pixels, _PILLOWS_LIMIT)
        raise ImageError(f"{name} has more than the {allowed:,} pixels a picture may have here") from error
    except Exception as error:  # Pillow lets through whatever a broken file makes it stumble on
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ImageError(f"{name} is damaged and cannot be read as a picture: {reason}") from error
