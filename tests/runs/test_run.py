"""What a run shows of itself, with one call each."""

from pathlib import Path

import pytest

from made_runs import MakeRun
from tenfold.runs import Run


def test_a_run_prints_its_result(make_run: MakeRun) -> None:
    run = make_run("cnn-32", 3, mistakes=30)

    assert repr(run) == (
        f"<Run {run.path}: cnn-32, seed 3; 92.50 % of 400 test images right (95 % interval 89.50–94.70 %); "
        "3 epochs in 16 s, 63,050 parameters>"
    )


def test_a_run_that_is_not_there_prints_as_such(tmp_path: Path) -> None:
    assert repr(Run(tmp_path)) == f"<Run {tmp_path}: not begun>"
    assert Run(tmp_path)._repr_html_() is None


@pytest.mark.parametrize(
    ("show", "label"),
    [
        ("plot_history", "accuracy of cnn-32 over 3 epochs: training from 90.00 % to 96.67 %, "),
        ("plot_confusion", "Confusion matrix: 30 of 400 images read wrong"),
        ("plot_calibration", "Reliability of cnn-32: "),
        ("show_predictions", "18 images, 1 of them read wrong"),
        ("show_mistakes", "The 12 worst mistakes on the test images"),
        ("show", "cnn-32, seed 0; 92.50 % of 400 test images right"),
    ],
)
def test_each_drawing_can_be_saved(make_run: MakeRun, tmp_path: Path, show: str, label: str) -> None:
    drawing = getattr(make_run("cnn-32", mistakes=30), show)()

    assert drawing.label.replace("\N{NO-BREAK SPACE}", " ").startswith(label)
    assert drawing.save(tmp_path / "x.svg").read_text().startswith("<svg")
    assert drawing.save(tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")


def test_a_run_without_mistakes_shows_none(make_run: MakeRun) -> None:
    assert make_run(mistakes=0).show_mistakes().label.startswith("The 0")


def test_so_many_are_shown_as_were_asked_for(make_run: MakeRun) -> None:
    run = make_run(mistakes=30)

    assert run.show_predictions(5).label.startswith("5\N{NO-BREAK SPACE}images")
    assert run.show_predictions(100).label.startswith("25\N{NO-BREAK SPACE}images")
    assert run.show_mistakes(1).label.startswith("The 1\N{NO-BREAK SPACE}worst")


def test_the_classification_report_prints_as_a_table(make_run: MakeRun) -> None:
    report = make_run(mistakes=30).classification_report()

    assert repr(report).splitlines()[0].split() == ["precision", "recall", "f1-score", "support"]
    assert report.accuracy == 0.925
