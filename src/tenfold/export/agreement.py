"""Verify that an exported model computes the same as the run, by its own runtime in a separate process."""

import io
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import TenfoldError
from tenfold.export import load_again
from tenfold.export.formats import Format

TOLERANCE = 1e-5  # of a probability
_LIMIT_S = 600


@dataclass(frozen=True)
class Agreement:
    """How an exported model's probabilities on `images` images compare with the run's."""

    images: int
    answers: int  # more than one per image if the network maps pages or reads lines
    difference: float  # the largest absolute one
    other_classes: int  # how often the most likely class differs
    accuracy: float | None = None  # of the exported model on these images, if their labels are available


def answers_of(path: Path, form: Format, x: NDArray[np.float32]) -> NDArray[np.float32]:
    """The outputs of the model at `path` for `x`, computed in a new process without tenfold.

    Raises TenfoldError if it cannot be loaded there, or takes longer than ten minutes.
    """
    content = io.BytesIO()
    np.save(content, x, allow_pickle=False)
    command = [sys.executable, "-I", load_again.__file__, form.name, str(path.resolve())]
    try:
        done = subprocess.run(
            command, input=content.getvalue(), capture_output=True, timeout=_LIMIT_S, check=True
        )
    except subprocess.TimeoutExpired:
        raise TenfoldError(
            f"{form.runtime} took longer than {_LIMIT_S} s to load {path.name} again; nothing was written"
        ) from None
    except subprocess.CalledProcessError as error:
        *_, reason = error.stderr.decode(errors="replace").split("\n")[:-1] or ["it ended without a word"]
        raise TenfoldError(
            f"{form.runtime} cannot load {path.name} again ({reason.strip()}); nothing was written"
        ) from None
    outputs: NDArray[np.float32] = np.load(io.BytesIO(done.stdout), allow_pickle=False)
    return outputs


def require_agreement(
    expected: NDArray[np.float32],
    received: NDArray[np.float32],
    tolerance: float,
    *,
    most_others: float = 0.0,
) -> Agreement:
    """Compare probabilities, both (..., C).

    Raises TenfoldError if they differ by more than `tolerance`, or if more than the share `most_others` of
    the most probable classes differ.
    """
    if expected.shape != received.shape:
        raise TenfoldError(
            f"the written model returns {received.shape}, the run {expected.shape}; nothing was written"
        )
    agreement = Agreement(
        images=len(expected),
        answers=expected[..., 0].size,
        difference=float(np.abs(expected - received).max()),
        other_classes=int((expected.argmax(axis=-1) != received.argmax(axis=-1)).sum()),
    )
    # This form also rejects NaN, which compares as false.
    if not agreement.difference <= tolerance or agreement.other_classes > most_others * agreement.answers:
        raise TenfoldError(
            f"the written model's probabilities differ from the run's by up to {agreement.difference:.2g}, "
            f"with {agreement.other_classes} changed classes; at most {tolerance:g} and "
            f"{int(most_others * agreement.answers)} times are accepted, and nothing was written"
        )
    return agreement
