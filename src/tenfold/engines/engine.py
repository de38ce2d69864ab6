"""What every engine does: train many runs, and tell how they get on."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tenfold.data import Dataset, load_data
from tenfold.data.pictures import OnPictures
from tenfold.errors import DivergedError, RunError
from tenfold.runs.run import Run
from tenfold.runs.settings import Settings
from tenfold.training.progress import Progress, ignore


@dataclass(frozen=True)
class Task:
    """One run to be trained in the folder `path`, on `data` and one's `own` digits.

    Where these are None they are loaded as the settings say.
    """

    path: Path
    settings: Settings
    data: Dataset | None = field(default=None, repr=False, compare=False)
    own: Dataset | None = field(default=None, repr=False, compare=False)


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


@dataclass(frozen=True)
class Listener:
    """What is called while runs are trained, and before and after; by default no-ops.

    A run for which `goes_on` answers False is given up. `on_diverged` is called for a run whose loss is not a
    number any more; the others go on, unless it raises. An engine calls these, `on_progress` and
    `on_finished`; who uses the engine calls the rest.
    """

    on_event: Callable[[str], object] = ignore
    on_pictures: OnPictures = ignore
    on_plan: Callable[[list[Task]], object] = ignore
    on_progress: Callable[[Task, Progress], object] = ignore
    goes_on: Callable[[Task, Progress], bool] = lambda _task, _progress: True
    on_finished: Callable[[Run], object] = ignore
    on_diverged: Callable[[Task, DivergedError], object] = ignore
    on_usage: Callable[[Usage], object] = ignore


NOBODY = Listener()


def load_planned(settings: Settings) -> Dataset:
    """The images on which a run was planned. Raises RunError if they are others by now."""
    # Whether damaged pictures may be left out was decided when the study began; the fingerprint tells.
    data = load_data(settings.data, skip_damaged=True)
    if data.sha256 != settings.data_sha256:
        raise RunError(f"the images at {settings.data} changed since the study began; start a new study")
    return data


class Engine(Protocol):
    """Trains runs in processes of their own.

    The same settings give the same run, byte for byte, whichever engine trains it.
    """

    def threads(self, runs: int) -> int:
        """How many threads each of so many runs should have, so that all cores are busy."""
        ...

    def train(self, tasks: Iterable[Task], listener: Listener) -> Usage:
        """Train all `tasks`, begun in their order, as many at a time as there is room for.

        A task is taken from `tasks` when there is room for it. Raises RunError with the message of the first
        run that failed in another way than by diverging. Then, as on KeyboardInterrupt, the others are
        stopped at once and can be resumed.
        """
        ...
