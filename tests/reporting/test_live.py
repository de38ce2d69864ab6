"""The report's networks, in a real browser."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import pytest
from playwright.sync_api import Browser, Page, Request, expect

from axe import violations
from made_runs import MakeRun
from small_model import SmallModel
from small_networks import MakeNetwork
from tenfold.data import Dataset
from tenfold.data.augment import shift_images
from tenfold.imaging.normalize import normalize
from tenfold.reporting import write_report
from tenfold.reporting.finished_models import FinishedModel
from tenfold.reporting.networks import MAX_BYTES
from tenfold.runs.inference import ask_file, open_session, predict
from tenfold.runs.predictions import Predictions
from tenfold.runs.run import Run

NETWORKS = {"mlp-128-64": "dense", "cnn-32": "convolutional", "fast": "normalised", "strong": "moved"}
TEST_IMAGES = 200
CONTENT = re.compile(r'<script type="application/json" id="networks">(.*?)</script>', re.DOTALL)
OpenReport = Callable[..., Page]


@pytest.fixture
def runs(make_run: MakeRun, make_network: MakeNetwork, few_digits: Dataset) -> list[Run]:
    """A run of each kind of network, whose test images are real digits."""
    made = []
    for recipe, kind in NETWORKS.items():
        run = make_run(recipe, images=few_digits.x_test, labels=few_digits.y_test.tolist())
        run.onnx_path.write_bytes(make_network(kind))
        made.append(run)
    return made


@pytest.fixture
def report(runs: list[Run], tmp_path: Path) -> Path:
    return write_report(runs, tmp_path / "report")


@pytest.fixture
def open_report(browser: Browser) -> Iterator[OpenReport]:
    """Opens a report's file; fails a test whose page complains or asks for anything else."""
    complaints: list[str] = []
    contexts = []

    def check_request(request: Request) -> None:
        if not request.url.startswith(("data:", "file:")):
            complaints.append(request.url)

    def open_(path: Path, **options: Any) -> Page:
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("request", check_request)
        page.goto(path.as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


def networks_in(report: Path) -> dict[str, Any]:
    found = CONTENT.search(report.read_text(encoding="utf-8"))
    assert found
    content: dict[str, Any] = json.loads(found[1])
    return content


def draw(page: Page, *way: tuple[float, float]) -> None:
    """With the mouse, in fractions of the paper."""
    page.locator("#paper").scroll_into_view_if_needed()
    box = page.locator("#paper").bounding_box()
    assert box
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in way]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=8)
    page.mouse.up()


def seen(page: Page) -> np.ndarray:
    """The opacity of each pixel that the networks see, uint8 (28, 28)."""
    levels = page.evaluate(
        """() => {
            const copy = new OffscreenCanvas(28, 28).getContext("2d", { willReadFrequently: true });
            copy.drawImage(document.querySelector("#seen"), 0, 0);
            return [...copy.getImageData(0, 0, 28, 28).data];
        }"""
    )
    return np.array(levels, np.uint8).reshape(28, 28, 4)[..., 3]


def answers(page: Page) -> list[str]:
    return page.locator("#answers .predicted-class").all_inner_texts()


def test_the_networks_answer_as_onnx_runtime_does(
    runs: list[Run], report: Path, few_digits: Dataset, open_report: OpenReport
) -> None:
    page = open_report(report)
    images = few_digits.x_test[:TEST_IMAGES]

    for packed, run in zip(networks_in(report)["networks"], runs, strict=True):
        received = page.evaluate(
            """([packed, images]) => {
                const network = new module_network.Network(packed);
                const answer = (image) => network.answer(image.map((level) => level / 255)).probabilities;
                return images.map((image) => [...answer(image)]);
            }""",
            [packed, images.reshape(-1, 784).tolist()],
        )
        expected = predict(open_session(run.onnx_path), images, cores=1)
        assert packed["label"] == run.label
        np.testing.assert_allclose(received, expected, rtol=0, atol=1e-3)


def test_a_picture_of_ink_becomes_28_by_28_as_for_training(
    report: Path, few_digits: Dataset, open_report: OpenReport
) -> None:
    page = open_report(report)
    enlarged = [(4, 4), (7, 3), (3.3, 8), (5, 5)] * 2
    inks = [
        cv2.resize(image, None, fx=fx, fy=fy, interpolation=cv2.INTER_CUBIC).astype(np.float32) / 255
        for image, (fx, fy) in zip(few_digits.x_test[:8], enlarged, strict=True)
    ]

    for ink in [*inks, np.zeros((40, 30), np.float32)]:
        height, width = ink.shape
        received = page.evaluate(
            "([ink, width, height]) => [...module_normalize.normalize(ink, width, height)]",
            [ink.ravel().tolist(), width, height],
        )
        difference = np.array(received).reshape(28, 28) - normalize(ink).astype(int)
        assert np.abs(difference).max() <= 1


def test_a_test_image_that_is_picked_is_answered_and_mistakes_are_marked(
    runs: list[Run], report: Path, few_digits: Dataset, open_report: OpenReport
) -> None:
    page = open_report(report)
    digit, label = few_digits.x_test[8], few_digits.y_test[8]
    read = [predict(open_session(run.onnx_path), digit[None], cores=1)[0].argmax() for run in runs]

    page.get_by_role("button", name="Test image 8:").click()

    expect(page.locator("#picked")).to_have_text(f"Test image 8, labelled {label}")
    np.testing.assert_array_equal(seen(page), digit)
    assert answers(page) == [str(value) for value in read]
    marks = page.locator("#answers .wrong").all()
    assert [mark.is_visible() for mark in marks] == [value != label for value in read]


def test_a_drawing_is_answered_by_every_network_and_can_be_taken_back(
    report: Path, open_report: OpenReport
) -> None:
    page = open_report(report)

    draw(page, (0.3, 0.1), (0.7, 0.12), (0.45, 0.9))

    expect(page.locator("#invitation")).to_be_hidden()
    expect(page.locator("#picked")).to_be_empty()
    ink = seen(page)
    assert np.ptp(np.flatnonzero(ink.any(axis=1))) + 1 == 20
    assert all(text.isdigit() for text in answers(page))
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#answers .predicted-class").first).to_have_text("–")
    assert not seen(page).any()


def test_the_keyboard_alone_draws_and_moves(report: Path, open_report: OpenReport) -> None:
    page = open_report(report)
    paper = page.locator("#paper")

    paper.focus()
    paper.press("Space")
    for _ in range(12):
        paper.press("ArrowDown")
    paper.press("Space")
    expect(page.locator("#invitation")).to_be_hidden()
    page.wait_for_timeout(100)
    before = seen(page)
    page.locator("#seen").press("ArrowLeft")

    np.testing.assert_array_equal(seen(page), np.roll(before, -1, axis=1))
    page.get_by_role("button", name="Reset").press("Enter")
    np.testing.assert_array_equal(seen(page), before)


def test_a_digit_is_dragged_turned_made_noisy_and_permuted(
    report: Path, few_digits: Dataset, open_report: OpenReport
) -> None:
    page = open_report(report)
    page.get_by_role("button", name="Test image 1:").click()
    digit = few_digits.x_test[1]
    expect(page.locator("#picked")).to_contain_text("Test image 1,")
    page.locator("#seen").scroll_into_view_if_needed()
    box = page.locator("#seen").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * (0.5 + 3 / 28), box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    np.testing.assert_array_equal(seen(page), shift_images(digit[None], 3, 0)[0])
    page.get_by_role("button", name="Reset").click()

    page.get_by_label("Turn").fill("90")
    assert np.abs(seen(page).astype(int) - np.rot90(digit)).max() <= 1
    page.get_by_label("Turn").fill("0")
    page.get_by_label("Pixels out of order").check()
    np.testing.assert_array_equal(seen(page).ravel(), digit.ravel()[networks_in(report)["order"]])
    page.get_by_label("Pixels out of order").uncheck()
    page.get_by_role("slider", name="Noise").fill("80")
    assert (seen(page) != digit).mean() > 0.3


def test_the_inside_shows_every_layer_and_writes_its_steps_out(report: Path, open_report: OpenReport) -> None:
    page = open_report(report)
    inside = page.locator("#inside")

    page.get_by_role("button", name="Look inside").nth(1).click()

    expect(inside.get_by_role("heading", name="Inside cnn-32")).to_be_visible()
    assert [heading.split("\n")[0][:12] for heading in inside.locator("h4").all_inner_texts()] == [
        "First convol", "First dense ", "Answer 10 cl",
    ]  # fmt: skip
    expect(inside.locator("section").first.locator(".units button")).to_have_count(8)
    inside.get_by_role("button", name="Map 5,").click(position={"x": 40, "y": 20})
    expect(inside.locator(".written").first).to_contain_text("Filter 5 at row")
    cells = [cell.replace("−", "-").split(" × ") for cell in inside.locator("td").all_inner_texts()]
    total = inside.locator(".account").first.locator("li b").first.inner_text()
    assert len(cells) == 9
    assert sum(float(value) * float(weight) for value, weight in cells) == pytest.approx(
        float(total.replace("−", "-")), abs=0.06
    )
    page.get_by_role("button", name="Look inside").nth(1).click()
    expect(inside).to_be_hidden()


def test_without_scripts_the_report_is_the_page_that_it_was(report: Path, open_report: OpenReport) -> None:
    page = open_report(report, java_script_enabled=False)

    expect(page.locator("#try")).to_be_hidden()
    expect(page.locator("a[href='#try']")).to_be_hidden()
    expect(page.get_by_role("heading", name="System by system")).to_be_visible()


def test_a_system_unfolds_when_it_is_followed_to_and_terms_are_explained_by_keyboard(
    report: Path, open_report: OpenReport
) -> None:
    page = open_report(report)
    section = page.locator("#system-2")
    expect(section).to_be_hidden()

    page.locator(".summary a[href='#system-2']").click()
    expect(section).to_be_visible()

    page.locator(".introduced .term", has_text="convolution").first.press("Enter")
    explained = page.locator("#term-convolution")
    expect(explained).to_contain_text("multiplied by the weights")
    expect(explained).to_be_visible()
    page.keyboard.press("Escape")
    expect(explained).to_be_hidden()


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_wider_than_the_page(report: Path, open_report: OpenReport, width: int) -> None:
    page = open_report(report, viewport={"width": width, "height": 844})
    page.get_by_role("button", name="Look inside").nth(3).click()
    page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")
    wide = page.evaluate(
        """() => [...document.querySelectorAll("main > section .scroll, main > details .scroll")]
            .filter((one) => !one.closest("#try") && one.scrollWidth > one.clientWidth)
            .map((one) => one.getAttribute("aria-label"))"""
    )

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert wide == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(report: Path, open_report: OpenReport, scheme: Any) -> None:
    page = open_report(report, color_scheme=scheme, viewport={"width": 360, "height": 740})
    page.get_by_role("button", name="Look inside").nth(1).click()
    page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")

    assert violations(page) == []


def test_networks_that_are_too_large_or_unknown_are_named(make_run: MakeRun, tmp_path: Path) -> None:
    runs = [make_run("mlp-128-64"), make_run("cnn-32"), make_run("mlp-512"), make_run("cnn-32-64-64")]
    write_network(runs[0].onnx_path, units=10)
    write_network(runs[1].onnx_path, units=(MAX_BYTES // 8) * 3 // 784)
    write_network(runs[2].onnx_path, units=10, operator="Tanh")

    report = write_report(runs, tmp_path / "out")

    text = report.read_text(encoding="utf-8")
    assert [network["label"] for network in networks_in(report)["networks"]] == ["mlp-128-64"]
    assert "cannot compute their layers: cnn-32, mlp-512, cnn-32-64-64." in text


def test_networks_of_permuted_pixels_and_finished_models_run_in_the_page(
    make_run: MakeRun, make_network: MakeNetwork, few_digits: Dataset, tmp_path: Path, open_report: OpenReport
) -> None:
    images, labels = few_digits.x_test, few_digits.y_test.tolist()
    run = make_run("mlp-128-64", images=images, labels=labels)
    twin = make_run("mlp-128-64", images=images, labels=labels, permuted=True)
    for each in (run, twin):
        each.onnx_path.write_bytes(make_network("dense"))
    # A finished model that answers with logits, one of them for "none of these".
    weights = np.random.default_rng(1).normal(0, 0.1, (784, 11)).astype(np.float32)
    path = tmp_path / "mine.onnx"
    onnx.save(SmallModel.onnx(weights), path)
    probabilities = ask_file(path, images, cores=1)
    model = FinishedModel(
        "mine.onnx", 1, Predictions(probabilities, few_digits.y_test, *nothing_shown()), path
    )

    report = write_report([run, twin], tmp_path / "report", [model])
    packed = networks_in(report)["networks"]
    page = open_report(report)
    answered = page.evaluate(
        "([packed, image]) => [...new module_network.Network(packed).answer(image).probabilities]",
        [packed[2], (images[0] / 255).ravel().tolist()],
    )

    assert [network["label"] for network in packed] == ["mlp-128-64", "mlp-128-64 (permuted)", "mine.onnx"]
    assert page.locator("#answers .who").all_inner_texts() == [
        "mlp-128-64", "mlp-128-64 (permuted)", "mine.onnx finished model",
    ]  # fmt: skip
    np.testing.assert_allclose(answered, probabilities[0], rtol=0, atol=1e-3)


def nothing_shown() -> tuple[np.ndarray, np.ndarray]:
    """The numbers and images of no mistakes."""
    return np.zeros(0, dtype=np.int64), np.zeros((0, 28, 28), dtype=np.uint8)


def test_a_report_without_any_network_has_no_script(make_run: MakeRun, tmp_path: Path) -> None:
    text = write_report([make_run()], tmp_path / "out").read_text(encoding="utf-8")

    assert "<script" not in text
    assert 'id="try"' not in text


def write_network(path: Path, units: int, operator: str = "Relu") -> None:
    """A dense layer, or as large a file as one, that is no good but can be read."""
    model = SmallModel.onnx(np.zeros((784, units), np.float32))
    model.graph.node.append(onnx.helper.make_node(operator, ["logits"], ["active"]))
    model.graph.node.append(onnx.helper.make_node("Softmax", ["active"], ["probabilities"]))
    model.graph.output[0].name = "probabilities"
    path.write_bytes(model.SerializeToString())
