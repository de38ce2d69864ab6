"""Small things from many requests, worked on together."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Batcher(Generic[Item, Answer]):
    """Hands to `work` as one batch what came while the last one was worked on; it answers each in turn.

    So nothing waits for company, and the busier the service the larger the batches. The work is done where
    requests are received, and must be short: to hand it to a thread and back would take as long.
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
        # A request that is given up must not take the others' answers with it.
        return (await asyncio.shield(self._answers))[place]

    async def _run(self) -> list[Answer]:
        await asyncio.sleep(0)  # all that has been received by now joins
        batch, self._gathering = self._gathering, []
        return self._work(batch)
