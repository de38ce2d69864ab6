"""What a training shows while it learns: lines, a bar in a terminal, or one output in a notebook."""

import re
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from made_runs import MakeRun
from tenfold.errors import InputError
from tenfold.training.live import shown
from tenfold.training.progress import Progress


def trained(epochs: int) -> Iterator[Progress]:
    yield Progress("training", 1, epochs, 0.0)
    for done in range(1, epochs + 1):
        yield Progress("training", done, epochs, (done - 0.5) / epochs, 0.5, 0.8)
        yield Progress("training", min(done + 1, epochs), epochs, done / epochs, 0.25, 0.925)
    yield Progress("testing", epochs, epochs, 1.0, 0.25, 0.925)


def test_without_a_terminal_each_epoch_is_a_line(
    make_run: MakeRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = tmp_path / "begun"
    begun.mkdir()
    history = make_run(epochs=3).history_path.read_text().splitlines(keepends=True)

    with shown("auto", begun) as show:
        for done, progress in enumerate(trained(3)):
            (begun / "history.csv").write_text("".join(history[: 1 + done // 2]))
            show(progress)

    assert capsys.readouterr().out.splitlines() == [
        "epoch 1/3: loss 0.3000, accuracy 90.00 %, held out 90.00 %, 1.5 s",
        "epoch 2/3: loss 0.1500, accuracy 95.00 %, held out 90.00 %, 1.5 s",
        "epoch 3/3: loss 0.1000, accuracy 96.67 %, held out 90.00 %, 1.5 s",
    ]


def test_a_bar_is_one_line_that_is_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # for Rich, a terminal
    monkeypatch.setenv("COLUMNS", "120")

    with shown(1, tmp_path / "mine") as show:
        for progress in trained(2):
            show(progress)

    written = re.sub(r"\x1b\[[^A-Za-z]*[A-Za-z]", "", capsys.readouterr().err)
    assert written.count("\n") == 1
    states = [state for state in re.split("[\r\n]", written) if state]
    assert states[0].startswith("mine ")
    assert any("epoch 2/2, loss 0.5000, accuracy 80.00 %, " in state for state in states)
    assert states[-1].endswith(" 2 of 2 epochs done, on the test images")


def test_in_a_notebook_one_output_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outputs: list[str] = []

    def show_output(html: str, *, display_id: bool) -> object:
        assert display_id
        outputs.append(html)
        return handle

    display = types.SimpleNamespace(HTML=str, display=show_output)
    handle = types.SimpleNamespace(update=lambda html: outputs.__setitem__(0, html))
    shell = types.SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setitem(sys.modules, "IPython.display", display)

    with shown("auto", tmp_path / "a<b") as show:
        for progress in trained(2):
            show(progress)

    (output,) = outputs
    assert output.startswith('a&lt;b <progress value="1.000"')


def test_nothing_is_shown_unless_requested(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with shown(0, tmp_path) as show:
        for progress in trained(1):
            show(progress)

    assert capsys.readouterr() == ("", "")


def test_another_way_to_show_it_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(InputError, match="expected verbose to be 'auto', 0, 1 or 2, received 'loud'"),
        shown(
            "loud",  # type: ignore[arg-type]
            tmp_path,
        ),
    ):
        pass
