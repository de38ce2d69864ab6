"""The page about serving: its first call is one."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tenfold.data import Dataset

PAGE = Path(__file__).parents[2] / "docs" / "serve.md"


def test_the_first_call_in_python_prints_the_number(
    service: Any,
    mnist: Dataset,
    picture: Callable[..., bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "cheque.png").write_bytes(picture(*mnist.x_test[:4]))
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    exec(code.replace("127.0.0.1:8765", f"127.0.0.1:{service.port}"), {})  # noqa: S102

    assert capsys.readouterr().out == "7210\n"


def test_every_route_stands_on_the_page(service: Any) -> None:
    page = PAGE.read_text()
    paths = service.client.get("/openapi.json").json()["paths"]

    for path in paths:
        assert path in page or path.startswith("/v2")
