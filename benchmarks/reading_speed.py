"""Reading speed, compared with plain ONNX Runtime and Keras' `model.predict` with the same network.

usage: python benchmarks/reading_speed.py [--rounds R]

Each round measures in turn: one normalised digit, a batch of 10,000, and a 28 x 28 crop through all of
`read_digits`; and, each in a separate process: a page of 12 megapixels with its peak memory, `tenfold read`,
and `tenfold --help`. Prints the measurements and saves them in benchmarks/results/. Keras is measured if the
training stack is installed.
"""

import importlib.util
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from measuring import in_new_process, keep, memory_bytes, parser, seconds_of, summarize_all
from tenfold.data import load_mnist
from tenfold.reader import Reader
from tenfold.reader.reader import BUNDLED_MODEL

Call = Callable[[], object]
BATCH = 10_000
_TURN, _PAUSE_S = 25, 0.01
PAGE_HEIGHT, PAGE_WIDTH = 3000, 4000


def seconds_each(calls: dict[str, Call], repeats: int) -> dict[str, float]:
    """The median time of each call; calls take turns, so that other load slows all of them.

    A turn is up to 25 calls after a pause: ONNX Runtime's threads spin for a while after a call, which would
    slow the next one.
    """
    times: dict[str, list[float]] = {name: [] for name in calls}
    while len(times[next(iter(calls))]) < repeats:
        for name, call in calls.items():
            time.sleep(_PAUSE_S)
            for _ in range(min(_TURN, repeats)):
                start = time.perf_counter()
                call()
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(of) for name, of in times.items()}


def plain_onnxruntime(images: NDArray[np.uint8], batch: int) -> Call:
    """ONNX Runtime with default settings, on prepared input."""
    import onnxruntime  # after tenfold, which switches off its telemetry

    session = onnxruntime.InferenceSession(BUNDLED_MODEL, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    x = images[..., None].astype(np.float32) / 255
    return lambda: [session.run(None, {name: x[i : i + batch]}) for i in range(0, len(x), batch)]


def keras_predict(images: NDArray[np.uint8]) -> Call:
    """The untrained network, which takes as long as the trained one."""
    from tenfold.recipes import load_recipe

    model = load_recipe("reader").build()
    x = images[..., None].astype(np.float32) / 255
    return lambda: model.predict(x, batch_size=256, verbose=0)


def measure_network(rounds: int) -> dict[str, Any]:
    """Times, and ratios to plain ONNX Runtime; below 1 is faster."""
    digits = load_mnist().x_test[:BATCH]
    reader, one, crop = Reader(), digits[:1], 255 - digits[0]
    singly: dict[str, Call] = {
        "tenfold": lambda: reader.probabilities(one),
        "onnxruntime": plain_onnxruntime(one, 1),
        "read_digits": lambda: reader.read_digits([crop]),
    }
    batches: dict[str, Call] = {
        "tenfold": lambda: reader.probabilities(digits),
        "onnxruntime at once": plain_onnxruntime(digits, BATCH),
        "onnxruntime in hundreds": plain_onnxruntime(digits, 100),
    }
    predict = importlib.util.find_spec("keras") is not None
    if predict:
        singly_slow, batches["keras"] = {"keras": keras_predict(one)}, keras_predict(digits)
    one_by_one: dict[str, list[float]] = {name: [] for name in ("ratio", "tenfold_us", "read_digits_us")}
    batch: dict[str, list[float]] = {"ratio": [], "tenfold_us_per_digit": []}
    slower: dict[str, list[float]] = {"one": [], "batch": []}
    for call in (*singly.values(), *batches.values()):  # opens sessions, builds graphs
        call()
    for number in range(rounds):
        quick, many = seconds_each(singly, 500), seconds_each(batches, 3)
        one_by_one["ratio"].append(quick["tenfold"] / quick["onnxruntime"])
        one_by_one["tenfold_us"].append(1e6 * quick["tenfold"])
        one_by_one["read_digits_us"].append(1e6 * quick["read_digits"])
        fastest = min(many["onnxruntime at once"], many["onnxruntime in hundreds"])
        batch["ratio"].append(many["tenfold"] / fastest)
        batch["tenfold_us_per_digit"].append(1e6 * many["tenfold"] / BATCH)
        if predict:
            slower["one"].append(seconds_each(singly_slow, 20)["keras"] / quick["tenfold"])
            slower["batch"].append(many["keras"] / many["tenfold"])
        print(f"round {number + 1}: {quick} {many}", flush=True)
    results = {
        "one_digit": summarize_all(one_by_one),
        f"batch_of_{BATCH}": summarize_all(batch),
    }
    if predict:
        results["keras_predict_takes_times_as_long"] = summarize_all(slower)
    return results


def draw_page() -> NDArray[np.uint8]:
    """MNIST digits, 130 pixels high, in twelve lines on unevenly lit, rough paper: uint8 (H, W, 3)."""
    digits = load_mnist().x_test
    chance = np.random.default_rng(0)
    ink = np.zeros((PAGE_HEIGHT, PAGE_WIDTH), np.float32)
    for index in range(240):
        row, column = divmod(index, 20)
        y, x = 150 + 225 * row + chance.integers(12), 200 + 180 * column
        digit = cv2.resize(digits[index], (130, 130), interpolation=cv2.INTER_CUBIC) / np.float32(255)
        ink[y : y + 130, x : x + 130] = digit
    down, across = np.mgrid[0:1:3000j, 0:1:4000j].astype(np.float32)
    light = (1 - 0.25 * across - 0.1 * down) * (1 - 0.75 * ink)
    page = light[..., None] * np.array((235, 230, 215), np.float32)
    page += chance.normal(0, 3, (PAGE_HEIGHT, PAGE_WIDTH, 1))
    return np.asarray(np.clip(page, 0, 255), dtype=np.uint8)


def read_page(path: str) -> dict[str, float]:
    """The seconds of the first reading and of later ones, and the peak memory in MB."""
    reader = Reader()
    seconds = []
    for _ in range(6):
        start = time.perf_counter()
        reader.read(path)
        seconds.append(time.perf_counter() - start)
    later = statistics.median(seconds[1:])
    # `getrusage` would include the parent's peak.
    return {"first_s": seconds[0], "later_s": later, "peak_mb": memory_bytes("VmHWM") / 2**20}


def measure_processes(rounds: int) -> dict[str, Any]:
    """New processes: a page of 12 megapixels, and the command line."""
    measured: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        page, small = Path(folder) / "page.jpg", Path(folder) / "x.png"
        picture = draw_page()
        cv2.imwrite(str(page), picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
        cv2.imwrite(str(small), picture[150:300, 150:1000, 1])
        commands = {"tenfold_read_s": ["read", str(small)], "tenfold_help_s": ["--help"]}
        for _ in range(rounds):
            for name, figure in in_new_process(read_page, str(page)).items():
                measured.setdefault(f"page_{name}", []).append(figure)
            for name, arguments in commands.items():
                measured.setdefault(name, []).append(seconds_of("-m", "tenfold", *arguments))
    return summarize_all(measured)


def main() -> None:
    rounds = parser(__doc__, rounds=7).parse_args().rounds
    processes = measure_processes(rounds)
    keep("reading_speed", {**measure_network(rounds), "processes": processes})


if __name__ == "__main__":
    main()
