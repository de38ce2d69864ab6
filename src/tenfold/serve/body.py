"""Read a request's body within limits of size and time."""

import asyncio
from contextlib import ExitStack

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from tenfold.serve.service import Service


async def read_body(request: Request, service: Service, at_most_bytes: int | None = None) -> bytes:
    """The whole body, at most `at_most_bytes` if the route allows less than the service.

    Raises HTTPException: 413 at the first byte too many, or at once if the length is declared; 408 if it does
    not arrive in time; 415 for a form; 503 if other requests use all the memory.
    """
    settings = service.settings
    limit = min(settings.max_body_bytes, at_most_bytes or settings.max_body_bytes)
    if request.headers.get("content-type", "").lower().startswith("multipart/"):
        raise _is_form()
    declared = request.headers.get("content-length", "0")
    if int(declared) > limit:  # the server has checked that this is a number
        raise _too_large(limit)
    body = bytearray()
    try:
        async with asyncio.timeout(settings.timeout_s):
            with ExitStack() as held:
                async for chunk in request.stream():
                    held.enter_context(service.memory.take(len(chunk)))
                    body += chunk
                    if len(body) > limit:
                        raise _too_large(limit)
    except TimeoutError:
        raise HTTPException(
            408,
            f"expected the whole body within {settings.timeout_s:g} seconds, received {len(body):,} bytes",
            headers={"Connection": "close"},
        ) from None
    except ClientDisconnect:
        raise HTTPException(400, "the connection was closed before the body was complete") from None
    if not body:
        raise HTTPException(400, "expected a picture as the request's body, received an empty one")
    return bytes(body)


def _is_form() -> HTTPException:
    return HTTPException(
        415,
        "expected the file itself as the body, received a form (multipart/form-data); "
        "with curl, send it by --data-binary @FILE instead of -F",
        headers={"Connection": "close"},
    )


def _too_large(limit: int) -> HTTPException:
    return HTTPException(
        413,
        f"expected at most {limit:,} bytes, received more; make it smaller",
        headers={"Connection": "close"},
    )
