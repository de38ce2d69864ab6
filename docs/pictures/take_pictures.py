"""Take the README's pictures: the head of a study's report, and two annotated readings. Needs Chromium.

tenfold study --quick
python docs/pictures/take_pictures.py runs/study-quick/report.html
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
READING = HERE.parent / "reading"
WIDTH, HEIGHT = 1100, 1500  # of the report's head, down to the networks' answers


def main(report: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shown = Path(folder) / "report.png"
        photograph(report, shown)
        with Image.open(shown) as picture:
            colours = picture.convert("RGB").quantize(64, dither=Image.Dither.NONE)
            colours.save(HERE / "report.png", optimize=True)
        for name, width in (("example", 900), ("desk", 900)):
            annotated = Path(folder) / f"{name}.png"
            command = ["tenfold", "read", READING / f"{name}.jpg", "--annotate", annotated]
            subprocess.run(command, check=True)
            with Image.open(annotated) as picture:
                small = picture.convert("RGB")
                small.thumbnail((width, width), Image.Resampling.LANCZOS)
                small.save(HERE / f"{name}.jpg", quality=80, optimize=True)


def photograph(report: Path, picture: Path) -> None:
    """The head of the report as a desktop browser shows it in light mode."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.goto(report.resolve().as_uri())
        page.wait_for_timeout(1000)
        page.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
