"""Which sites may send requests: the service's own page, programs, and allowed origins."""

import re
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from tenfold.errors import InputError
from tenfold.serve.responses import as_json

_AUTHORITY = re.compile(r"(\[[0-9a-f.:]+\]|[0-9a-z._-]+)(?::[0-9]*)?", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][0-9a-z+.-]*")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class HostGuard:
    """Answers 403 if the requested `Host` is neither an IP address nor one of `names`.

    Otherwise the owner of any name could point it at this machine (DNS rebinding), and the browser would take
    their page for the service's own. IP addresses cannot be redirected like that.
    """

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        self._app, self._names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer: ASGIApp = self._app
        if scope["type"] == "http":
            hosts = Headers(scope=scope).getlist("host")
            # Every browser sends one; some health checks use HTTP/1.0, which does not.
            if len(hosts) > 1 or (not hosts and scope["http_version"] != "1.0"):
                answer = as_json({"error": f"expected one Host header, received {len(hosts)}"}, 400)
            elif hosts and not self._is_known(hosts[0]):
                answer = as_json({"error": _unknown(hosts[0])}, 403)
        await answer(scope, receive, send)

    def _is_known(self, host: str) -> bool:
        match = _AUTHORITY.fullmatch(host)
        return match is not None and (match[1].lower() in self._names or _is_address(match[1].strip("[]")))


class OriginGuard:
    """Answers 403 to requests from pages of other origins, unless they are in `allowed`.

    Browsers state where a request comes from, and pages cannot change that. `Sec-Fetch-Site` is reliable even
    behind a proxy that changes the Host; if it is missing (old browsers, plain HTTP to another machine),
    `Origin` is compared with the Host. Links on other pages may be followed: those pages do not see the
    answer. Programs send neither header.
    """

    def __init__(self, app: ASGIApp, allowed: frozenset[str]) -> None:
        self._app, self._allowed = app, allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer: ASGIApp = self._app
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            if self._is_foreign(headers) and not _follows_link(scope["method"], headers):
                answer = as_json({"error": _foreign(headers.get("origin"))}, 403)
        await answer(scope, receive, send)

    def _is_foreign(self, headers: Headers) -> bool:
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if origin in self._allowed:
            return False
        if site is not None:
            return site not in ("same-origin", "none")  # none: typed into the address bar
        return origin is not None and not _is_own(origin, headers.get("host", ""))


def parse_origin(text: str) -> str:
    """An origin as browsers write it: scheme, host, and the port unless it is the scheme's default.

    Raises InputError for anything else, including "null", the origin of every sandboxed page.
    """
    scheme, _, authority = text.lower().rstrip("/").partition("://")
    if not _SCHEME.fullmatch(scheme) or not _AUTHORITY.fullmatch(authority):
        raise InputError(f"expected an origin such as https://app.example, received {text!r}")
    return f"{scheme}://{authority.removesuffix(_DEFAULT_PORTS.get(scheme, ':'))}"


def parse_host(text: str) -> str:
    """A name as in a Host header, without the port. Raises InputError for anything else."""
    authority = _AUTHORITY.fullmatch(text)
    if authority is None or authority[1] != text:
        raise InputError(f"expected a name such as digits.example, without a port, received {text!r}")
    return text.lower()


def _is_own(origin: str, host: str) -> bool:
    """Whether an origin matches the requested host, whatever the scheme, which only a proxy would know."""
    scheme, _, authority = origin.partition("://")
    return scheme in _DEFAULT_PORTS and authority == host.lower().removesuffix(_DEFAULT_PORTS[scheme])


def _follows_link(method: str, headers: Headers) -> bool:
    return (
        method in ("GET", "HEAD")
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _unknown(host: str) -> str:
    return (
        f"expected an address or a name of this service as the Host, received {host[:200]!r}; "
        "to answer under it, start the service with --allow-host"
    )


def _foreign(origin: str | None) -> str:
    site = "another site" if origin is None else origin[:200]
    return (
        f"expected a request from this service's own page, received one from {site}; "
        "to allow it, start the service with --allow-origin"
    )
