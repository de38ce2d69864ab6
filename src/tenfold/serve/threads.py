"""Threads that end with the process, even if they are busy."""

import atexit
import os
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from time import monotonic
from typing import TypeVar

Result = TypeVar("Result")


class Threads:
    """`number` threads that process work in the order of submission.

    A thread cannot be stopped from outside, and Python waits for concurrent.futures' threads before it ends.
    """

    def __init__(self, number: int, name: str) -> None:
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._busy_since: list[float | None] = [None] * number
        for index in range(number):
            Thread(target=self._work, args=(index,), name=f"{name}-{index}", daemon=True).start()

    def submit(self, work: Callable[[], Result]) -> Future[Result]:
        """Schedule `work`; it is skipped if the future is cancelled before it starts."""
        future: Future[Result] = Future()

        def job() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = work()
            except BaseException as error:  # noqa: BLE001 - passed on through the future
                future.set_exception(error)
            else:
                future.set_result(result)

        self._jobs.put(job)
        return future

    @property
    def none_free_for_s(self) -> float:
        """For how many seconds no thread has started new work; 0 if one is free."""
        begun = [since for since in self._busy_since if since is not None]
        return monotonic() - max(begun) if len(begun) == len(self._busy_since) else 0

    def close(self) -> None:
        """End the idle threads; the others end with the process."""
        for _ in self._busy_since:
            self._jobs.put(None)
        if any(since is not None for since in self._busy_since):
            # Threads that return from C++ during interpreter shutdown may crash.
            atexit.register(os._exit, 0)

    def _work(self, index: int) -> None:
        while job := self._jobs.get():
            self._busy_since[index] = monotonic()
            job()
            self._busy_since[index] = None
