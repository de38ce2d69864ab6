"""The reader's public interface, with a small model: what holds for any network."""

import io
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image

import tenfold
from tenfold.data import Dataset


def png(array: NDArray[np.uint8]) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(array).save(stream, format="PNG")
    return stream.getvalue()


def test_read_digits_returns_the_networks_answer_for_each_picture(
    small_reader: tenfold.Reader, small_model: Any, few_digits: Dataset
) -> None:
    """Preparing MNIST's own images hardly changes them, so the expected result is computed with NumPy."""
    images = few_digits.x_test[:100]
    expected = small_model.probabilities(images)

    digits = small_reader.read_digits(list(images))

    agree = [digit.value == row[:10].argmax() for digit, row in zip(digits, expected, strict=True)]
    assert np.mean(agree) > 0.9
    for digit in digits:
        assert digit.value == np.argmax(digit.probabilities)
        assert digit.confidence == max(digit.probabilities)
        assert digit.accepted == (digit.confidence >= 0.4)
        assert sum(digit.probabilities) <= 1 + 1e-6
        assert digit.box == tenfold.Box(0, 0, 28, 28)
    assert len({digit.accepted for digit in digits}) == 2


def test_normalized_digits_go_straight_to_the_network(
    small_reader: tenfold.Reader, small_model: Any, few_digits: Dataset
) -> None:
    received = small_reader.probabilities(few_digits.x_test)

    assert np.allclose(received, small_model.probabilities(few_digits.x_test), atol=1e-5)


def test_no_pictures_give_no_digits(small_reader: tenfold.Reader) -> None:
    assert small_reader.read_digits([]) == []


def test_a_path_bytes_an_image_and_an_array_read_the_same(
    small_reader: tenfold.Reader, page: NDArray[np.uint8], tmp_path: Path
) -> None:
    path = tmp_path / "page.png"
    path.write_bytes(png(page))
    with Image.open(path) as image:
        readings = [small_reader.read(picture) for picture in (path, str(path), png(page), image, page)]
        digits = small_reader.read_digits([path, str(path), png(page), image, page])

    assert all(reading == readings[0] for reading in readings)
    assert all(digit == digits[0] for digit in digits)


def test_lines_come_from_top_to_bottom_and_digits_from_left_to_right(
    small_reader: tenfold.Reader, page: NDArray[np.uint8]
) -> None:
    reading = small_reader.read(page)

    assert len(reading.lines) == 3
    middles = [np.mean([d.box.y + d.box.height / 2 for d in line.digits]) for line in reading.lines]
    assert middles == sorted(middles)
    for line in reading.lines:
        left_edges = [digit.box.x for digit in line.digits]
        assert left_edges == sorted(left_edges)
    assert reading.text == "\n".join(line.text for line in reading.lines)


def test_every_box_lies_in_the_picture_and_contains_ink(
    small_reader: tenfold.Reader, page: NDArray[np.uint8]
) -> None:
    for factor in (1, 5):  # the second is scaled down
        picture = cv2.resize(page, None, fx=factor, fy=factor)
        digits = [digit for line in small_reader.read(picture).lines for digit in line.digits]
        assert digits
        for digit in digits:
            box = digit.box
            assert 0 <= box.x < box.x + box.width <= picture.shape[1]
            assert 0 <= box.y < box.y + box.height <= picture.shape[0]
            assert picture[box.y : box.y + box.height, box.x : box.x + box.width].min() < 128


@pytest.mark.parametrize("kind", [".png", ".jpg"])  # a JPEG of this size is decoded at a fraction of it
def test_boxes_are_in_pixels_of_the_picture_at_any_size(
    small_reader: tenfold.Reader, page: NDArray[np.uint8], kind: str
) -> None:
    small = small_reader.read(page).lines[0].digits[0].box
    enlarged = cv2.resize(page, None, fx=5, fy=5)
    trace = small_reader.trace(cv2.imencode(kind, enlarged)[1].tobytes())
    large = trace.reading.lines[0].digits[0].box

    assert np.allclose([large.x, large.y], [5 * small.x, 5 * small.y], atol=15)
    assert np.allclose([large.width, large.height], [5 * small.width, 5 * small.height], atol=15)
    assert trace.grey.shape == enlarged.shape
    assert np.abs(trace.grey.astype(int) - enlarged).mean() < 3


@pytest.mark.parametrize(("threshold", "accepted"), [(0.0, True), (1.0, False)])
def test_the_manifests_threshold_applies_to_single_digits(
    threshold: float, accepted: bool, small_model: Any, page: NDArray[np.uint8], tmp_path: Path
) -> None:
    reader = tenfold.Reader(small_model.copy(tmp_path, threshold=threshold))

    (digit,) = reader.read_digits([page])

    assert digit.accepted is accepted
    assert reader.manifest.threshold == threshold


def test_in_a_line_the_line_networks_threshold_applies(
    small_reader: tenfold.Reader, page: NDArray[np.uint8]
) -> None:
    digits = [digit for line in small_reader.read(page).lines for digit in line.digits]

    assert digits
    assert all(digit.accepted == (digit.confidence >= 0.5) for digit in digits)


def test_an_isolated_digit_is_classified_by_the_network_for_single_digits(mnist: Dataset) -> None:
    reader = tenfold.Reader()
    for image in mnist.x_test[:20]:
        trace = reader.trace(255 - np.pad(cv2.resize(image, (84, 84)), 40))
        ((digit,),) = (line.digits for line in trace.reading.lines)
        input_image = trace.lines[0].cuts[0].image

        assert digit.probabilities == pytest.approx(reader.probabilities(input_image[None])[0, :10], abs=1e-5)
        assert digit.accepted == (digit.confidence >= 0.5)


@pytest.mark.parametrize("letter", "AEFHKMNRTVWXY")
def test_an_isolated_letter_is_not_accepted(letter: str) -> None:
    page = np.full((200, 200), 255, dtype=np.uint8)
    cv2.putText(page, letter, (60, 140), cv2.FONT_HERSHEY_SIMPLEX, 3, 0, 6)

    assert set(tenfold.Reader().read(page).text) <= {"?"}


def test_lines_without_accepted_digits_are_left_out_if_others_have_some() -> None:
    reader = tenfold.Reader()
    page = np.full((260, 400), 255, dtype=np.uint8)
    cv2.putText(page, "3 8", (60, 100), cv2.FONT_HERSHEY_SIMPLEX, 2.5, 0, 5)
    cv2.putText(page, "x", (80, 220), cv2.FONT_HERSHEY_SIMPLEX, 2.5, 0, 5)

    assert reader.read(page).text == "38"


@pytest.mark.parametrize("level", [0, 128, 255])
@pytest.mark.parametrize("shape", [(28, 28), (1, 1), (300, 500), (1, 400), (28, 28, 3)])
def test_a_blank_picture_has_no_digits(
    level: int, shape: tuple[int, ...], small_reader: tenfold.Reader
) -> None:
    blank = np.full(shape, level, np.uint8)

    assert small_reader.read(blank).lines == ()
    (digit,) = small_reader.read_digits([blank])
    assert not digit.accepted


def test_a_picture_that_cannot_be_read_is_named(small_reader: tenfold.Reader, tmp_path: Path) -> None:
    path = tmp_path / "letter.png"
    path.write_bytes(b"Dear Anna")
    for read in (small_reader.read, lambda picture: small_reader.read_digits([picture])):
        with pytest.raises(tenfold.ImageError, match=r"letter\.png is not a picture tenfold can read"):
            read(path)


def test_the_maximum_picture_size_is_configurable(small_model: Any, page: NDArray[np.uint8]) -> None:
    reader = tenfold.Reader(small_model.path, max_pixels=1000)

    for read in (reader.read, lambda picture: reader.read_digits([picture])):
        with pytest.raises(tenfold.ImageError, match="more than the 1,000 allowed here"):
            read(page)


def test_many_threads_may_share_a_reader(small_model: Any, page: NDArray[np.uint8]) -> None:
    reader = tenfold.Reader(small_model.path)
    with ThreadPoolExecutor(8) as pool:
        readings = list(pool.map(lambda _: reader.read(page), range(16)))

    assert all(reading == readings[0] for reading in readings)


SHAPES = st.tuples(st.integers(1, 60), st.integers(1, 60))


@given(st.one_of(SHAPES, SHAPES.map(lambda shape: (*shape, 3))).flatmap(lambda s: arrays(np.uint8, s)))
def test_any_array_can_be_read_and_its_boxes_lie_inside(
    small_reader: tenfold.Reader, picture: NDArray[np.uint8]
) -> None:
    reading = small_reader.read(picture)
    (digit,) = small_reader.read_digits([picture])

    assert 0 <= digit.confidence <= 1
    for found in (found for line in reading.lines for found in line.digits):
        box = found.box
        assert 0 <= box.x < box.x + box.width <= picture.shape[1]
        assert 0 <= box.y < box.y + box.height <= picture.shape[0]
        assert np.isfinite(found.probabilities).all()


class SlowClock:
    """A clock that advances by one second each time it is read."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


def test_reading_stops_between_lines_after_the_time_limit(
    small_reader: tenfold.Reader, page: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock is read before and after decoding, and after finding ink, finding lines, and each line."""
    monkeypatch.setattr("tenfold.reader.deadline.monotonic", SlowClock())

    assert small_reader.read(page, timeout_s=8).text
    with pytest.raises(
        tenfold.ReadingTimeoutError, match=r"reading line 2 of 3 of this picture .* 6 s allowed"
    ):
        small_reader.read(page, timeout_s=6)
    with pytest.raises(tenfold.ReadingTimeoutError, match="finding the ink of this picture took longer"):
        small_reader.read_digits([page], timeout_s=3)


@pytest.mark.parametrize("timeout_s", [0, -1.5])
def test_after_the_deadline_nothing_is_started(
    timeout_s: float, small_reader: tenfold.Reader, page: NDArray[np.uint8]
) -> None:
    for call in (small_reader.read, small_reader.trace, small_reader.prepare, small_reader.trace_digit):
        with pytest.raises(tenfold.ReadingTimeoutError, match=r"decoding page\.png took longer than the 0 s"):
            call("page.png", timeout_s=timeout_s)
    with pytest.raises(tenfold.ReadingTimeoutError, match="decoding this picture"):
        small_reader.read_digits([page], timeout_s=timeout_s)


def test_the_time_limit_of_a_call_overrides_that_of_the_reader(
    small_model: Any, page: NDArray[np.uint8]
) -> None:
    reader = tenfold.Reader(small_model.path, timeout_s=1e-9)

    with pytest.raises(tenfold.ImageError, match="give a smaller picture or allow more time"):
        reader.read(page)
    assert reader.read(page, timeout_s=600).text
    with pytest.raises(tenfold.InputError, match="expected timeout_s in seconds, received nan"):
        reader.read(page, timeout_s=float("nan"))


@pytest.mark.parametrize("timeout_s", [0, -1, float("nan")])
def test_a_time_limit_that_is_not_positive_is_refused(timeout_s: float) -> None:
    with pytest.raises(tenfold.InputError, match="expected timeout_s above 0 seconds, received"):
        tenfold.Reader(timeout_s=timeout_s)


@pytest.mark.parametrize("name", ["cores", "max_pixels"])
@pytest.mark.parametrize("value", [0, -1, True, 1.5, "2", float("nan")])
def test_invalid_numbers_are_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(tenfold.InputError, match=f"expected {name} to be a whole number above 0"):
        tenfold.Reader(**{name: value})


def test_numpy_integers_are_accepted(small_model: Any) -> None:
    tenfold.Reader(small_model.path, cores=np.int64(1), max_pixels=np.int32(100))  # type: ignore[arg-type]


def test_a_batch_gives_the_same_as_its_pictures_one_by_one(
    small_reader: tenfold.Reader, few_digits: Dataset
) -> None:
    images = few_digits.x_test[:6]
    expected = small_reader.read_digits(list(images))

    for batch in (
        images, images[..., None], images[:, None], images / 255, images.astype(np.float32), images.tolist(),
        iter(images), tuple(images), np.repeat(images[..., None], 3, axis=3),
    ):  # fmt: skip
        assert small_reader.read_digits(batch) == expected
    assert small_reader.read_digits(images[:3]) == expected[:3]  # not one picture with three channels
    assert small_reader.read_digits(images[:0]) == []


def test_the_value_range_of_a_batch_is_determined_over_all_its_pictures(small_reader: tenfold.Reader) -> None:
    """On its own, the faint picture would be taken for floats from 0 to 1."""
    batch = np.zeros((2, 28, 28))
    batch[0, 4:24, 13:15] = 255
    batch[1, 4:24, 13:15] = 1

    first, second = small_reader.read_digits(batch)

    blank = small_reader.read_digits([np.zeros((28, 28), np.uint8)])
    assert [second] == blank
    assert first != second


@pytest.mark.parametrize(
    ("pictures", "message"),
    [
        ("a.png", "received a single str; pass it in a list"),
        (Path("a.png"), "received a single .*Path"),
        (b"png", "received a single bytes"),
        (io.BytesIO(b"png"), "received a single BytesIO"),
        (Image.new("L", (5, 5)), "received a single Image"),
        (np.zeros((28, 28)), r"received float64 with shape \(28, 28\); give a single picture in a list"),
        (np.zeros((28, 28, 3), np.uint8), r"shape \(28, 28, 3\); give a single picture in a list"),
        (np.zeros((5, 784), np.uint8), r"shape \(5, 784\)"),
        (np.zeros((2, 0, 5)), "is empty"),
        (np.full((2, 5, 5), np.nan), "this batch contains NaN"),
        (5, "expected a list of pictures, received int"),
    ],
)
def test_anything_but_several_pictures_is_refused(
    pictures: Any, message: str, small_reader: tenfold.Reader
) -> None:
    with pytest.raises(tenfold.ImageError, match=message):
        small_reader.read_digits(pictures)


def test_a_pickled_reader_is_reopened_in_another_process(
    small_model: Any, page: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small_model.path.parent)
    reader = tenfold.Reader("reader.onnx", max_pixels=page.size, cores=1, timeout_s=60)
    expected = reader.read(page)
    script = "import pickle, sys; print(pickle.load(sys.stdin.buffer).read(sys.argv[1]).text)"
    path = small_model.path.parent / "page of a pickled reader.png"
    path.write_bytes(png(page))

    done = subprocess.run(
        [sys.executable, "-c", script, path],
        input=pickle.dumps(reader),
        capture_output=True,
        check=True,
        cwd="/",
    )

    assert done.stdout.decode().rstrip("\n") == expected.text
    again = pickle.loads(pickle.dumps(reader))  # noqa: S301
    assert again.read(page) == expected
    with pytest.raises(tenfold.ImageError, match=f"more than the {page.size:,}"):
        again.read(np.zeros((page.size + 1, 1), np.uint8))
