"""The page /docs, which shows the OpenAPI description, with everything it needs from here."""

import re
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, FastAPI, Response
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.staticfiles import StaticFiles

_ASSETS = "docs/assets"  # relative to the page, like all it asks for: a proxy may have put it anywhere


def add_documentation(app: FastAPI) -> None:
    """Give `app` its page /docs."""
    page = get_swagger_ui_html(
        openapi_url="openapi.json",
        title=f"{app.title}: the HTTP service",
        swagger_js_url=f"{_ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f"{_ASSETS}/swagger-ui.css",
        swagger_favicon_url=f"{_ASSETS}/favicon.png",
    )
    router = APIRouter(include_in_schema=False)

    @router.get("/docs")
    async def docs() -> Response:
        """The description as a page that can be tried out."""
        return page

    app.include_router(router)
    app.mount(
        f"/{_ASSETS}", StaticFiles(directory=Path(str(files("fastapi_offline"))) / "static"), name="assets"
    )
    page.headers["Content-Security-Policy"] = _policy(bytes(page.body).decode())


def _policy(page: str) -> str:
    """What the page may load: the script that stands in it is allowed by its checksum, styles all."""
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    checksums = " ".join(
        f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts
    )
    return (
        f"default-src 'none'; script-src 'self' {checksums}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
