"""Single items from many requests, worked on together."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Batcher(Generic[Item, Answer]):
    """Hands what came while one batch was worked on to `work`, in `executor`, as the next batch.

    So nothing waits for company, and the busier the service the larger the batches. `work` answers each item,
    in their order. For one event loop.
    """

    def __init__(self, work: Callable[[list[Item]], list[Answer]], executor: Executor) -> None:
        self._work, self._executor = work, executor
        self._turn = asyncio.Lock()
        self._gathering: list[Item] = []
        self._answers: asyncio.Task[list[Answer]]

    async def __call__(self, item: Item) -> Answer:
        """The answer to `item`. Raises what `work` raises for its batch."""
        place = len(self._gathering)
        self._gathering.append(item)
        if place == 0:
            self._answers = asyncio.create_task(self._run(self._gathering))
        # A request that is given up must not take the others' answers with it.
        return (await asyncio.shield(self._answers))[place]

    async def _run(self, batch: list[Item]) -> list[Answer]:
        async with self._turn:
            self._gathering = []
            return await asyncio.get_running_loop().run_in_executor(self._executor, self._work, batch)
