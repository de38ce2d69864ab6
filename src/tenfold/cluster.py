"""A Ray cluster: the one at an address, or one on this machine alone."""

import logging
import os
import socket

from tenfold.console import without_stderr
from tenfold.errors import InputError

_PATIENCE_S = 5.0


def require_ray(engine: str, **of_a_cluster: str | None) -> None:
    """Raise InputError if a cluster's `address` or `checkpoints` are given for another `engine`."""
    for option, value in of_a_cluster.items():
        if value and engine != "ray":
            raise InputError(f"--{option} is a Ray cluster's: add --engine ray")


def connect(address: str | None) -> None:
    """Connect this process to the cluster at `address`, or start one on this machine.

    An address is HOST:PORT, ray://HOST:PORT or auto, by default RAY_ADDRESS, which is set inside a cluster's
    jobs. Ray by itself would join whatever cluster this machine started last, and end with it. A process that
    is already connected stays connected. Raises InputError if no cluster answers.
    """
    address = address or os.environ.get("RAY_ADDRESS")
    os.environ.setdefault(
        "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0"
    )  # Ray's future default, without its warning
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # hides Ray Data's internal errors
    # Silences the notice that only this user may use the local cluster, which is intended.
    logging.getLogger("ray._private.authentication").setLevel(logging.ERROR)
    import ray

    if address and address != "auto":
        _check_answers(address)
    try:
        with without_stderr():  # Ray's core writes notices
            ray.init(
                address=address or "local",
                namespace="tenfold",
                include_dashboard=None if address else False,
                log_to_driver=False,
                logging_level=logging.WARNING,
                ignore_reinit_error=True,
            )
    except (ConnectionError, ValueError, RuntimeError, ray.exceptions.RayError) as error:
        raise InputError(f"no Ray cluster at {address or 'this machine'}: {_explain(error)}") from error


def disconnect() -> None:
    """Leave the cluster, and stop it if `connect` started it.

    Ray kills the processes of its local cluster, and may then report them as killed.
    """
    import ray

    with without_stderr():
        ray.shutdown()


def _explain(error: Exception) -> str:
    if "InvalidAuthToken" in str(error.__cause__):
        return (
            "it wants a token; set RAY_AUTH_MODE=token, and have its token in ~/.ray/auth_token "
            "(ray get-auth-token, on the cluster)"
        )
    return " ".join(str(error).split())


def _check_answers(address: str) -> None:
    """Fail at once; Ray itself would try for a minute."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE_S).close()
    except (OSError, ValueError, OverflowError) as error:
        raise InputError(
            f"expected the address of a Ray cluster, HOST:PORT, received {address}: {error}"
        ) from error
