"""Train several runs at a time on this machine, each in a separate process on its own cores.

Two small networks on one core each finish earlier than one after the other on both (docs/decisions.md): their
operations are too short to parallelize well.
"""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tenfold.cores import available_cores
from tenfold.engines.engine import Listener, Task, Usage
from tenfold.engines.gpus import usable_gpus
from tenfold.engines.handover import hand_over
from tenfold.errors import DivergedError, RunError
from tenfold.keras_backend import require_keras
from tenfold.runs.run import Run
from tenfold.training.progress import Progress

Messages = queue.SimpleQueue[tuple[Task, dict[str, Any]]]

# A process needs about 1.3 GiB, most of it TensorFlow's.
_BYTES_PER_PROCESS = 2 * 2**30


class LocalEngine:
    """An `Engine` with at most `processes` processes, by default one per core with 2 GiB of memory.

    Each run uses `threads` threads; by default the cores are divided among the processes. If there are
    `gpus`, named as in CUDA_VISIBLE_DEVICES, each process has its own, and there are no more processes than
    GPUs.

    Raises RunError if Keras is not installed.
    """

    def __init__(
        self,
        processes: int | None = None,
        gpus: Sequence[str] | None = None,
        threads: int | None = None,
    ) -> None:
        require_keras()
        self._gpus = usable_gpus() if gpus is None else gpus
        self._threads = threads
        self.processes = _processes_at_a_time(threads or 1) if processes is None else processes
        if self._gpus:
            self.processes = min(self.processes, len(self._gpus))

    def threads(self, runs: int) -> int:
        """See `Engine.threads`."""
        return self._threads or max(1, available_cores() // min(runs, self.processes))

    def train(self, tasks: Iterable[Task], listener: Listener) -> Usage:
        """See `Engine.train`."""
        waiting = iter(tasks)
        messages: Messages = queue.SimpleQueue()
        gpu_free: list[str | None] = [*self._gpus[: self.processes]] or [None] * self.processes
        at_work: dict[Path, _Worker] = {}
        begun, cpu_seconds = time.perf_counter(), 0.0
        # TensorFlow leaves temporary files if it is killed.
        scratch = tempfile.TemporaryDirectory(prefix="tenfold-")
        try:
            while True:
                while gpu_free and (task := next(waiting, None)):
                    at_work[task.path] = _start(task, messages, scratch.name, gpu_free.pop())
                if not at_work:
                    break
                task, message = messages.get()
                if task.path not in at_work:  # late messages of a stopped run
                    continue
                if "progress" in message:
                    progress = Progress(**message["progress"])
                    listener.on_progress(task, progress)
                    if listener.goes_on(task, progress):
                        continue
                worker = at_work.pop(task.path)
                worker.end()
                gpu_free.append(worker.gpu)
                match message:
                    case {"finished": float(seconds)}:
                        cpu_seconds += seconds
                        listener.on_finished(Run(task.path))
                    case {"diverged": str(how)}:
                        listener.on_diverged(task, DivergedError(how))
                    case {"error": str(error)}:
                        raise RunError(error)
        finally:
            for worker in at_work.values():
                worker.process.kill()  # all of them, before waiting for the first
            for worker in at_work.values():
                worker.end()
            scratch.cleanup()
        return Usage("local", available_cores(), time.perf_counter() - begun, cpu_seconds)


@dataclass(frozen=True)
class _Worker:
    """A running process, and its own GPU."""

    process: subprocess.Popen[str]
    gpu: str | None

    def end(self) -> None:
        """End the process; the thread that listens to it closes its standard output."""
        self.process.kill()
        self.process.wait()
        assert self.process.stdin is not None  # noqa: S101 - what PIPE promises
        self.process.stdin.close()


def _processes_at_a_time(threads: int) -> int:
    room = max(1, available_cores() // threads)
    if "SC_PHYS_PAGES" not in getattr(os, "sysconf_names", {}):
        return room
    memory_bytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(1, min(room, memory_bytes // _BYTES_PER_PROCESS))


def _start(task: Task, messages: Messages, scratch: str, gpu: str | None) -> _Worker:
    task.path.mkdir(parents=True, exist_ok=True)
    with (task.path / "log.txt").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tenfold.engines.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
            env={
                **os.environ,
                "TMPDIR": scratch,
                **({} if gpu is None else {"CUDA_VISIBLE_DEVICES": gpu}),
            },
            start_new_session=True,  # Ctrl-C reaches only the parent, which stops its workers in order
        )
    order = {
        "path": str(task.path),
        "settings": task.settings.to_dict(),
        "data": task.data and str(hand_over(task.data, Path(scratch))),
        "own": task.own and str(hand_over(task.own, Path(scratch))),
    }
    assert process.stdin is not None  # noqa: S101 - what PIPE promises
    process.stdin.write(json.dumps(order) + "\n")
    process.stdin.flush()
    threading.Thread(target=_listen, args=(task, process, messages), daemon=True).start()
    return _Worker(process, gpu)


def _listen(task: Task, process: subprocess.Popen[str], messages: Messages) -> None:
    """Pass on the worker's messages; if it ends without a final one, report that."""
    assert process.stdout is not None  # noqa: S101 - what PIPE promises
    ended = False
    with process.stdout:
        for line in process.stdout:
            message = json.loads(line)
            ended = not message.keys().isdisjoint({"finished", "diverged", "error"})
            messages.put((task, message))
    if not ended:
        log = task.path / "log.txt"
        messages.put(
            (
                task,
                {"error": f"training in {task.path} ended with exit code {process.wait()}; {log} says why"},
            )
        )
