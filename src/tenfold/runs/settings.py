"""What decides the outcome of a run, and nothing else."""

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
_OPTIONAL = ("fine_tuning", "changes", "held_out_only", "network")  # runs of earlier versions do not say
_BUNDLED_SEED = 0  # as the bundled model's manifest says


@dataclass(frozen=True)
class FineTuning:
    """What a run goes on from, and what for. The checksums decide; a place may change."""

    start: str  # "bundled", or the path of a reader's ONNX file
    start_sha256: str
    digits: str  # the folder of one's own digits
    digits_sha256: str  # of the `Dataset`


@dataclass(frozen=True)
class Network:
    """A network of the user's own. The checksum decides; its place may change."""

    place: str  # FILE.py:NAME or FILE.json, as tenfold.recipes.own takes them
    network_sha256: str


@dataclass(frozen=True)
class Settings:
    """The same settings on the same machine give the same weights, bit for bit.

    `as_written` trains on all training images and, where the recipe's document does, draws the validation
    curve on the test images; otherwise a stratified part of the training images is held out for it.
    `permuted` puts the pixels of all images in one fixed random order. `threads` is the number of processor
    cores TensorFlow uses. `fine_tuning` is None for a run that begins with random weights. `changes` are the
    recipe's fields that have other values, None where it is trained as it is. With `held_out_only` the run
    ends with its last epoch: the test images are not looked at, and there is no result. `network` is None
    for the networks of tenfold's recipes.
    """

    recipe: str
    seed: int
    epochs: int
    data: str  # what `load_data` takes
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
        """The seed that decides which images are held out.

        Whatever the seed of a fine-tuning, these are the images that the bundled network has not seen.
        """
        return _BUNDLED_SEED if self.fine_tuning else self.seed

    @property
    def variant(self) -> str:
        """What tells the recipe with these changes from others, e.g. "dropout=0.3 epochs=5", or "tuned 3f9a"
        where that would be long; empty without changes."""
        if not self.changes:
            return ""
        said = " ".join(f"{name}={_in_words(value)}" for name, value in self.changes.items())
        if len(said) <= _LONGEST_VARIANT:
            return said
        return f"tuned {sha256(json.dumps(self.changes, sort_keys=True).encode()).hexdigest()[:4]}"

    def to_dict(self) -> dict[str, Any]:
        """What `from_dict` takes, JSON-able; what is said of a tuning alone stands there only of one."""
        of_run = asdict(self)
        return {
            name: value
            for name, value in of_run.items()
            if name not in ("changes", "held_out_only", "network") or value
        }

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Settings":
        """The settings in `content`, whose further keys are left alone; raises RunError if one lacks."""
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
        """The settings that differ, as "epochs=2 instead of 10"; empty where none does.

        Where data and models lie is no difference as long as they are the same.
        """
        mine, others = self.decisive(), other.decisive()
        return ", ".join(
            f"{name}={mine.get(name)} instead of {others.get(name)}"
            for name in dict.fromkeys([*mine, *others])
            if mine.get(name) != others.get(name)
        )

    def decisive(self) -> dict[str, Any]:
        """The settings by name, those of a fine-tuning and changed fields among them, without places."""
        of_run = self.to_dict()
        of_run |= of_run.pop("fine_tuning") or {}
        of_run |= of_run.pop("network", None) or {}
        # The epochs of this run come before its recipe's.
        of_run |= {name: value for name, value in of_run.pop("changes", {}).items() if name not in of_run}
        places = ("data", "start", "digits", "place")
        return {name: value for name, value in of_run.items() if name not in places}


def _in_words(value: Any) -> str:
    return "-".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _whole(number: SupportsIndex, name: str) -> int:
    """The number as Python's own; NumPy's are not JSON-able."""
    try:
        return index(number)
    except TypeError:
        raise InputError(f"expected a whole number as {name}, received {number!r}") from None
