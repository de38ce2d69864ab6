"""Render the pages of a PDF in a separate process.

A page is a program: it may request any amount of memory and never end. `python -P -m tenfold.imaging.pdf`
takes the PDF on standard input under a memory limit, and its parent stops waiting after `TIMEOUT_S`.
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
TIMEOUT_S = 20.0

_MEMORY_BYTES = 2**30
_PIXELS_PER_POINT = 200 / 72  # 200 dots per inch
_LONGEST_SIDE_PX = 4000
_BAD_PDF = 2  # exit code


def is_pdf(head: bytes) -> bool:
    """Whether a file beginning with `head` is a PDF; some programs write a few bytes before the signature."""
    return b"%PDF-" in head


def count_pdf_pages(content: bytes, name: str) -> int:
    """The number of pages of a PDF. Raises ImageError as `render_page`."""
    return int.from_bytes(_run_worker("count", content, name), "big")


def render_page(content: bytes, name: str, page: int, max_pixels: int) -> NDArray[np.uint8]:
    """A page, counted from 1, as RGB uint8 (H, W, 3), at 200 dots per inch or less.

    Neither side exceeds 4,000 pixels, and the area stays below `max_pixels`. Raises ImageError if there is no
    such page; if the file is damaged, encrypted or too large; if the page takes too much time or memory; or
    if the package is not installed.
    """
    answer = _run_worker("render", content, name, str(page), str(max_pixels))
    height, width = np.frombuffer(answer[:8], dtype=">u4").tolist()
    return np.frombuffer(answer[8:], dtype=np.uint8).reshape(height, width, 3)


def _run_worker(action: str, content: bytes, name: str, *arguments: str) -> bytes:
    """The output of the process. Raises ImageError."""
    if importlib.util.find_spec("pypdfium2") is None:
        raise ImageError(
            f"{name} is a PDF, which needs another package: pip install 'tenfold[pdf]', or save its pages "
            "as pictures"
        )
    if len(content) > MAX_BYTES:
        raise ImageError(f"{name} has more than the {MAX_BYTES:,} bytes allowed for a PDF")
    command = [sys.executable, "-P", "-m", "tenfold.imaging.pdf", action, *arguments]
    try:
        process = subprocess.run(command, input=content, capture_output=True, timeout=TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        raise ImageError(
            f"{name} takes more than {TIMEOUT_S:g} s for one page; save it as a picture"
        ) from None
    if process.returncode == 0:
        return process.stdout
    *_, reason = ["", *process.stderr.decode(errors="replace").splitlines()]
    if process.returncode != _BAD_PDF:  # killed by the system, or out of memory
        reason = "a page takes too much memory, or the file is damaged"
    raise ImageError(f"{name} cannot be read as a PDF: {reason}")


def main() -> None:
    action, *arguments = sys.argv[1:]
    _bound_memory()
    content = sys.stdin.buffer.read()
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(content) as document:
            if action == "count":
                sys.stdout.buffer.write(len(document).to_bytes(4, "big"))
            else:
                _render(document, *map(int, arguments))
    except (pypdfium2.PdfiumError, ValueError) as error:
        print(" ".join(str(error).split()), file=sys.stderr)  # noqa: T201
        sys.exit(_BAD_PDF)


def _render(document: Any, page: int, max_pixels: int) -> None:
    """Write the height, width and RGB values of a page to standard output."""
    if not 1 <= page <= len(document):
        raise ValueError(f"expected a page from 1 to {len(document)}, received {page}")
    rendered = document[page - 1]
    width, height = (max(side, 1.0) for side in rendered.get_size())
    scale = min(
        _PIXELS_PER_POINT,
        _LONGEST_SIDE_PX / max(width, height),
        (0.99 * max_pixels / (width * height)) ** 0.5,
    )
    colours = rendered.render(scale=scale, rev_byteorder=True).to_numpy()[:, :, :3]
    sys.stdout.buffer.write(np.array(colours.shape[:2], dtype=">u4").tobytes())
    sys.stdout.buffer.write(np.ascontiguousarray(colours).tobytes())


def _bound_memory() -> None:
    """Limit the memory of this process, on systems that can."""
    with suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY_BYTES, _MEMORY_BYTES))


if __name__ == "__main__":
    main()
