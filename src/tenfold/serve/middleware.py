"""Middleware for every request: token, HEAD as GET, and security headers."""

import hmac
from http.cookies import SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_CONTENT_POLICY = b"content-security-policy"
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-cache"),
]


class SecurityHeaders:
    """Adds headers that stop a browser from loading from, or sending to, other hosts."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"] = [*message["headers"], *_HEADERS]
                if not any(name == _CONTENT_POLICY for name, _ in headers):  # a page may have its own
                    headers.append((_CONTENT_POLICY, _POLICY.encode()))
            await send(message)

        await self._app(scope, receive, send_with_headers)


class HeadAsGet:
    """Answers HEAD like GET for the same path. The server omits the body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)


class WithoutCookies:
    """Hides cookies from the routes, which do not use them.

    FastAPI parses them in every request, and Python before 3.11.10 and 3.12.6 takes half a minute for a
    quoted cookie of 60 kB (CVE-2024-7592), during which nothing else is answered.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            others = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
            scope = {**scope, "headers": others}
        await self._app(scope, receive, send)


class TokenGuard:
    """Answers 401 to requests without `token`, except for paths that begin with one of `exempt`.

    The token is sent as `Authorization: Bearer TOKEN`. A browser opens the `page` once with ?token=TOKEN, and
    keeps the token in a cookie that no other site can make it send.
    """

    def __init__(self, app: ASGIApp, token: str, page: str, exempt: tuple[str, ...] = ()) -> None:
        self._app, self._token, self._page, self._exempt = app, token, page, exempt
        self._in_cookie = SimpleCookie({"token": token})["token"].coded_value

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(self._exempt):
            await self._app(scope, receive, send)
            return
        headers, cookie = Headers(scope=scope), _cookie_name(scope)
        kept = _cookie(headers, cookie)
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        answer: ASGIApp
        if scope["path"] == self._page and _are_same(asked, self._token):
            answer = _with_cookie(cookie, asked, secure=headers.get("x-forwarded-proto") == "https")
        elif _are_same(_bearer(headers), self._token) or _are_same(kept, self._in_cookie):
            answer = self._app
        else:
            answer = _refusal()
        await answer(scope, receive, send)


def _cookie_name(scope: Scope) -> str:
    """A name per service: browsers share cookies between all ports of a host."""
    _, port = scope["server"]
    return f"tenfold-token-{port}"


def _with_cookie(name: str, token: str, *, secure: bool) -> Response:
    # Without a path, and with a relative address, both work wherever a proxy has put the page.
    response = RedirectResponse("./", status_code=303)
    response.set_cookie(name, token, path=None, httponly=True, samesite="strict", secure=secure)
    return response


def _bearer(headers: Headers) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _cookie(headers: Headers, name: str) -> str:
    """The raw cookie, still quoted if it was set so."""
    pairs = (pair.strip().partition("=") for pair in headers.get("cookie", "").split(";"))
    return next((value for found, _, value in pairs if found == name), "")


def _are_same(received: str, expected: str) -> bool:
    return hmac.compare_digest(received.encode(), expected.encode())


def _refusal() -> Response:
    return JSONResponse(
        {"error": "expected the service's token: Authorization: Bearer TOKEN, or /?token=TOKEN in a browser"},
        status_code=401,
        headers={"WWW-Authenticate": "Bearer"},
    )
