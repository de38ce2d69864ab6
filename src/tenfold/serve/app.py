"""The application: routes, and the middleware around them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import FileResponse
from starlette.staticfiles import StaticFiles

import tenfold
from tenfold.errors import InputError, ReadingTimeoutError
from tenfold.serve.capacity import OverloadMiddleware
from tenfold.serve.comparing import comparing_routes, open_contenders
from tenfold.serve.corrections import correction_routes
from tenfold.serve.health import health_routes
from tenfold.serve.inference_protocol import inference_protocol_routes
from tenfold.serve.metrics import MetricsMiddleware
from tenfold.serve.middleware import HeadAsGet, SecurityHeaders, TokenGuard, WithoutCookies
from tenfold.serve.openapi import add_documentation
from tenfold.serve.origin import HostGuard, OriginGuard, parse_host, parse_origin
from tenfold.serve.reading import reading_routes
from tenfold.serve.responses import as_json, in_one_line
from tenfold.serve.service import Service
from tenfold.serve.settings import ServiceSettings

_PAGE = Path(__file__).parent / "page"
_HEALTH, _METRICS = "/health/", "/metrics"


def build_app(settings: ServiceSettings, warn: Callable[[str], object]) -> FastAPI:
    """The service that `settings` describe; `warn` is called with a line for each run left out.

    Raises ModelError if its model cannot be used, InputError if a folder cannot.
    """
    service = Service(settings)
    contenders = {} if settings.runs is None else open_contenders(settings.runs, warn)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        watching = asyncio.create_task(service.watch_model())
        yield
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        service.close()

    app = FastAPI(
        title="tenfold",
        description="Reads handwritten digits.",
        version=tenfold.__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # redirects go to an address that a proxy may not know
    )
    app.add_exception_handler(InputError, _refuse)
    app.add_exception_handler(ReadingTimeoutError, _say_that_it_takes_too_long)
    app.add_exception_handler(RequestValidationError, _say_what_is_wrong)
    app.add_exception_handler(HTTPException, _say_status)
    app.include_router(reading_routes(service))
    app.include_router(comparing_routes(service, contenders))
    app.include_router(correction_routes(service, settings.keep))
    app.include_router(inference_protocol_routes(service))
    app.include_router(health_routes(service))
    add_documentation(app)
    app.add_route("/", lambda _: FileResponse(_PAGE / "index.html"), include_in_schema=False)
    app.mount("/page", StaticFiles(directory=_PAGE, packages=[("tenfold.browser", "modules")]), name="page")
    _add_guards(app, service)
    return app


def _add_guards(app: FastAPI, service: Service) -> None:
    """Add the middleware, from the innermost to the outermost."""
    settings = service.settings
    root = settings.root_path
    app.add_middleware(WithoutCookies)
    if settings.token is not None:
        app.add_middleware(TokenGuard, token=settings.token, page=f"{root}/", exempt=(f"{root}{_HEALTH}",))
    app.add_middleware(
        OverloadMiddleware, capacity=service.at_work, exempt=(f"{root}{_HEALTH}", f"{root}{_METRICS}")
    )
    origins = frozenset(map(parse_origin, settings.allow_origins))
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=("GET", "HEAD", "POST", "DELETE"),
            allow_headers=("Authorization",),
            allow_private_network=True,
            expose_headers=("Retry-After",),
        )
    app.add_middleware(OriginGuard, allowed=origins)
    names = {"localhost", settings.host.lower(), *map(parse_host, settings.allow_hosts)}
    app.add_middleware(HostGuard, names=frozenset(names))
    app.add_middleware(HeadAsGet)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(MetricsMiddleware)


async def _refuse(_: Request, error: Exception) -> Response:
    return as_json({"error": str(error)}, 400)


async def _say_that_it_takes_too_long(_: Request, error: Exception) -> Response:
    return as_json({"error": str(error)}, 504)


async def _say_what_is_wrong(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - what it is registered for
    return as_json({"error": in_one_line(error.errors())}, 422)


async def _say_status(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    response = as_json({"error": error.detail}, error.status_code)
    response.headers.update(error.headers or {})
    return response
