"""The application: routes, and around them what every request passes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import FileResponse
from starlette.staticfiles import StaticFiles

import tenfold
from tenfold.errors import InputError, ReadingTimeoutError
from tenfold.serve.answer import as_json
from tenfold.serve.capacity import Turnstile
from tenfold.serve.comparing import comparing_routes
from tenfold.serve.correcting import correcting_routes
from tenfold.serve.documentation import add_documentation
from tenfold.serve.explaining import explaining_routes
from tenfold.serve.guard import SecurityHeaders, TokenGuard
from tenfold.serve.health import health_routes
from tenfold.serve.inference_protocol import inference_protocol_routes
from tenfold.serve.observe import Observe
from tenfold.serve.reading import reading_routes
from tenfold.serve.service import Service
from tenfold.serve.settings import Settings
from tenfold.serve.wrong import one_line

_PAGE = Path(__file__).parent / "page"
_HEALTH = ("/health/",)
_WITHOUT_LIMIT = (*_HEALTH, "/metrics")


def build_app(settings: Settings) -> FastAPI:
    """The service that `settings` describe. Raises ModelError where its models cannot be used."""
    service = Service(settings)

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
    )
    app.add_exception_handler(InputError, _refuse)
    app.add_exception_handler(ReadingTimeoutError, _say_that_it_takes_too_long)
    app.add_exception_handler(RequestValidationError, _say_what_is_wrong)
    app.add_exception_handler(HTTPException, _say_status)
    app.include_router(reading_routes(service))
    app.include_router(explaining_routes(service))
    app.include_router(comparing_routes(service, settings.runs))
    app.include_router(correcting_routes(service, settings.keep))
    app.include_router(inference_protocol_routes(service))
    app.include_router(health_routes(service))
    add_documentation(app)
    app.add_route("/", lambda _: FileResponse(_PAGE / "index.html"), include_in_schema=False)
    app.mount("/page", StaticFiles(directory=_PAGE), name="page")
    # From the innermost to the outermost.
    if settings.token is not None:
        app.add_middleware(TokenGuard, token=settings.token, exempt=_HEALTH)
    if settings.is_loopback:
        # Or a page elsewhere could reach this machine under a name of its own.
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1", "[::1]", "::1"])
    app.add_middleware(Turnstile, capacity=service.at_work, exempt=_WITHOUT_LIMIT)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Observe)
    return app


async def _refuse(_: Request, error: Exception) -> Response:
    return as_json({"error": str(error)}, 400)


async def _say_that_it_takes_too_long(_: Request, error: Exception) -> Response:
    return as_json({"error": str(error)}, 504)


async def _say_what_is_wrong(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - what it is registered for
    return as_json({"error": one_line(error.errors())}, 422)


async def _say_status(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    response = as_json({"error": error.detail}, error.status_code)
    response.headers.update(error.headers or {})
    return response
