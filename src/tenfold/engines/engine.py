"""What every engine does: train many runs, and tell how they get on."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from tenfold.errors import DivergedError
from tenfold.runs.run import Run
from tenfold.runs.settings import Settings
from tenfold.training.progress import Progress


@dataclass(frozen=True)
class Task:
    """One run to be trained in the folder `path`."""

    path: Path
    settings: Settings


@dataclass(frozen=True)
class Usage:
    """How well a training used what it had. `cpu_seconds` are those of the runs that ended well."""

    engine: str
    cores: int
    seconds: float
    cpu_seconds: float

    @property
    def cores_used(self) -> float:
        """How many cores were at work on average."""
        return self.cpu_seconds / self.seconds

    @property
    def idle_share(self) -> float:
        """The share of the cores' time in which they had nothing to do, 0 to 1."""
        return max(0.0, 1 - self.cores_used / self.cores)

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "cores_used": self.cores_used, "idle_share": self.idle_share}


def always(*_: object) -> bool:
    """For `goes_on`: no run is given up."""
    return True


def end_all(_task: "Task", error: DivergedError) -> None:
    """For `on_diverged`: one run that diverges ends the others, too."""
    raise error


class Engine(Protocol):
    """Trains runs in processes of their own.

    The same settings give the same run, byte for byte, whichever engine trains it.
    """

    def threads(self, runs: int) -> int:
        """How many threads each of so many runs should have, so that all cores are busy."""
        ...

    def train(
        self,
        tasks: Iterable[Task],
        *,
        on_progress: Callable[[Task, Progress], object],
        on_finished: Callable[[Run], object],
        goes_on: Callable[[Task, Progress], bool] = always,
        on_diverged: Callable[[Task, DivergedError], object] = end_all,
    ) -> Usage:
        """Train all `tasks`, begun in their order, as many at a time as there is room for.

        A task is taken from `tasks` when there is room for it. A run for which `goes_on` answers False is
        given up. `on_diverged` is told of a run whose loss is no number any more; the others go on, unless
        it raises. Raises RunError with the message of the first run that failed in another way. Then, as on
        KeyboardInterrupt, the others are stopped at once and can be resumed.
        """
        ...
