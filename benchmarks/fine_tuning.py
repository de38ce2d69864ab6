"""Fine-tune the bundled reader on one person's handwriting, and read more of it before and after.

    python benchmarks/fine_tuning.py HAND [HAND ...]

HAND contains the folders own and others, each with a folder per digit, 0 to 9, of PNG files: digits to train
on, and other digits of the same person to test on. MNIST's test images are also read before and after. The
time is that of the whole `tenfold fine-tune`, including start-up and test; the CPU seconds are given, too,
since other load on the machine hardly affects them.
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
from measuring import keep, mean_percent, parser


def read(reader: tenfold.Reader, folder: Path) -> dict[str, float]:
    """Accuracy on a folder per digit, read as single digits, in percent."""
    pictures = sorted(folder.glob("[0-9]/*.png"))
    truth = np.array([int(picture.parent.name) for picture in pictures])
    digits = reader.read_digits(pictures)
    right = np.array([digit.value for digit in digits]) == truth
    accepted = np.array([digit.accepted for digit in digits])
    return shares(right, accepted)


def read_mnist(reader: tenfold.Reader, data: tenfold.Dataset) -> dict[str, float]:
    """Accuracy on MNIST's test images, in percent."""
    probabilities = reader.probabilities(data.x_test)[:, :10]
    accepted = probabilities.max(axis=1) >= reader.manifest.threshold
    right = probabilities.argmax(axis=1) == data.y_test
    return shares(right, accepted)


def shares(right: NDArray[np.bool_], accepted: NDArray[np.bool_]) -> dict[str, float]:
    return {
        "n": len(right),
        "right": mean_percent(right),
        "accepted": mean_percent(accepted),
        "right of the accepted": mean_percent(right[accepted]),
    }


def fine_tune(own: Path, folder: Path) -> tuple[Path, dict[str, float]]:
    """The model, and its training time."""
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
    """Accuracy on a hand's other digits and on MNIST's test images, before and after."""

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
    """CPU seconds of all processes that this one started, and their children."""
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
