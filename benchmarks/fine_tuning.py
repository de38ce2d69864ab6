"""Fine-tune the bundled reader on some digits of one hand, and read others of it before and after.

    python benchmarks/fine_tuning.py HAND [HAND ...]

HAND holds the folders own and others, and these a folder per digit, named 0 to 9, with PNG files: digits to
learn from, and digits of the same hand to be read, of which none is learnt from. MNIST's test images are read
before and after as well. The time is that of `tenfold fine-tune`, from its start to its end, start-up and
test included; beside it stand the seconds that processors worked for it, which other work on the machine
makes hardly more.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import tenfold
from measuring import keep, parser, percent


def read(reader: tenfold.Reader, folder: Path) -> dict[str, float]:
    """How well a folder per digit is read as single digits, in percent."""
    pictures = sorted(folder.glob("[0-9]/*.png"))
    truth = np.array([int(picture.parent.name) for picture in pictures])
    digits = reader.read_digits(pictures)
    right = np.array([digit.value for digit in digits]) == truth
    accepted = np.array([digit.accepted for digit in digits])
    return shares(right, accepted)


def read_mnist(reader: tenfold.Reader, data: tenfold.Dataset) -> dict[str, float]:
    """How well MNIST's test images are read, in percent."""
    probabilities = reader.probabilities(data.x_test)[:, :10]
    accepted = probabilities.max(axis=1) >= reader.manifest.threshold
    right = probabilities.argmax(axis=1) == data.y_test
    return shares(right, accepted)


def shares(right: NDArray[np.bool_], accepted: NDArray[np.bool_]) -> dict[str, float]:
    return {
        "n": len(right),
        "right": percent(right),
        "accepted": percent(accepted),
        "right of the accepted": percent(right[accepted]),
    }


def fine_tune(own: Path, folder: Path) -> tuple[Path, dict[str, float]]:
    """The model, and how long its training took."""
    run, model = folder / "run", folder / "mine.onnx"
    command = [sys.executable, "-m", "tenfold"]
    start, worked = time.perf_counter(), _worked()
    subprocess.run([*command, "fine-tune", own, "--out", run], check=True)
    took = {
        "seconds": round(time.perf_counter() - start, 1),
        "processor_seconds": round(_worked() - worked, 1),
    }
    subprocess.run([*command, "export", run, model], check=True)
    return model, took


def measure(hand: Path, data: tenfold.Dataset) -> dict[str, Any]:
    """What a hand's others and MNIST's test images are read like, before and after."""

    def look(reader: tenfold.Reader) -> dict[str, Any]:
        return {
            "others": read(reader, hand / "others"),
            "mnist_test": read_mnist(reader, data),
            "threshold": reader.manifest.threshold,
        }

    with tempfile.TemporaryDirectory() as folder:
        model, took = fine_tune(hand / "own", Path(folder))
        return {
            "learnt_from": len(list(hand.glob("own/[0-9]/*.png"))),
            **took,
            "before": look(tenfold.Reader()),
            "after": look(tenfold.Reader(model)),
        }


def _worked() -> float:
    """Seconds of all processors for all processes that this one started, and those they started."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    options = parser(__doc__)
    options.add_argument("hands", type=Path, nargs="+", metavar="HAND")
    data = tenfold.load_mnist()
    results = {hand.name: measure(hand, data) for hand in options.parse_args().hands}
    keep("fine_tuning", results)


if __name__ == "__main__":
    main()
