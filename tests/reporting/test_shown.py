"""What a comparison prints and shows."""

from pathlib import Path

import tenfold
from made_runs import MakeRun
from tenfold.drawing.shapes import Words, shapes_of


def test_a_comparison_prints_a_line_per_system_and_the_first_sentences(make_run: MakeRun) -> None:
    runs = [
        make_run("mlp-128-64", mistakes=40),
        make_run("cnn-32", mistakes=10),
        make_run("cnn-32", 1, mistakes=12),
    ]

    lines = repr(tenfold.compare(runs)).splitlines()

    assert lines[0].split("  ")[0] == "system"
    assert lines[1].split() == ["mlp-128-64", "1", "90.00", "%", "86.67–92.57", "%", "101,770", "12", "s"]
    assert lines[2].split()[:3] == ["cnn-32", "2", "97.25"]
    assert lines[4].startswith("cnn-32 reads best")
    assert max(map(len, lines)) <= 96


def test_runs_are_given_by_their_folders_too_and_drawn(make_run: MakeRun, tmp_path: Path) -> None:
    runs = [make_run("mlp-128-64", mistakes=40), make_run("cnn-32", mistakes=10)]

    of_paths = tenfold.compare([str(runs[0].path), runs[1].path])

    assert repr(of_paths) == repr(tenfold.compare(runs)) == repr(tenfold.compare(tmp_path))
    words = [shape.text for shape in shapes_of(of_paths.show().svg)[2] if isinstance(shape, Words)]
    assert words[0].startswith("First look (3 epochs, one seed): cnn-32 reads best")
    assert {"mlp-128-64", "cnn-32", "Test accuracy"} <= set(words)
    assert "<td>cnn-32</td>" in of_paths._repr_html_()


def test_labels_and_predictions_are_compared_pair_by_pair() -> None:
    (pair,) = tenfold.compare([0, 1, 2, 3], {"mine": [[0, 1, 2, 3]], "theirs": [[0, 1, 2, 4]]})

    assert (pair.name_a, pair.accuracy_a, pair.accuracy_b) == ("mine", 1, 0.75)


def test_an_evaluation_prints_its_figures_and_shows_its_matrix(make_run: MakeRun) -> None:
    evaluation = tenfold.evaluate(make_run("cnn-32", mistakes=30))

    assert repr(evaluation).startswith(
        "mnist: 92.50 % of 400 images right (95 % interval 89.50–94.70 %), loss"
    )
    assert "weighted avg" in evaluation._repr_html_()
    assert evaluation.plot_confusion().label == "Confusion matrix: 30 of 400 images read wrong"


def test_a_report_is_written_beside_the_runs_or_where_it_should_be(make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run("cnn-32")

    assert tenfold.report(run) == run.path / "report.html"
    assert tenfold.report([run.path], out=str(tmp_path / "there")).exists()
