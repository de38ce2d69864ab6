"""Each run is a task of a Ray cluster.

If a task's process or machine dies, Ray restarts it, on another machine if necessary. After every epoch a
run's files are copied to storage that every machine can reach, and it resumes from there. The images travel
with the task, so the cluster's machines need nothing but tenfold.
"""

import json
import os
import socket
import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tenfold
from tenfold.cluster import connect
from tenfold.data import Dataset
from tenfold.engines.engine import Listener, Task, Usage, load_planned
from tenfold.errors import DivergedError, InputError, RunError, TenfoldError
from tenfold.files import write_bytes, write_text
from tenfold.places import absolute, check_writable, get_files, list_names, put_files, remove_folder
from tenfold.recipes.own import file_of, name_in, read_file
from tenfold.runs.run import Run
from tenfold.runs.settings import Settings
from tenfold.training.fingerprint import decisive_fields, fingerprint
from tenfold.training.folder import recipe_of
from tenfold.training.progress import Progress

if TYPE_CHECKING:
    import ray

_RETRIES = 20  # of a run whose process or machine dies; more mean that the run itself is the cause
_LISTEN_EVERY_S = 0.2


class RayEngine:
    """An `Engine` on the Ray cluster at `address`, or on a temporary one on this machine.

    Unfinished runs are stored at `checkpoints`, any URL that fsspec supports, by default a folder in the
    study's. Raises InputError if nothing answers at the address, or nothing can be stored there.
    """

    def __init__(self, address: str | None = None, checkpoints: str | None = None) -> None:
        connect(address)
        if checkpoints is None and (others := _other_machines()):
            raise InputError(
                f"the cluster has other machines ({', '.join(others)}); name storage that all of them "
                "can reach with --checkpoints, e.g. s3://bucket/tenfold or a shared folder"
            )
        if checkpoints is not None:
            checkpoints = absolute(checkpoints)
            check_writable(checkpoints)
        self._checkpoints = checkpoints

    def threads(self, runs: int) -> int:
        """See `Engine.threads`; a run must fit on one machine."""
        cores = [int(cores) for cores in _resource_per_machine("CPU")]
        return max(1, min(sum(cores) // runs, max(cores, default=1)))

    def train(self, tasks: Iterable[Task], listener: Listener) -> Usage:
        """See `Engine.train`. Takes twice as many tasks as there is room for, so that an autoscaling cluster
        sees the demand."""
        import ray

        waiting = iter(tasks)
        mailbox = _open_mailbox()
        # A process cannot change its number of threads, so it trains only one run.
        train = ray.remote(max_retries=_RETRIES, max_calls=1)(_train_in_worker)
        at_work: dict[ray.ObjectRef[float], Task] = {}
        images: dict[str, ray.ObjectRef[Dataset]] = {}
        begun, cpu_seconds = time.perf_counter(), 0.0
        try:
            while True:
                room = 2 * max(1, _cores())
                while len(at_work) < room and (task := next(waiting, None)):
                    at_work[self._submit(train, task, images, mailbox)] = task
                if not at_work:
                    break
                done, _ = ray.wait(list(at_work), timeout=_LISTEN_EVERY_S)
                for reference, progress in _collect_progress(mailbox, at_work):
                    listener.on_progress(at_work[reference], progress)
                    if reference not in done and not listener.goes_on(at_work[reference], progress):
                        self._give_up(reference, at_work.pop(reference))
                for reference in done:
                    task = at_work.pop(reference)
                    try:
                        cpu_seconds += _outcome(reference, task)
                    except DivergedError as error:
                        self._collect(task)
                        listener.on_diverged(task, error)
                        continue
                    self._collect(task)
                    listener.on_finished(Run(task.path))
        finally:
            for reference in at_work:
                ray.cancel(reference, force=True)
            ray.kill(mailbox)
        return Usage("ray", _cores(), time.perf_counter() - begun, cpu_seconds)

    def _submit(
        self, train: Any, task: Task, images: "dict[str, ray.ObjectRef[Dataset]]", mailbox: Any
    ) -> "ray.ObjectRef[float]":
        import ray

        settings, run, url = task.settings, Run(task.path), self._url(task)
        if settings.data_sha256 not in images:
            images[settings.data_sha256] = ray.put(task.data or load_planned(settings))
        task.path.mkdir(parents=True, exist_ok=True)
        if run.started and run.checkpoint_path.exists() and not list_names(url):  # begun locally
            put_files([run.recipe_path, run.checkpoint_path], url)
        reference: ray.ObjectRef[float] = train.options(
            num_cpus=settings.threads, num_gpus=1 if any(_resource_per_machine("GPU")) else 0
        ).remote(
            settings.to_dict(),
            images[settings.data_sha256],
            read_file(file_of(settings.network.place)) if settings.network else "",
            url,
            str(task.path),
            mailbox,
            tenfold.__version__,
        )
        return reference

    def _collect(self, task: Task) -> None:
        """Copy a finished run from storage into its folder, the results last, and clear the storage."""
        run, url = Run(task.path), self._url(task)
        names = list_names(url) - {"lock"}
        get_files(url, sorted(names, key=lambda name: (name == run.result_path.name, name)), task.path)
        if not run.can_go_on:
            run.checkpoint_path.unlink(missing_ok=True)
        remove_folder(url)

    def _give_up(self, reference: "ray.ObjectRef[float]", task: Task) -> None:
        import ray

        ray.cancel(reference, force=True)
        remove_folder(self._url(task))

    def _url(self, task: Task) -> str:
        """The storage of the task's unfinished run; different settings have different places."""
        made = decisive_fields(fingerprint(recipe_of(task.settings)))
        decisive = json.dumps({**task.settings.to_dict(), "data": "", **made}, sort_keys=True)
        name = f"{task.path.name}-{sha256(decisive.encode()).hexdigest()[:12]}"
        return f"{self._checkpoints or task.path.parent.resolve() / 'checkpoints'}/{name}"


class Mailbox:
    """The latest progress and files of each run, until the driver collects them."""

    def __init__(self) -> None:
        self._progress: dict[str, Progress] = {}
        self._files: dict[str, dict[str, bytes]] = {}

    def report(self, path: str, progress: Progress) -> None:
        self._progress[path] = progress

    def hand_in(self, path: str, files: dict[str, bytes]) -> None:
        self._files[path] = files

    def take(self) -> tuple[dict[str, Progress], dict[str, dict[str, bytes]]]:
        taken = self._progress, self._files
        self._progress, self._files = {}, {}
        return taken


def _train_in_worker(
    of_run: dict[str, Any],
    data: Dataset,
    network: str,
    url: str,
    path: str,
    mailbox: Any,
    version: str,
) -> float:
    """Train one run in a process of the cluster; return its CPU seconds.

    `network` is the text of the user's own network file.
    """
    from tenfold.keras_backend import set_up_keras, set_up_worker
    from tenfold.training.trainer import train_run

    if version != tenfold.__version__:
        raise RunError(
            f"expected tenfold {version} on all machines, "
            f"found {tenfold.__version__} on {socket.gethostname()}"
        )
    begun = time.process_time()
    set_up_worker()
    settings = Settings.from_dict(of_run)
    with tempfile.TemporaryDirectory(prefix="tenfold-") as scratch:
        os.environ["TMPDIR"] = scratch  # TensorFlow leaves files in it
        run = Run(Path(scratch) / "run")
        settings = _with_file(settings, network, Path(scratch))
        get_files(url, list_names(url), run.path)
        set_up_keras(settings.threads)

        def keep() -> None:
            """Copy the epoch's files to storage, and notify the driver."""
            made = [run.recipe_path, run.history_path]
            put_files([*made, run.checkpoint_path], url)
            mailbox.hand_in.remote(path, {file.name: file.read_bytes() for file in made})

        def hand_over() -> None:
            files = [file for file in run.path.iterdir() if file.name != "lock"]
            put_files(sorted(files, key=lambda file: file == run.result_path), url)

        try:
            train_run(
                run.path,
                settings,
                data,
                on_progress=lambda progress: mailbox.report.remote(path, progress),
                on_saved=keep,
            )
        except DivergedError:
            hand_over()
            raise
        hand_over()
    return time.process_time() - begun


def _with_file(settings: Settings, text: str, folder: Path) -> Settings:
    """The settings of a run on this machine, after writing the user's file into `folder`."""
    if settings.network is None:
        return settings
    file, name = folder / file_of(settings.network.place).name, name_in(settings.network.place)
    write_text(file, text)
    here = replace(settings.network, place=f"{file}:{name}" if name else str(file))
    return replace(settings, network=here)


def _open_mailbox() -> Any:
    """On the driver's machine, since the mailbox is useless without the driver."""
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=True)
    return ray.remote(num_cpus=0, max_restarts=-1, scheduling_strategy=here)(Mailbox).remote()


def _collect_progress(
    mailbox: Any, at_work: "dict[ray.ObjectRef[float], Task]"
) -> "list[tuple[ray.ObjectRef[float], Progress]]":
    """New progress of the active runs; their new files are written to their folders."""
    import ray

    try:
        progress, files = ray.get(mailbox.take.remote(), timeout=10)
    except (ray.exceptions.RayActorError, ray.exceptions.GetTimeoutError):
        return []  # it is restarted; only progress updates are lost
    found = []
    for reference, task in at_work.items():
        for name, content in files.get(str(task.path), {}).items():
            write_bytes(task.path / name, content)
        if str(task.path) in progress:
            found.append((reference, progress[str(task.path)]))
    return found


def _outcome(reference: "ray.ObjectRef[float]", task: Task) -> float:
    """The task's result. Raises RunError if it failed."""
    import ray

    try:
        return float(ray.get(reference))
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, DivergedError):
            raise DivergedError(f"{task.path} diverged: {str(error.cause).partition(': ')[2]}") from error
        if isinstance(error.cause, TenfoldError):
            raise RunError(str(error.cause)) from error
        if "failed to import" in str(error.cause):
            raise RunError(
                f"the cluster's machines need tenfold {tenfold.__version__}: "
                "pip install 'tenfold[train,cluster]' on each of them"
            ) from error
        raise RunError(f"training {task.path.name} failed on the cluster: {error.cause!r}") from error
    except ray.exceptions.RayError as error:
        raise RunError(
            f"training {task.path.name} ended {_RETRIES + 1} times without a result; "
            f"Ray's logs say why: {str(error).splitlines()[0]}"
        ) from error


def _cores() -> int:
    return int(sum(_resource_per_machine("CPU")))


def _resource_per_machine(name: str) -> list[float]:
    import ray

    return [node["Resources"].get(name, 0.0) for node in ray.nodes() if node["Alive"]]


def _other_machines() -> list[str]:
    import ray

    return sorted(
        {node["NodeManagerHostname"] for node in ray.nodes() if node["Alive"]} - {socket.gethostname()}
    )
