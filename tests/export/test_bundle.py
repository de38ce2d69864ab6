"""A trained reader becomes a pair of files that tenfold reads with."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

import tenfold
from tenfold import train
from tenfold.cores import available_cores
from tenfold.data import Dataset
from tenfold.data.pens import Characters
from tenfold.errors import InputError
from tenfold.imaging.layout import Region
from tenfold.keras_backend import set_up_keras
from tenfold.runs import Run
from tenfold.symbols import N_SYMBOLS
from writers import characters_of

set_up_keras(available_cores())

from tenfold.export.bundle import bundle_run  # noqa: E402
from tenfold.export.calibrate import calibrate_digits, calibrate_lines, calibrate_regions  # noqa: E402
from tenfold.reader.network import DigitNetwork, LineNetwork, RegionNetwork  # noqa: E402
from tenfold.runs.inference import open_session, run_network  # noqa: E402


@pytest.fixture(scope="module", autouse=True)
def _pens() -> Iterator[None]:
    """Two writers who can be had without a download."""
    characters = characters_of()

    def load(*, held_out: bool) -> Characters:
        return characters

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tenfold.data.pens.load_characters", load)
        yield


@pytest.fixture(scope="module")
def run(few_digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return train("reader", few_digits, epochs=2, out=tmp_path_factory.mktemp("runs") / "reader")


def test_a_reader_trained_and_bundled_reads(run: Run, few_digits: Dataset, tmp_path: Path) -> None:
    manifest = bundle_run(run, tmp_path / "mine.onnx", few_digits)

    digits = tenfold.Reader(tmp_path / "mine.onnx").read_digits(list(few_digits.x_test[:20]))

    assert len(digits) == 20
    assert manifest.data_sha256 == few_digits.sha256
    assert manifest.sha256 == sha256((tmp_path / "mine.onnx").read_bytes()).hexdigest()
    assert json.loads((tmp_path / "mine.json").read_text())["temperature"] == manifest.temperature
    assert manifest.figures["mnist_test_accuracy"] == run.result["test_accuracy"]


def test_what_is_bundled_computes_what_was_trained(run: Run, few_digits: Dataset, tmp_path: Path) -> None:
    manifest = bundle_run(run, tmp_path / "mine.onnx", few_digits)
    images = few_digits.x_test[:50]

    outputs = run_network(open_session(run.onnx_path), images, 2).astype(float)
    powers = outputs ** (1 / manifest.temperature)  # equivalent to dividing the logits
    expected = powers / powers.sum(axis=1, keepdims=True)

    # Weights are kept to a two-thousandth.
    np.testing.assert_allclose(
        DigitNetwork(tmp_path / "mine.onnx").probabilities(images), expected, atol=0.01
    )
    assert (tmp_path / "mine.onnx").stat().st_size < 0.52 * run.onnx_path.stat().st_size


@pytest.mark.slow
def test_the_same_seed_trains_the_same_reader(run: Run, few_digits: Dataset, tmp_path: Path) -> None:
    again = train("reader", few_digits, epochs=2, out=tmp_path / "again")

    assert again.history[0]["loss"] == run.history[0]["loss"]
    assert again.weights_path.read_bytes() == run.weights_path.read_bytes()


def test_only_the_data_it_was_trained_on_calibrates_a_reader(
    run: Run, few_digits: Dataset, tmp_path: Path
) -> None:
    other = Dataset(
        name="others",
        x_train=few_digits.x_train[::-1],
        y_train=few_digits.y_train[::-1],
        x_test=few_digits.x_test,
        y_test=few_digits.y_test,
        class_names=few_digits.class_names,
        origin="MNIST",
    )

    with pytest.raises(InputError, match="on which"):
        bundle_run(run, tmp_path / "mine.onnx", other)
    assert list(tmp_path.iterdir()) == []


def test_the_threshold_lets_through_as_few_non_digits_as_promised() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 11, 4000)
    logits = rng.normal(0, 1, (4000, 11))
    logits[np.arange(4000), labels] += 3

    calibration = calibrate_digits(labels, logits.astype(np.float32))

    # The likelihood ratio of two such classes is the exponential of three times their logits' difference.
    assert calibration.temperature == pytest.approx(1 / 3, abs=0.02)
    assert calibration.figures["others_accepted"] <= 0.02
    assert calibration.figures["accepted_digits_right"] > calibration.figures["digits_right"]
    assert calibration.figures["calibration_error"] < 0.03


def test_the_temperature_of_lines_is_found_again() -> None:
    """Well calibrated columns, with their logits tripled."""
    rng = np.random.default_rng(0)
    shown = rng.integers(0, N_SYMBOLS, (600, 12))
    shown[:, ::2] = 10  # none between symbols
    logits = rng.normal(0, 1, (600, 12, N_SYMBOLS))
    logits[np.arange(600)[:, None], np.arange(12), shown] += 3  # as above: a temperature of 1 / 3 is right
    labels = np.full((600, 12), 10)
    for row, of_row in zip(labels, shown, strict=True):
        symbols = of_row[of_row != 10]
        row[: len(symbols)] = symbols

    calibration = calibrate_lines(labels, (3 * logits).astype(np.float32))

    assert calibration.temperature == pytest.approx(1, abs=0.1)
    assert calibration.threshold == 0.5
    assert calibration.figures["rows_of_lines"] == 600
    rows_right, with_right_digits = (
        calibration.figures[name] for name in ("rows_right", "rows_with_right_digits")
    )
    assert 0 < rows_right < with_right_digits < calibration.figures["of_these_right"] < 1


def test_at_most_one_number_in_ten_is_passed_over() -> None:
    """Pages with 25 connected components each, two in five of them letters."""
    rng = np.random.default_rng(0)
    kinds = rng.choice([Region.DIGIT, Region.TEXT], (40, 5, 5), p=(0.6, 0.4))
    labels = np.kron(kinds, np.pad(np.ones((5, 5), int), (0, 11))).astype(np.int64)
    logits = rng.normal(0, 1, (*labels.shape, len(Region)))
    logits += np.eye(len(Region))[labels] * rng.choice([1.0, 6.0], (*labels.shape, 1))

    calibration = calibrate_regions(labels, logits.astype(np.float32))

    assert 0.895 <= calibration.figures["numbers_kept"] < 1
    assert calibration.figures["words_kept"] < 0.2
    assert 0 < calibration.threshold < 1
    assert calibration.figures["found"].keys() == {"paper", "text", "digit"}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["desk", "layout"])
def test_maps_of_pages_are_trained_bundled_and_of_any_size(
    name: str, few_digits: Dataset, tmp_path: Path
) -> None:
    run = train(name, few_digits, epochs=1, out=tmp_path / "run")

    manifest = bundle_run(run, tmp_path / f"{name}.onnx", few_digits)

    network = RegionNetwork(tmp_path / f"{name}.onnx")
    assert manifest.name == name
    for height, width in ((33, 70), (256, 256), (1, 500)):
        said = network.probabilities(np.full((height, width), 128, dtype=np.uint8), border_level=0)
        assert said.shape == (-(-height // 2), -(-width // 2), len(Region))
        np.testing.assert_allclose(said.sum(axis=-1), 1, atol=1e-5)


@pytest.mark.slow
def test_lines_are_trained_bundled_and_read_with(few_digits: Dataset, tmp_path: Path) -> None:
    run = train("lines", few_digits, epochs=2, out=tmp_path / "run")

    manifest = bundle_run(run, tmp_path / "lines.onnx", few_digits)

    network = LineNetwork(tmp_path / "lines.onnx")
    assert manifest.name == "lines"
    for width in (40, 256, 1000):
        said = network.probabilities(np.zeros((36, width), dtype=np.uint8))
        assert said.shape == (width // 2, N_SYMBOLS)
        np.testing.assert_allclose(said.sum(axis=1), 1, atol=1e-5)
