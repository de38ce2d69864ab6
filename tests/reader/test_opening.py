from pathlib import Path
from typing import Any

import pytest

from endless import write_endless_reader
from tenfold.errors import ModelError
from tenfold.reader import opening
from tenfold.reader.opening import open_reader


def open_soon(model: Path) -> Any:
    return open_reader(model, max_pixels=1_000_000, patience_s=1.0)


def test_a_model_whose_graph_never_ends_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_STARTUP_S", 2.0)
    model = write_endless_reader(tmp_path / "reader.onnx")

    with pytest.raises(ModelError, match=f"the model {model} did not answer within 3 s"):
        open_soon(model)


def test_errors_in_a_model_read_like_those_of_a_reader(tmp_path: Path) -> None:
    model = write_endless_reader(tmp_path / "reader.onnx")
    model.write_bytes(b"damaged")

    with pytest.raises(ModelError, match="is damaged or was replaced"):
        open_soon(model)


def test_a_model_is_opened_after_a_successful_trial(small_model: Any) -> None:
    assert open_soon(small_model.path).manifest == small_model.manifest
