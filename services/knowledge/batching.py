"""Work that comes in one piece at a time and is done together, in a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Batcher(Generic[Item, Result]):
    """Calls ``work`` with up to ``most`` items at once; it returns a result for each, in order.

    While a batch is being worked on the next one gathers, so under load batches grow by themselves; ``window`` seconds
    are waited on top of that, for work that gains much from company. A caller that goes away takes its item along.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Item]], Sequence[Result]],
        most: int = 32,
        window: float = 0.0,
        waiting: int = 128,
    ) -> None:
        self._work, self._most, self._window = work, most, window
        self._queue: asyncio.Queue[tuple[Item, asyncio.Future[Result]]] = asyncio.Queue(waiting)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="batch")
        self._runner = asyncio.create_task(self._run())

    async def __call__(self, item: Item) -> Result:
        """The item's result, or what ``work`` raised for its batch. Raises asyncio.QueueFull when too many wait."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((item, future))
        return await future

    async def close(self) -> None:
        """Ends the work; whoever still waits is cancelled."""
        self._runner.cancel()
        await asyncio.gather(self._runner, return_exceptions=True)
        while not self._queue.empty():
            self._queue.get_nowait()[1].cancel()
        self._thread.shutdown(wait=False)

    async def _run(self) -> None:
        while True:
            batch = await self._gathered()
            wanted = [(item, future) for item, future in batch if not future.done()]
            if wanted:
                await self._do([item for item, _ in wanted], [future for _, future in wanted])

    async def _gathered(self) -> list[tuple[Item, asyncio.Future[Result]]]:
        batch = [await self._queue.get()]
        if self._window:
            await asyncio.sleep(self._window)
        while len(batch) < self._most and not self._queue.empty():
            batch.append(self._queue.get_nowait())
        return batch

    async def _do(self, items: list[Item], futures: list[asyncio.Future[Result]]) -> None:
        try:
            results = await asyncio.get_running_loop().run_in_executor(self._thread, self._work, items)
        except asyncio.CancelledError:
            for future in futures:
                future.cancel()
            raise
        except Exception as failure:  # it belongs to the callers of this batch; the next one is worked on
            for future in futures:
                if not future.done():
                    future.set_exception(failure)
        else:
            for future, result in zip(futures, results, strict=True):
                if not future.done():
                    future.set_result(result)
