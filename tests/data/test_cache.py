import sys
from pathlib import Path

import pytest

from tenfold.data.cache import cache_folder, keras_cache_folder

VARIABLES = ("TENFOLD_CACHE", "XDG_CACHE_HOME", "KERAS_HOME", "LOCALAPPDATA")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        ("linux", ".cache/tenfold"),
        ("darwin", "Library/Caches/tenfold"),
        ("win32", "AppData/Local/tenfold"),
    ],
)
def test_each_platform_has_its_usual_place(
    monkeypatch: pytest.MonkeyPatch, platform: str, expected: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert cache_folder() == Path.home() / expected


def test_windows_can_set_its_local_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    assert cache_folder() == tmp_path / "tenfold"


def test_environment_variables_take_precedence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "tenfold"
    monkeypatch.setenv("TENFOLD_CACHE", str(tmp_path / "own"))
    assert cache_folder() == tmp_path / "own"


def test_keras_home_is_respected(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert keras_cache_folder() == Path.home() / ".keras" / "datasets"
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert keras_cache_folder() == tmp_path / "datasets"
