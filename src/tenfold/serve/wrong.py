"""What is wrong with a request, in words."""

from collections.abc import Sequence
from typing import Any


def one_line(errors: Sequence[Any]) -> str:
    """What Pydantic found wrong, as one line."""
    return "; ".join(f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in errors)
