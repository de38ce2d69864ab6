"""What the routes answer with."""

import json
from typing import Any

from fastapi import Response


def as_json(content: Any, status: int = 200) -> Response:
    """A response of JSON, compact."""
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return Response(text, status, media_type="application/json")
