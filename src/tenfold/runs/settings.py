"""The settings that determine a run's outcome, and nothing else."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from operator import index
from typing import Any, SupportsIndex

from tenfold.errors import InputError, RunError

_LONGEST_VARIANT = 32
LARGEST_SEED = 2**32 - 1
VALIDATION_IMAGES = 5_000
PERMUTATION_SEED = 0
_OPTIONAL = ("fine_tuning", "changes", "held_out_only", "network")  # missing in runs of earlier versions
_BUNDLED_SEED = 0  # as in the bundled model's manifest


@dataclass(frozen=True)
class FineTuning:
    """The initial model and the digits of a fine-tuning. Checksums identify them; their places may change."""

    start: str  # "bundled", or the path of a reader's ONNX file
    start_sha256: str
    digits: str  # the folder of the user's digits
    digits_sha256: str  # of the `Dataset`


@dataclass(frozen=True)
class Network:
    """The user's own network. Its checksum identifies it; its place may change."""

    place: str  # FILE.py:NAME or FILE.json, as tenfold.recipes.own takes them
    network_sha256: str


@dataclass(frozen=True)
class Settings:
    """The same settings on the same machine give the same weights, bit for bit.

    `as_written` trains on all training images and, if the recipe's document does, validates on the test
    images; otherwise a stratified part of the training images is held out for validation. `permuted` puts the
    pixels of all images in one fixed random order. `threads` is the number of cores TensorFlow uses.
    `fine_tuning` is None for a run with random initial weights. `changes` are the recipe's changed fields, or
    None. With `held_out_only` the run ends after its last epoch: the test images are not used, and there is
    no result. `network` is None for tenfold's recipes.
    """

    recipe: str
    seed: int
    epochs: int
    data: str  # as in `load_data`
    data_sha256: str
    as_written: bool
    permuted: bool
    threads: int
    fine_tuning: FineTuning | None = None
    changes: Mapping[str, Any] | None = None
    held_out_only: bool = False
    network: Network | None = None

    def __post_init__(self) -> None:
        for name in ("seed", "epochs", "threads"):
            object.__setattr__(self, name, _whole(getattr(self, name), name))
        if self.epochs < 1:
            raise InputError(f"expected at least 1 epoch, received {self.epochs}")
        if not 0 <= self.seed <= LARGEST_SEED:
            raise InputError(f"expected a seed from 0 to {LARGEST_SEED}, received {self.seed}")
        if self.threads < 1:
            raise InputError(f"expected at least 1 thread, received {self.threads}")
        if self.changes and self.as_written:
            raise InputError("no document describes a changed recipe: leave out --as-written, or the changes")

    @property
    def split_seed(self) -> int:
        """The seed that determines which images are held out.

        A fine-tuning, whatever its seed, holds out the images that the bundled network has not seen.
        """
        return _BUNDLED_SEED if self.fine_tuning else self.seed

    @property
    def variant(self) -> str:
        """A label for the changes, e.g. "dropout=0.3 epochs=5", or "tuned 3f9a" if that is too long; empty
        without changes."""
        if not self.changes:
            return ""
        said = " ".join(f"{name}={_in_words(value)}" for name, value in self.changes.items())
        if len(said) <= _LONGEST_VARIANT:
            return said
        return f"tuned {sha256(json.dumps(self.changes, sort_keys=True).encode()).hexdigest()[:4]}"

    def to_dict(self) -> dict[str, Any]:
        """JSON-serializable, for `from_dict`; fields that only tunings have are included only for them."""
        of_run = asdict(self)
        return {
            name: value
            for name, value in of_run.items()
            if name not in ("changes", "held_out_only", "network") or value
        }

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Settings":
        """The settings in `content`; ignores other keys and raises RunError if one is missing."""
        try:
            settings = {
                field.name: content[field.name] for field in fields(cls) if field.name not in _OPTIONAL
            }
            fine_tuning, network = content.get("fine_tuning"), content.get("network")
            return cls(
                **settings,
                fine_tuning=fine_tuning and FineTuning(**fine_tuning),
                changes=content.get("changes"),
                held_out_only=content.get("held_out_only", False),
                network=network and Network(**network),
            )
        except KeyError as error:
            raise RunError(
                f"the run's settings lack {error.args[0]!r}; delete the run and train it again"
            ) from None
        except (TypeError, InputError) as error:
            raise RunError(
                f"the run's settings are damaged ({error}); delete the run and train it again"
            ) from None

    def differences(self, other: "Settings") -> str:
        """The settings that differ, as "epochs=2 instead of 10"; empty if none does.

        Places of data and models do not matter if the contents are equal.
        """
        mine, others = self.decisive(), other.decisive()
        return ", ".join(
            f"{name}={mine.get(name)} instead of {others.get(name)}"
            for name in dict.fromkeys([*mine, *others])
            if mine.get(name) != others.get(name)
        )

    def decisive(self) -> dict[str, Any]:
        """The settings by name, including a fine-tuning's and changed fields, without places."""
        of_run = self.to_dict()
        of_run |= of_run.pop("fine_tuning") or {}
        of_run |= of_run.pop("network", None) or {}
        # This run's epochs override its recipe's.
        of_run |= {name: value for name, value in of_run.pop("changes", {}).items() if name not in of_run}
        places = ("data", "start", "digits", "place")
        return {name: value for name, value in of_run.items() if name not in places}


def _in_words(value: Any) -> str:
    return "-".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _whole(number: SupportsIndex, name: str) -> int:
    """The number as a Python int; NumPy's are not JSON-serializable."""
    try:
        return index(number)
    except TypeError:
        raise InputError(f"expected a whole number as {name}, received {number!r}") from None
