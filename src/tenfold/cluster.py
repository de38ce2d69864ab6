"""Connecting to Ray, which does the work on a cluster."""

import logging
import os

from tenfold.errors import InputError, TenfoldError


def connect(address: str | None) -> None:
    """Connect to the Ray cluster at `address`, e.g. "10.0.0.5:6379" or "auto"; or start one on this machine.

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
    try:
        ray.init(
            address=address or "local",
            namespace="tenfold",
            include_dashboard=None if address else False,
            configure_logging=True,
            logging_level=logging.ERROR,
            log_to_driver=False,
        )
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise InputError(
            "expected the address of a Ray cluster, as ray start --head prints it, "
            f"received {address}: {error}"
        ) from None
