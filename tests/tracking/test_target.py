"""What --track and --to may say."""

import pytest

from tenfold.errors import InputError, TrackingError
from tenfold.tracking import Target, parse_target
from tenfold.tracking import target as targets


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mlflow", Target("mlflow", "")),
        ("mlflow:http://10.0.0.1:5000", Target("mlflow", "http://10.0.0.1:5000")),
        ("mlflow:sqlite:///x.db", Target("mlflow", "sqlite:///x.db")),
        ("tensorboard", Target("tensorboard", "")),
        ("tensorboard:logs/today", Target("tensorboard", "logs/today")),
    ],
)
def test_a_target_is_a_tracker_and_perhaps_a_place(text: str, expected: Target) -> None:
    assert parse_target(text) == expected
    assert str(expected) == text


@pytest.mark.parametrize(
    "text", ["", "wandb", "mlflow:", "tensorboard:", "MLflow", ":5000", "mlflowhttp://x"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="expected mlflow"):
        parse_target(text)


def test_a_missing_package_is_reported_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(targets, "find_spec", lambda _: None)

    with pytest.raises(TrackingError, match=r"pip install 'tenfold\[track\]'"):
        parse_target("tensorboard")


def test_without_mlflows_full_package_runs_go_to_servers_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "find_spec", lambda name: None if name == "sqlalchemy" else name)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)

    assert parse_target("mlflow:https://tracking.example.org")
    for text in ("mlflow", "mlflow:sqlite:///x.db"):
        with pytest.raises(TrackingError, match="pip install mlflow"):
            parse_target(text)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:5000")
    assert parse_target("mlflow")
