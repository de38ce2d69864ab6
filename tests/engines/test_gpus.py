"""Graphics processors are found and hidden by their names."""

from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from tenfold.engines import gpus


@pytest.fixture
def two_of_nvidia(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for bus in ("0000:01:00.0", "0000:02:00.0"):
        (tmp_path / bus).mkdir()
    monkeypatch.setattr(gpus, "_OF_DRIVER", tmp_path)
    monkeypatch.setattr(gpus, "distribution", lambda _name: None)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


@pytest.mark.usefixtures("two_of_nvidia")
@pytest.mark.parametrize(
    ("chosen", "usable"),
    [(None, ["0", "1"]), ("1", ["1"]), ("1,0", ["1", "0"]), ("-1", []), ("", []), ("0,-1,1", ["0"])],
)
def test_what_cuda_is_told_to_see_is_used(
    monkeypatch: pytest.MonkeyPatch, chosen: str | None, usable: list[str]
) -> None:
    if chosen is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", chosen)

    assert gpus.usable_gpus() == usable
    assert gpus.hidden_by_user() == (not usable)


@pytest.mark.usefixtures("two_of_nvidia")
def test_a_build_for_processors_uses_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(gpus, "distribution", missing)

    assert gpus.usable_gpus() == []


def test_windows_subsystem_for_linux_has_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dxg").touch()
    monkeypatch.setattr(gpus, "_OF_DRIVER", tmp_path / "none")
    monkeypatch.setattr(gpus, "_OF_WSL", tmp_path / "dxg")

    assert gpus.present_gpus() == ["0"]
