"""Connecting to Ray, which does the work on a cluster."""

import logging
import os
import socket

from tenfold.errors import InputError, TenfoldError

_ANSWER_S = 5


def connect(address: str | None) -> None:
    """Connect to the Ray cluster at `address`, "HOST:PORT" or "auto"; for None start one on this machine.

    What is connected already stays so. Raises InputError where nothing answers at the address, TenfoldError
    where Ray is not installed.
    """
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # what Ray will do, without its warning
    try:
        import ray
    except ModuleNotFoundError:
        raise TenfoldError("a cluster needs Ray: pip install 'tenfold[cluster]'") from None
    if ray.is_initialized():
        return
    if address and address != "auto":
        _knock(address)
    try:
        ray.init(
            address=address or "local",
            namespace="tenfold",
            include_dashboard=None if address else False,
            logging_level=logging.ERROR,
            log_to_driver=False,
        )
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise _not_a_cluster(address, error) from None


def _knock(address: str) -> None:
    """Raises InputError where nobody answers, for which Ray would wait many minutes."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=_ANSWER_S).close()
    except (OSError, ValueError) as error:
        raise _not_a_cluster(address, error) from None


def _not_a_cluster(address: str | None, error: Exception) -> InputError:
    return InputError(
        "expected the address of a Ray cluster, HOST:PORT as ray start --head prints it or auto, "
        f"received {address}: {error}"
    )
