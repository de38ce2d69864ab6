"""Keras on TensorFlow, set up before either is imported."""

import importlib.util
import os
import sys
import warnings
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version

from tenfold.console import without_stderr
from tenfold.cores import available_cores
from tenfold.errors import RunError

# Keras imports these if they are installed, which takes a second, in case it gets their objects.
_NOT_NEEDED = ("pandas", "sklearn")


def require_keras() -> None:
    """Raise RunError if the packages that training needs are missing.

    Warns where two builds of TensorFlow are installed over each other.
    """
    if importlib.util.find_spec("keras") is None or importlib.util.find_spec("tensorflow") is None:
        raise RunError("this needs Keras and TensorFlow: pip install 'tenfold[train]'")
    if _installed("tensorflow") and _installed("tensorflow-cpu"):
        warnings.warn(
            "tensorflow and tensorflow-cpu are both installed and overwrite each other's files; keep one: "
            "pip uninstall --yes tensorflow tensorflow-cpu, then pip install tensorflow-cpu "
            "('tenfold[gpu]' for GPUs)",
            stacklevel=1,  # the same line each time, so that it is shown once
        )


def _installed(distribution: str) -> bool:
    try:
        version(distribution)
    except PackageNotFoundError:
        return False
    return True


def set_up_worker() -> None:
    """For a process that trains one run and ends; call it before `set_up_keras`."""
    sys.modules.update(dict.fromkeys(_NOT_NEEDED))  # type: ignore[arg-type]  # None prevents the import
    # Without oneDNN, as on processors without AVX-512, each step would return its large blocks to the
    # operating system and get them back page by page: a third of a small network's time (docs/log.md).
    os.environ.setdefault("TF_CPU_ALLOCATOR_USE_BFC", "true")


class KerasInUseError(RunError):
    """Keras or TensorFlow already runs in this process with a setup that training cannot use."""


def set_up_keras(threads: int) -> None:
    """Make Keras run on TensorFlow with `threads` threads for the whole process, reproducibly.

    Raises RunError if the training packages are missing, KerasInUseError if Keras already runs on another
    backend, or TensorFlow with another number of threads, which it cannot change.
    """
    require_keras()
    if "keras" in sys.modules:
        _require_tensorflow()
    else:
        os.environ["KERAS_BACKEND"] = "tensorflow"
    with without_stderr():  # TensorFlow lists its kernels before its log can be switched off
        import keras  # noqa: F401 - here, so that it is silent, too
        import tensorflow as tf

    try:
        # Each operation on one core, several operations at a time; see tenfold.training.data_parallel.
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
    except RuntimeError:
        raise KerasInUseError(
            f"TensorFlow already runs in this process and cannot change to {threads} threads; "
            "train in a new process, or call tenfold.train before other TensorFlow code"
        ) from None
    tf.config.experimental.enable_op_determinism()


def use_keras() -> None:
    """Import Keras to build or show networks, set up for training if that is still possible."""
    with suppress(KerasInUseError):
        set_up_keras(available_cores())


def _require_tensorflow() -> None:
    import keras

    if (backend := keras.config.backend()) != "tensorflow":
        raise KerasInUseError(
            f"tenfold trains with Keras on TensorFlow, but Keras already uses {backend}: "
            "set KERAS_BACKEND=tensorflow before importing it"
        )
