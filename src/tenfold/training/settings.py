"""What decides the outcome of a run, and nothing else."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from tenfold.errors import InputError, RunError

LARGEST_SEED = 2**32 - 1
VALIDATION_IMAGES = 5_000
PERMUTATION_SEED = 0


@dataclass(frozen=True)
class Settings:
    """The same settings on the same machine give the same weights, bit for bit.

    `as_written` trains on all training images and, where the recipe's document does, draws the validation
    curve on the test images; otherwise a stratified part of the training images is held out for it.
    `permuted` puts the pixels of all images in one fixed random order. `threads` is the number of processor
    cores TensorFlow uses.
    """

    recipe: str
    seed: int
    epochs: int
    data: str  # what `load_data` takes
    data_sha256: str
    as_written: bool
    permuted: bool
    threads: int

    def __post_init__(self) -> None:
        if self.epochs < 1:
            raise InputError(f"expected 1 epoch or more, received {self.epochs}")
        if not 0 <= self.seed <= LARGEST_SEED:
            raise InputError(f"expected a seed from 0 to {LARGEST_SEED}, received {self.seed}")
        if self.threads < 1:
            raise InputError(f"expected 1 thread or more, received {self.threads}")

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Settings":
        """The settings in `content`, whose further keys are left alone; raises RunError if one lacks."""
        try:
            return cls(**{field.name: content[field.name] for field in fields(cls)})
        except KeyError as error:
            raise RunError(
                f"the run's settings lack {error.args[0]!r}; delete the run and train it again"
            ) from None

    def differences(self, other: "Settings") -> str:
        """The settings that differ, as "epochs=2 instead of 10"; empty where none does.

        Where the data lie is no difference as long as they are the same.
        """
        return ", ".join(
            f"{field.name}={getattr(self, field.name)} instead of {getattr(other, field.name)}"
            for field in fields(self)
            if field.name != "data" and getattr(self, field.name) != getattr(other, field.name)
        )
