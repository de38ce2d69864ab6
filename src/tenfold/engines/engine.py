"""The interface of every engine: train many runs, and report their progress."""

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
    """One run to train in the folder `path`, on `data` and the user's `own` digits.

    If these are None, they are loaded as the settings say.
    """

    path: Path
    settings: Settings
    data: Dataset | None = field(default=None, repr=False, compare=False)
    own: Dataset | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Usage:
    """How well a training used the cores. `cpu_seconds` are those of the finished runs."""

    engine: str
    cores: int
    seconds: float
    cpu_seconds: float

    @property
    def cores_used(self) -> float:
        """The average number of busy cores."""
        return self.cpu_seconds / self.seconds

    @property
    def idle_share(self) -> float:
        """The share of idle time of all cores, 0 to 1."""
        return max(0.0, 1 - self.cores_used / self.cores)

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "cores_used": self.cores_used, "idle_share": self.idle_share}


@dataclass(frozen=True)
class Listener:
    """Callbacks before, during and after training; no-ops by default.

    A run is stopped if `goes_on` returns False for it. `on_diverged` is called for a run whose loss becomes
    NaN or infinite; the others continue unless it raises. An engine calls these, `on_progress` and
    `on_finished`; the engine's user calls the rest.
    """

    on_event: Callable[[str], object] = ignore
    on_pictures: OnPictures = ignore
    on_plan: Callable[[list[Task]], object] = ignore
    on_progress: Callable[[Task, Progress], object] = ignore
    goes_on: Callable[[Task, Progress], bool] = lambda _task, _progress: True
    on_finished: Callable[[Run], object] = ignore
    on_diverged: Callable[[Task, DivergedError], object] = ignore
    on_usage: Callable[[Usage], object] = ignore


NO_CALLBACKS = Listener()


def load_planned(settings: Settings) -> Dataset:
    """The images a run was planned for. Raises RunError if they have changed."""
    # Whether to skip damaged pictures was decided when the study began; the fingerprint verifies it.
    data = load_data(settings.data, skip_damaged=True)
    if data.sha256 != settings.data_sha256:
        raise RunError(f"the images at {settings.data} changed since the study began; start a new study")
    return data


class Engine(Protocol):
    """Trains runs in separate processes.

    The same settings give the same run, byte for byte, on every engine.
    """

    def threads(self, runs: int) -> int:
        """The number of threads for each of `runs` runs that keeps all cores busy."""
        ...

    def train(self, tasks: Iterable[Task], listener: Listener) -> Usage:
        """Train all `tasks`, started in order, as many at a time as there is room for.

        A task is taken from `tasks` only when there is room for it. Raises RunError with the message of the
        first run that failed in another way than by diverging. Then, as on KeyboardInterrupt, the others are
        stopped at once and can be resumed.
        """
        ...
