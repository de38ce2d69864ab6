"""The service's settings. The command's help shows the defaults, so this module imports nothing heavy."""

import re
from dataclasses import dataclass
from pathlib import Path

from tenfold.cores import available_cores
from tenfold.errors import InputError
from tenfold.imaging.bounds import MAX_PIXELS

_ROOT_PATH = re.compile(r"(/[\w.~-]+)*", re.ASCII)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """Where a service listens, what it reads with, and what it allows.

    `model` is an ONNX file with its manifest, by default the bundled one. `runs` is a folder of trained runs
    for the page to compare, `keep` one for corrections. `token` is required of every request except health
    checks. Pages of `allow_origins` may use the service, too. `allow_hosts` are its names in addition to
    localhost and `host`. `root_path` is the path prefix, such as /digits, that a proxy strips. Bodies of more
    than `max_body_bytes` and pictures of more than `max_pixels` are refused; requests not complete or not
    answered after `timeout_s` are aborted. At most `capacity` requests are in progress in each of the
    `workers` processes. `log` writes a line per request.

    Raises InputError for a number out of range, or an invalid origin, host, path or token.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    model: Path | None = None
    runs: Path | None = None
    keep: Path | None = None
    token: str | None = None
    allow_origins: tuple[str, ...] = ()
    allow_hosts: tuple[str, ...] = ()
    root_path: str = ""
    workers: int = 1
    max_body_bytes: int = 20 * 2**20
    max_pixels: int = MAX_PIXELS
    timeout_s: float = 30.0
    log: bool = False
    capacity: int = 16 * available_cores()

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise InputError(f"expected a port from 0 to 65535, received {self.port}")
        for name in ("workers", "max_body_bytes", "max_pixels", "timeout_s", "capacity"):
            if not getattr(self, name) > 0:
                raise InputError(f"expected a {name} above 0, received {getattr(self, name)}")
        if self.token is not None and not (self.token.isascii() and self.token.isprintable() and self.token):
            raise InputError("expected a token of printable ASCII characters, received another")
        if self.allow_origins or self.allow_hosts:
            from tenfold.serve.origin import parse_host, parse_origin

            for origin in self.allow_origins:
                parse_origin(origin)
            for host in self.allow_hosts:
                parse_host(host)
        if not _ROOT_PATH.fullmatch(self.root_path):
            raise InputError(f"expected a root_path such as /digits, received {self.root_path!r}")

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host in _LOOPBACK
