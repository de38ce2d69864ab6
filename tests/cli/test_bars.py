"""What training shows while it goes on."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from tenfold.cli import bars as cli_bars
from tenfold.cli.bars import PictureBar, TrainingBars
from tenfold.engines import LocalEngine
from tenfold.recipes import RECIPES
from tenfold.studies import plan_study
from tenfold.training.progress import Progress


def test_a_bar_shows_how_many_pictures_are_read_and_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, color_system=None, width=80, markup=False)
    monkeypatch.setattr(cli_bars, "err", console)

    with PictureBar() as bar:
        for done in range(1, 501):
            bar.show(done, 500)
        with TrainingBars() as bars:  # may begin in its place
            bars.plan([])

    assert "reading pictures" in screen.getvalue()
    assert "500/500" in screen.getvalue()


def test_bars_show_all_their_figures_in_80_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, color_system=None, width=80, markup=False)
    monkeypatch.setattr(cli_bars, "err", console)
    tasks = plan_study(
        RECIPES,
        folder=tmp_path,
        seeds=1,
        epochs=20,
        as_written=False,
        data="mnist",
        data_sha256="0" * 64,
        engine=LocalEngine(),
    )

    with TrainingBars() as bars:
        bars.plan(tasks)
        for task in tasks:
            bars.show(task, Progress("training", 12, 20, 0.58, 0.0132, 0.9941))

    shown = screen.getvalue()
    assert f"{len(tasks)}\N{NO-BREAK SPACE}runs" in shown
    for task in tasks:
        assert task.path.name in shown
    for figure in ("epoch    loss  accuracy", "12/20  0.0132   99.41 %", "58%", "--:-- left"):
        assert figure in shown
    assert "…" not in shown
