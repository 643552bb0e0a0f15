import asyncio
import threading

import pytest

from services.knowledge.batching import Batcher


class Work:
    """Doubles numbers, one batch after the other, each when it is let."""

    def __init__(self, open=True):
        self.batches, self.gate, self.begun = [], threading.Event(), threading.Event()
        if open:
            self.gate.set()

    def __call__(self, items):
        self.begun.set()
        assert self.gate.wait(5)
        self.batches.append(list(items))
        if None in items:
            raise ValueError("nothing to double")
        return [item * 2 for item in items]


async def waiting_behind_one(batcher, work, count):
    """A first call under way and ``count`` more behind it."""
    first = asyncio.create_task(batcher(0))
    await asyncio.to_thread(work.begun.wait, 5)
    others = [asyncio.create_task(batcher(number)) for number in range(1, count + 1)]
    await asyncio.sleep(0)
    return first, others


async def test_results_come_back_to_who_asked():
    batcher = Batcher(Work())
    assert await asyncio.gather(*(batcher(number) for number in range(100))) == [number * 2 for number in range(100)]
    await batcher.close()


async def test_what_gathers_meanwhile_is_done_together():
    work = Work(open=False)
    batcher = Batcher(work, most=8)
    first, others = await waiting_behind_one(batcher, work, 10)
    work.gate.set()
    await asyncio.gather(first, *others)
    assert [len(batch) for batch in work.batches] == [1, 8, 2]
    await batcher.close()


async def test_a_window_waits_for_company():
    work = Work()
    batcher = Batcher(work, window=0.02)
    assert await asyncio.gather(batcher(1), batcher(2), batcher(3)) == [2, 4, 6]
    assert work.batches == [[1, 2, 3]]
    await batcher.close()


async def test_who_goes_away_takes_its_item_along():
    work = Work(open=False)
    batcher = Batcher(work)
    first, (gone, stays) = await waiting_behind_one(batcher, work, 2)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    work.gate.set()
    assert await asyncio.gather(first, stays) == [0, 4]
    assert work.batches == [[0], [2]]
    await batcher.close()


async def test_who_goes_away_meanwhile_harms_nobody():
    work = Work(open=False)
    batcher = Batcher(work)
    first, _ = await waiting_behind_one(batcher, work, 0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    work.gate.set()
    assert await batcher(4) == 8
    await batcher.close()


async def test_a_failure_reaches_its_batch_alone():
    batcher = Batcher(Work())
    with pytest.raises(ValueError):
        await batcher(None)
    assert await batcher(3) == 6
    await batcher.close()


async def test_too_many_are_turned_away():
    work = Work(open=False)
    batcher = Batcher(work, waiting=2)
    first, others = await waiting_behind_one(batcher, work, 2)
    with pytest.raises(asyncio.QueueFull):
        await batcher(9)
    work.gate.set()
    await asyncio.gather(first, *others)
    await batcher.close()


async def test_closing_cancels_who_waits():
    work = Work(open=False)
    batcher = Batcher(work)
    first, others = await waiting_behind_one(batcher, work, 2)
    await batcher.close()
    work.gate.set()
    ended = await asyncio.gather(first, *others, return_exceptions=True)
    assert all(isinstance(one, asyncio.CancelledError) for one in ended)
