"""Pages of a PDF as pictures, painted in a process of its own.

A page is a program: it may ask for any amount of memory and never end. `python -P -m tenfold.imaging.pdf`
takes the PDF on standard input and ends after so much memory; who starts it waits so long.
"""

import importlib.util
import subprocess
import sys
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import ImageError

PDF_SUFFIX = ".pdf"
MAX_BYTES = 256 * 2**20
PATIENCE_S = 20.0

_MEMORY_BYTES = 2**30
_PIXELS_PER_POINT = 200 / 72  # 200 dots per inch
_LONGEST_SIDE_PX = 4000
_BAD_PDF = 2


def is_pdf(head: bytes) -> bool:
    """Whether a file beginning with `head` is a PDF; some programs put a few bytes before its mark."""
    return b"%PDF-" in head


def count_pdf_pages(content: bytes, name: str) -> int:
    """How many pages a PDF has. Raises ImageError as `paint_page`."""
    return int.from_bytes(_ask("count", content, name), "big")


def paint_page(content: bytes, name: str, page: int, max_pixels: int) -> NDArray[np.uint8]:
    """A page, from 1, as RGB uint8 (H, W, 3): 200 dots per inch, fewer where it would be larger than 4,000
    pixels a side or `max_pixels`.

    Raises ImageError where there is no such page, the file is damaged, encrypted or too large, a page takes
    too much time or memory, or the package is missing.
    """
    answer = _ask("paint", content, name, str(page), str(max_pixels))
    height, width = np.frombuffer(answer[:8], dtype=">u4").tolist()
    return np.frombuffer(answer[8:], dtype=np.uint8).reshape(height, width, 3)


def _ask(what: str, content: bytes, name: str, *arguments: str) -> bytes:
    """What the process answers."""
    if importlib.util.find_spec("pypdfium2") is None:
        raise ImageError(
            f"{name} is a PDF, for which a package is missing: pip install 'tenfold[pdf]', or save its pages "
            "as pictures"
        )
    if len(content) > MAX_BYTES:
        raise ImageError(f"{name} has more than the {MAX_BYTES:,} bytes a PDF may have here")
    command = [sys.executable, "-P", "-m", "tenfold.imaging.pdf", what, *arguments]
    try:
        ended = subprocess.run(command, input=content, capture_output=True, timeout=PATIENCE_S, check=False)
    except subprocess.TimeoutExpired:
        raise ImageError(
            f"{name} takes more than {PATIENCE_S:g} s for one page; save it as a picture"
        ) from None
    if ended.returncode == 0:
        return ended.stdout
    *_, reason = ["", *ended.stderr.decode(errors="replace").splitlines()]
    if ended.returncode != _BAD_PDF:  # ended by the system, or where memory was short
        reason = "a page takes too much memory, or the file is damaged"
    raise ImageError(f"{name} cannot be read as a PDF: {reason}")


def main() -> None:
    what, *arguments = sys.argv[1:]
    _bound_memory()
    content = sys.stdin.buffer.read()
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(content) as document:
            if what == "count":
                sys.stdout.buffer.write(len(document).to_bytes(4, "big"))
            else:
                _paint(document, *map(int, arguments))
    except (pypdfium2.PdfiumError, ValueError) as error:
        print(" ".join(str(error).split()), file=sys.stderr)  # noqa: T201
        sys.exit(_BAD_PDF)


def _paint(document: Any, page: int, max_pixels: int) -> None:
    """Write height, width and colours of a page."""
    if not 1 <= page <= len(document):
        raise ValueError(f"expected a page from 1 to {len(document)}, received {page}")
    one = document[page - 1]
    width, height = (max(side, 1.0) for side in one.get_size())
    scale = min(
        _PIXELS_PER_POINT,
        _LONGEST_SIDE_PX / max(width, height),
        (0.99 * max_pixels / (width * height)) ** 0.5,
    )
    colours = one.render(scale=scale, rev_byteorder=True).to_numpy()[:, :, :3]
    sys.stdout.buffer.write(np.array(colours.shape[:2], dtype=">u4").tobytes())
    sys.stdout.buffer.write(np.ascontiguousarray(colours).tobytes())


def _bound_memory() -> None:
    """Systems without such limits set none."""
    with suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY_BYTES, _MEMORY_BYTES))


if __name__ == "__main__":
    main()
