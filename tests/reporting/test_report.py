"""The page and results.json, as who reads them finds them."""

import json
import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from made_runs import MakeRun
from tenfold.cli.study import print_study
from tenfold.data.doubtful import MNIST_SHA256
from tenfold.data.sources import FASHION_MNIST
from tenfold.drawing.architecture import draw_architecture
from tenfold.errors import InputError
from tenfold.evaluation import classification_report, exact_mcnemar, wilson_interval
from tenfold.reporting import collect_results, write_report
from tenfold.runs.run import Run

VOID = {"meta", "img", "br", "link", "input", "hr"}
INLINE = {
    "a",
    "abbr",
    "b",
    "button",
    "code",
    "em",
    "i",
    "kbd",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "wbr",
}
CELLS = {"td", "th"}
GOLDEN = Path(__file__).with_name("report.txt")


class Page(HTMLParser):
    """A parsed page; complains if elements are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._lines = [""]
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._begin(tag)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._begin(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        self._begin(tag)

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.words.append(data)
            if "svg" not in self._open:
                self._lines[-1] += data

    def _begin(self, tag: str) -> None:
        if tag in CELLS:
            self._lines[-1] += " | "
        elif tag not in INLINE:
            self._lines.append("")

    @property
    def lines(self) -> list[str]:
        """Its words, a line per heading, paragraph and row of a table, without the figures' own."""
        squeezed = (re.sub(r"(\s*\|)+\s*", " | ", re.sub(r"\s+", " ", line)) for line in self._lines)
        return [line.strip(" |") for line in squeezed if re.search("[a-z]{3}", line)]

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def runs(make_run: MakeRun) -> list[Run]:
    """Two systems with several seeds, one as written, and permuted twins."""
    return [
        *(make_run("mlp-128-64", seed, mistakes=40 + seed, documented=[0.9759, 0.9759]) for seed in range(3)),
        *(make_run("cnn-32", seed, mistakes=8 + seed, bearing=0.9) for seed in range(2)),
        make_run("mlp-512", as_written=True, mistakes=35),
        make_run("mlp-128-64", permuted=True, mistakes=41),
        make_run("cnn-32", permuted=True, mistakes=30),
    ]


def page_of(runs: list[Run], folder: Path) -> Page:
    return Page(write_report(runs, folder).read_text(encoding="utf-8"))


def test_the_report_says_what_it_said(runs: list[Run], tmp_path: Path) -> None:
    """Every word of a whole report: the only test that a change of wording alone makes fail."""
    said = tmp_path / "report.txt"
    said.write_text("\n".join(page_of(runs, tmp_path / "out").lines) + "\n", encoding="utf-8")

    assert said.read_text(encoding="utf-8") == GOLDEN.read_text(encoding="utf-8"), (
        f"if the new words are meant to be there: cp {said} {GOLDEN}"
    )


def test_the_page_needs_nothing_from_elsewhere(runs: list[Run], tmp_path: Path) -> None:
    text = write_report(runs, tmp_path / "out").read_text(encoding="utf-8")
    page = Page(text)

    references = [
        value
        for _, attributes in page.elements
        for name, value in attributes.items()
        if name in ("src", "href", "srcset", "action", "data", "poster") and value
    ]
    assert references
    assert all(reference.startswith(("#", "data:image/png;base64,")) for reference in references)
    assert not page.all("script")
    assert not page.all("link")
    assert "@import" not in text
    assert "url(" not in text
    assert set(re.findall(r"https?://[^\"' <]+", text)) <= {"http://www.w3.org/2000/svg"}


def test_every_reference_inside_the_page_leads_somewhere(runs: list[Run], tmp_path: Path) -> None:
    page = page_of(runs, tmp_path / "out")

    ids = Counter(attributes["id"] for _, attributes in page.elements if "id" in attributes)
    wanted = {href[1:] for _, a in page.elements if (href := a.get("href") or "").startswith("#")}
    wanted |= {name for _, a in page.elements if (name := a.get("aria-labelledby"))}
    assert max(ids.values()) == 1
    assert wanted <= set(ids)


def test_the_page_can_be_used_without_seeing_it(runs: list[Run], tmp_path: Path) -> None:
    page = page_of(runs, tmp_path / "out")

    assert page.all("html")[0]["lang"] == "en"
    assert len(page.all("h1")) == len(page.all("main")) == 1
    assert all("alt" in image for image in page.all("img"))
    assert all(header.get("scope") in ("row", "col") for header in page.all("th"))
    pictures = [svg for svg in page.all("svg") if svg.get("role") == "img"]
    assert all(svg.get("aria-label") for svg in pictures if svg.get("class") != "architecture")
    boxes = [a for _, a in page.elements if a.get("class", "") and "scroll" in str(a["class"]).split()]
    assert all(box.get("tabindex") == "0" and box.get("aria-label") for box in boxes)


def test_every_section_is_there(runs: list[Run], tmp_path: Path) -> None:
    page = page_of(runs, tmp_path / "out")

    sections = [section["id"] for section in page.all("section")]
    assert sections == [
        "conclusion", "data", "side-by-side", "why", "systems", "system-1", "system-2", "system-3", "method",
    ]  # fmt: skip
    plots = [a["aria-label"] or "" for a in page.all("svg") if a.get("aria-label")]
    for opening in (
        "Test accuracy: ", "Test accuracy against parameters", "Test accuracy against multiply-adds",
        "Test accuracy against seconds", "Test accuracy against microseconds", "Test images read wrong",
        "Accuracy against pixels", "Accuracy against degrees", "Accuracy against standard deviation",
        "Test accuracy with pixels in place and permuted", "accuracy of cnn-32 over", "loss of cnn-32 over",
        "Reliability of cnn-32",
    ):  # fmt: skip
        assert any(plot.startswith(opening) for plot in plots), opening
    for words in (
        "Classification report",
        "Confusion matrix",
        "The worst of",
        "Layers",
    ):
        assert page.text.count(words) >= 3, words


def test_the_page_shows_the_figures_of_results_json(runs: list[Run], tmp_path: Path) -> None:
    page = page_of(runs, tmp_path / "out")
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    text = page.text.replace("\N{NO-BREAK SPACE}", " ")

    for run in results["runs"]:
        for key in ("test_accuracy", "train_accuracy", "validation_accuracy", "calibration_error"):
            assert f"{100 * run[key]:.2f} %" in text
        assert f"{100 * run['test_accuracy_low']:.2f}–{100 * run['test_accuracy_high']:.2f} %" in text
        assert f"{run['test_loss']:.4f}" in text
    for system in results["systems"]:
        for key in ("parameters", "multiply_adds"):
            assert f"{system[key]:,}" in text
    for pair in results["comparisons"]:
        assert f"{100 * abs(pair['difference']):.2f}" in text
        assert f"{100 * pair['error_overlap']:.0f} %" in text
    for sentence in results["conclusion"]:
        assert sentence.replace("\N{NO-BREAK SPACE}", " ") in text
    for system in results["systems"][:3]:
        for value in system["shift"]["accuracy"]:
            assert f"{100 * value:.1f} %" in text


def test_results_json_is_what_collect_results_gives(runs: list[Run], tmp_path: Path) -> None:
    write_report(runs, tmp_path / "out")

    assert json.loads((tmp_path / "out" / "results.json").read_text()) == collect_results(runs)


def test_figures_agree_with_what_computes_them(runs: list[Run]) -> None:
    results = collect_results(runs)
    first, predictions = results["runs"][0], runs[0].predictions

    assert (first["label"], first["seed"]) == ("mlp-128-64", 0)
    assert (first["test_accuracy_low"], first["test_accuracy_high"]) == wilson_interval(360, 400)
    (pair, *_) = results["comparisons"]
    expected = exact_mcnemar(predictions.labels, predictions.y_pred, runs[3].predictions.y_pred)
    assert (pair["name_a"], pair["name_b"]) == ("mlp-128-64", "cnn-32")
    assert pair["p_values"][0] == expected.p_value
    assert results["systems"][0]["test_mistakes"] == 41
    assert results["systems"][0]["test_accuracy"] == pytest.approx(1 - 41 / 400)


def test_the_classification_report_is_printed_to_four_digits(make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run()

    text = page_of([run], tmp_path / "out").text

    report = classification_report(run.predictions.labels, run.predictions.y_pred)
    for score in (*report.classes, report.macro_average, report.weighted_average):
        assert f"{score.precision:.4f}{score.recall:.4f}{score.f1:.4f}{score.support}" in text


def test_permuted_runs_feed_the_permutation_and_nothing_else(runs: list[Run]) -> None:
    results = collect_results(runs)

    assert not any("permuted" in pair["name_a"] + pair["name_b"] for pair in results["comparisons"])
    assert [effect["label"] for effect in results["permutation"]] == ["mlp-128-64", "cnn-32"]
    assert sum(system["permuted"] for system in results["systems"]) == 2


def test_without_permuted_runs_nothing_is_said_of_permutation(make_run: MakeRun, tmp_path: Path) -> None:
    runs = [make_run("mlp-128-64"), make_run("cnn-32", mistakes=5)]

    assert "permut" not in page_of(runs, tmp_path / "out").text.lower()
    assert collect_results(runs)["permutation"] == []


def test_runs_as_written_wear_a_badge(runs: list[Run], tmp_path: Path) -> None:
    text = page_of(runs, tmp_path / "out").text

    assert "Trained as in its document: on all training images" in text
    assert "the validation curve is drawn on the test images" in text


def test_one_run_alone_makes_a_report(make_run: MakeRun, tmp_path: Path) -> None:
    page = page_of([make_run(epochs=1)], tmp_path / "out")

    assert "side-by-side" not in [section["id"] for section in page.all("section")]


@pytest.mark.parametrize(
    "unusual",
    [
        {"mistakes": 0},
        {"mistakes": 3, "n_test": 3},
        {"mistakes": 1, "n_test": 1},
        {"present": 4},
        {"validation": False},
        {"classes": FASHION_MNIST.class_names, "name": "fashion-mnist"},
        {"mistakes": 400},
        {"epochs": 40},
    ],
)
def test_unusual_figures_make_a_whole_page(
    make_run: MakeRun, tmp_path: Path, unusual: dict[str, object]
) -> None:
    runs = [make_run(recipe, **unusual) for recipe in ("mlp-128-64", "cnn-32")]

    text = write_report(runs, tmp_path / "out").read_text(encoding="utf-8")

    assert not re.search(r"\b(nan|inf|None|Undefined)\b", Page(text).text)
    assert not re.search(r'="-?(nan|inf)', text)
    for label in re.findall(r'aria-label="([^"]*)"', text):
        assert not re.search(r"\b(nan|inf|None)\b", label)


def test_names_from_outside_are_text_and_not_markup(make_run: MakeRun, tmp_path: Path) -> None:
    classes = ("<script>alert(1)</script>", *"123456789")
    run = make_run(name="<img src=x onerror=alert(1)>", classes=classes)

    page = page_of([run], tmp_path / "out")

    assert not page.all("script")
    assert all("onerror" not in image for image in page.all("img"))


def test_eight_systems_keep_their_marks_apart(make_run: MakeRun, tmp_path: Path) -> None:
    runs = [make_run(f"{kind}-{i}", mistakes=5 * i + 3) for i in range(4) for kind in ("cnn", "mlp")]

    text = write_report(runs, tmp_path / "out").read_text(encoding="utf-8")

    legend = text[text.index('class="legend"') :].split("</ul>")[0]
    marks = re.findall(r'href="(#mark-\d)" style="--c:var\((--s\d)\)"', legend)
    assert len(set(marks)) == 8


def test_the_same_runs_give_the_same_bytes(runs: list[Run], tmp_path: Path) -> None:
    one, two = write_report(runs, tmp_path / "one"), write_report(runs, tmp_path / "two")

    assert one.read_bytes() == two.read_bytes()
    assert [path.name for path in sorted(one.parent.iterdir())] == ["report.html", "results.json"]


def test_the_same_folder_twice_counts_once(make_run: MakeRun) -> None:
    run = make_run()

    assert len(collect_results([run, Run(run.path)])["runs"]) == 1


def test_what_cannot_be_compared_is_refused(make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run()
    unfinished = make_run("mlp-512")
    unfinished.result_path.unlink()

    for others, message in (
        ([], "expected at least one finished run"),
        ([run, make_run("cnn-32", data_sha256="cd" * 32)], "on other data"),
        ([run, make_run(seed=1, epochs=9)], "3 epochs .* 9 in"),
        ([run, make_run(data_sha256="ef" * 32)], "with the same seed, 0"),
        ([make_run("cnn-32", permuted=True)], "not permuted, received none"),
        ([run, unfinished], "is not finished"),
    ):
        with pytest.raises(InputError, match=message):
            collect_results(others)


def test_a_report_loads_no_training_stack(make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run()
    script = (
        "import sys; from pathlib import Path; from tenfold.reporting import write_report; "
        "from tenfold.runs.run import Run; "
        f"write_report([Run(Path({str(run.path)!r}))], Path({str(tmp_path / 'out')!r})); print(*sys.modules)"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    ).stdout.split()

    assert not {"keras", "tensorflow", "jax", "torch", "sklearn", "scipy", "pandas", "matplotlib"} & set(
        loaded
    )


def test_the_architecture_is_a_picture_of_its_own(make_run: MakeRun) -> None:
    layers = make_run("cnn-32").recipe["layers"]

    picture = draw_architecture(layers)

    root = ElementTree.fromstring(picture)  # noqa: S314  # our own
    texts = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "Conv2D 32 3×3 same" in texts
    assert "28 × 28 × 32 · ReLU" in texts
    assert "10 · softmax" in texts
    title = root.findtext("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.startswith("The layers in order: Input, 28 × 28 × 1; Conv2D 32 3×3 same, ReLU")


@pytest.mark.parametrize(
    ("data_sha256", "permuted", "documented"),
    [(MNIST_SHA256, False, [0.9759, 0.9759]), (MNIST_SHA256, True, None), ("ab" * 32, False, None)],
)
def test_only_mnist_is_measured_against_the_documents_about_mnist(
    make_run: MakeRun, tmp_path: Path, data_sha256: str, permuted: bool, documented: list[float] | None
) -> None:
    run = make_run(documented=[0.9759, 0.9759], data_sha256=data_sha256, permuted=permuted, name="mine")
    beside = make_run("cnn-32", data_sha256=data_sha256)

    results = collect_results([run, beside])

    (described,) = [each for each in results["runs"] if each["recipe"] == "mlp-128-64"]
    (system,) = [each for each in results["systems"] if each["recipe"] == "mlp-128-64"]
    assert described["documented_accuracy"] == system["documented_accuracy"] == documented
    assert any("documented" in sentence for sentence in results["conclusion"]) == bool(documented)


def test_images_that_are_no_digits_are_called_images_all_over_the_page(
    make_run: MakeRun, tmp_path: Path
) -> None:
    clothes = page_of([make_run(classes=FASHION_MNIST.class_names, name="fashion-mnist")], tmp_path / "out")

    assert "Shifted images" in clothes.text
    assert "Per image" in clothes.text
    assert "digit" not in clothes.text.lower()


def test_unbalanced_images_are_told_on_the_page_and_in_the_terminal(
    make_run: MakeRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = make_run(labels=[1] * 160 + [7] * 10, mistakes=10)

    page = page_of([run], tmp_path / "out").text
    print_study([run], tmp_path / "out" / "report.html", as_json=False)

    recalls = [
        float(np.mean(run.predictions.y_pred[run.predictions.labels == label] == label)) for label in (1, 7)
    ]
    balanced = sum(recalls) / 2
    for told in (page, re.sub(r"\s+", " ", capsys.readouterr().out)):
        assert "always answering 1 would get 94.12 % of the images right" in told
        assert f"mlp-128-64 {100 * balanced:.2f} %" in told
        assert f"Weakest class: {1 if recalls[0] < recalls[1] else 7} for mlp-128-64" in told
    assert "Balanced accuracy" in page


def test_what_is_wrong_with_the_data_is_told_on_the_page_and_in_the_terminal(
    make_run: MakeRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = make_run(name="mine")
    result = json.loads(run.result_path.read_text())
    result["data"]["cautions"] = ["12 test pictures are in the training part, too: <a.png>"]
    run.result_path.write_text(json.dumps(result))
    run = Run(run.path)

    page = page_of([run], tmp_path / "out").text
    print_study([run], tmp_path / "out" / "report.html", as_json=False)

    for told in (page, re.sub(r"\s+", " ", capsys.readouterr().out)):
        assert "12 test pictures are in the training part, too: <a.png>" in told


def test_balanced_images_get_no_warning(runs: list[Run], tmp_path: Path) -> None:
    results = collect_results(runs)

    assert results["warnings"] == []
    assert "Balanced" not in page_of(runs, tmp_path / "out").text


def test_a_users_folder_called_mnist_is_not_mnist(make_run: MakeRun, tmp_path: Path) -> None:
    mine = page_of([make_run(name="mnist", data_sha256="ab" * 32)], tmp_path / "mine")
    mnist = page_of([make_run(name="mnist", data_sha256=MNIST_SHA256)], tmp_path / "mnist")

    assert "mnist has" in mine.text
    assert "MNIST has" in mnist.text
