"""Who may ask, and what a browser may do with the answers."""

import hmac
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_COOKIE = "tenfold-token"
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

    The token comes as `Authorization: Bearer TOKEN`. A browser is sent to /?token=TOKEN once, and keeps it in
    a cookie that no other site can make it send.
    """

    def __init__(self, app: ASGIApp, token: str, exempt: tuple[str, ...] = ()) -> None:
        self._app, self._token, self._exempt = app, token.encode(), exempt

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(self._exempt):
            await self._app(scope, receive, send)
            return
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        answer: ASGIApp
        if scope["path"] == "/" and self._is_right(asked):
            answer = self._with_cookie(asked)
        elif any(map(self._is_right, _tokens_in(Headers(scope=scope)))):
            answer = self._app
        else:
            answer = _refusal()
        await answer(scope, receive, send)

    def _is_right(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self._token)

    @staticmethod
    def _with_cookie(token: str) -> Response:
        response = RedirectResponse("/", status_code=303)
        response.set_cookie(_COOKIE, token, httponly=True, samesite="strict")
        return response


def _tokens_in(headers: Headers) -> list[str]:
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    tokens = [bearer.strip()] if scheme.lower() == "bearer" else []
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(_COOKIE)
    except CookieError:
        return tokens
    return [*tokens, cookie.value] if cookie else tokens


def _refusal() -> Response:
    return JSONResponse(
        {"error": "expected the service's token: Authorization: Bearer TOKEN, or /?token=TOKEN in a browser"},
        status_code=401,
        headers={"WWW-Authenticate": "Bearer"},
    )
