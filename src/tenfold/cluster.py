"""A Ray cluster: the one at an address, or one of this machine's cores alone."""

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
    """Connect this process to the cluster at `address`, or without one start one of this machine's cores.

    An address is HOST:PORT, ray://HOST:PORT or auto; without one, RAY_ADDRESS counts, as where a job of a
    cluster runs this. Left to itself, Ray would join whatever cluster this machine started last, and end with
    it. A process that is connected stays so. Raises InputError if no cluster answers.
    """
    address = address or os.environ.get("RAY_ADDRESS")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # what Ray will do, without its warning
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # or stderr tells of Ray Data's own slips
    # Says that nobody else may use the cluster that is started here, as is right.
    logging.getLogger("ray._private.authentication").setLevel(logging.ERROR)
    import ray

    if address and address != "auto":
        _check_answers(address)
    try:
        with without_stderr():  # where Ray's core says, for instance, that it has been told to be quiet
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
    """Leave the cluster, and end it where `connect` started it.

    Ray kills the processes of its own cluster, and may then report them as killed.
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
    """Ray itself would try for a minute."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE_S).close()
    except (OSError, ValueError, OverflowError) as error:
        raise InputError(
            f"expected the address of a Ray cluster, HOST:PORT, received {address}: {error}"
        ) from error
