"""OpenAPI descriptions of the routes, and the page /docs that shows them without external assets."""

import re
from base64 import b64encode
from hashlib import sha256
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.staticfiles import StaticFiles

from tenfold.serve.image_arrays import NPY, RAW
from tenfold.serve.responses import Error

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_KINDS = ("png", "jpeg", "webp", "bmp", "tiff", "gif", "avif", "heic")
# Accepted bodies by media type.
PICTURE = {f"image/{kind}": _BINARY for kind in _KINDS}
IMAGES = {RAW: _BINARY, NPY: _BINARY}
_REFUSALS = {
    400: "The body is empty, or is not what this route takes.",
    401: "The token is missing or wrong.",
    403: "The request comes from another site, or asks for another host.",
    404: "There is nothing of that name.",
    408: "The body did not arrive in time.",
    409: "The service keeps no corrections.",
    413: "The body is too large.",
    415: "The body is a form.",
    422: "A parameter is missing or out of range.",
    503: "The service is busy: ask again after the seconds in Retry-After.",
    504: "It took too long.",
    507: "The folder of corrections is full, or cannot be written.",
}
_ASSETS = "docs/assets"  # relative to the page, like all its requests: a proxy may have put it anywhere


def answers(model: type, *statuses: int) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`: its answer, and its error responses, with `statuses` of its own."""
    refusals = sorted({401, 403, 503, 504, *statuses})
    return {
        200: {"model": model, "description": "The answer."},
        **{status: {"model": Error, "description": _REFUSALS[status]} for status in refusals},
    }


def answers_ready(model: type, *statuses: int) -> dict[int | str, dict[str, Any]]:
    """Like `answers`, for a route that returns 503 if the service is not ready."""
    not_ready = {"model": model | Error, "description": "The service is not ready, or busy."}
    return {**answers(model, *statuses), 503: not_ready}


def takes(body: dict[str, Any], model: type, *statuses: int) -> dict[str, Any]:
    """For the decorator of a route that reads its `body` itself; otherwise like `answers`."""
    return {
        "openapi_extra": {"requestBody": {"required": True, "content": body}},
        "responses": answers(model, 400, 408, 413, 415, *statuses),
    }


def add_documentation(app: FastAPI) -> None:
    """Give `app` its page /docs."""
    page = get_swagger_ui_html(
        openapi_url="openapi.json",
        title=f"{app.title}: the HTTP service",
        swagger_js_url=f"{_ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f"{_ASSETS}/swagger-ui.css",
        swagger_favicon_url=f"{_ASSETS}/favicon.png",
    )
    app.add_route("/docs", lambda _: page, include_in_schema=False)
    app.mount(f"/{_ASSETS}", StaticFiles(packages=[("fastapi_offline", "static")]), name="assets")
    page.headers["Content-Security-Policy"] = _policy(bytes(page.body).decode())


def _policy(page: str) -> str:
    """The page's content security policy: its inline script is allowed by checksum, and all styles."""
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    checksums = " ".join(
        f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts
    )
    return (
        f"default-src 'none'; script-src 'self' {checksums}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
