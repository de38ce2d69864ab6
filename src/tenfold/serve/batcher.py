"""Batch small work from many requests."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Batcher(Generic[Item, Answer]):
    """Passes everything that arrived during the last batch to `work` as the next one.

    So no item waits for others, and batches grow with the load. The work runs in the event loop, and must be
    short: passing it to a thread and back would take as long.
    """

    def __init__(self, work: Callable[[list[Item]], list[Answer]]) -> None:
        self._work = work
        self._gathering: list[Item] = []
        self._answers: asyncio.Task[list[Answer]]

    async def __call__(self, item: Item) -> Answer:
        """The answer to `item`. Raises what `work` raises for its batch."""
        place = len(self._gathering)
        self._gathering.append(item)
        if place == 0:
            self._answers = asyncio.create_task(self._run())
        # A cancelled request must not cancel the others' answers.
        return (await asyncio.shield(self._answers))[place]

    async def _run(self) -> list[Answer]:
        await asyncio.sleep(0)  # lets everything received by now join
        batch, self._gathering = self._gathering, []
        return self._work(batch)
