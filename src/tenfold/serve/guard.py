"""Who may ask, and what a browser may do with the answers."""

import hmac
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
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
    """Adds to every answer what keeps a browser from loading, or giving away, anything elsewhere."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"] = [*message["headers"], *_HEADERS]
                if not any(name == _CONTENT_POLICY for name, _ in headers):  # a page may have one of its own
                    headers.append((_CONTENT_POLICY, _POLICY.encode()))
            await send(message)

        await self._app(scope, receive, send_with_headers)


class TokenGuard:
    """Answers 401 to requests without `token`, but for paths that begin with one of `exempt`.

    The token comes as `Authorization: Bearer TOKEN`. A browser is sent to the `page` with ?token=TOKEN once,
    and keeps it in a cookie that no other site can make it send.
    """

    def __init__(self, app: ASGIApp, token: str, page: str, exempt: tuple[str, ...] = ()) -> None:
        self._app, self._token, self._page, self._exempt = app, token.encode(), page, exempt

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(self._exempt):
            await self._app(scope, receive, send)
            return
        headers, cookie = Headers(scope=scope), _cookie_name(scope)
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        answer: ASGIApp
        if scope["path"] == self._page and self._is_right(asked):
            answer = _with_cookie(cookie, asked, secure=headers.get("x-forwarded-proto") == "https")
        elif any(map(self._is_right, _tokens_in(headers, cookie))):
            answer = self._app
        else:
            answer = _refusal()
        await answer(scope, receive, send)

    def _is_right(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self._token)


def _cookie_name(scope: Scope) -> str:
    """Browsers keep the cookies of all ports of a host together: two services must not share a name."""
    _, port = scope["server"]
    return f"tenfold-token-{port}"


def _with_cookie(name: str, token: str, *, secure: bool) -> Response:
    # Without a path, and with a relative address, both hold for wherever a proxy has put the page.
    response = RedirectResponse("./", status_code=303)
    response.set_cookie(name, token, path=None, httponly=True, samesite="strict", secure=secure)
    return response


def _tokens_in(headers: Headers, cookie: str) -> list[str]:
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    tokens = [bearer.strip()] if scheme.lower() == "bearer" else []
    kept = cookie_parser(headers.get("cookie", "")).get(cookie)
    return tokens if kept is None else [*tokens, kept]


def _refusal() -> Response:
    return JSONResponse(
        {"error": "expected the service's token: Authorization: Bearer TOKEN, or /?token=TOKEN in a browser"},
        status_code=401,
        headers={"WWW-Authenticate": "Bearer"},
    )
