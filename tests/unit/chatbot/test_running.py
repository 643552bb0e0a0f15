"""Answers that are being written, and readers who come, go, come back and stop them."""

import asyncio

import pytest

from medichain.chatbot.v1 import chatbot_pb2 as pb
from services.chatbot.running import Run, Runs
from services.mesh.errors import MeshError


class Writing:
    """An answer that says as many words as it is let, and remembers whether it was ended."""

    def __init__(self):
        self.more, self.closed = asyncio.Semaphore(0), asyncio.Event()

    async def events(self):
        try:
            number = 0
            while True:
                await self.more.acquire()
                yield pb.AskResponse(id=f"x/{number}", delta=pb.Delta(text=str(number)))
                number += 1
        finally:
            self.closed.set()

    def let(self, count):
        for _ in range(count):
            self.more.release()


async def taken(reader, count):
    return [(await anext(reader)).delta.text for _ in range(count)]


async def test_an_answer_ends_at_once_when_its_only_reader_leaves():
    writing = Writing()
    run = Run("x", "owner")
    run.start(writing.events())
    reader = run.read()
    writing.let(2)
    assert await taken(reader, 2) == ["0", "1"]
    await reader.aclose()
    await writing.closed.wait()


async def test_a_resumable_answer_goes_on_and_is_continued_after_the_last_event_seen():
    writing = Writing()
    run = Run("x", "owner", grace=30)
    run.start(writing.events())
    reader = run.read()
    writing.let(2)
    assert await taken(reader, 2) == ["0", "1"]
    await reader.aclose()
    writing.let(2)
    again = run.read(after=1)
    assert await taken(again, 2) == ["2", "3"]
    assert not writing.closed.is_set()
    await again.aclose()
    await run.ended()
    assert writing.closed.is_set()


async def test_a_resumable_answer_nobody_comes_back_to_ends_after_its_grace():
    writing = Writing()
    run = Run("x", "owner", grace=0.01)
    run.start(writing.events())
    reader = run.read()
    writing.let(1)
    await taken(reader, 1)
    await reader.aclose()
    await writing.closed.wait()


async def test_a_reader_elsewhere_keeps_the_answer_alive():
    asked, here = asyncio.Event(), [True, True, False]
    writing = Writing()

    async def elsewhere():
        asked.set()
        return here.pop(0)

    run = Run("x", "owner", grace=0.01, read_elsewhere=elsewhere)
    run.start(writing.events())
    reader = run.read()
    writing.let(1)
    await taken(reader, 1)
    await reader.aclose()
    await writing.closed.wait()
    assert asked.is_set()
    assert here == []


async def test_two_readers_hear_the_same_and_one_may_leave():
    writing = Writing()
    run = Run("x", "owner")
    run.start(writing.events())
    first, second = run.read(), run.read()
    writing.let(1)
    assert await taken(first, 1) == await taken(second, 1) == ["0"]
    await first.aclose()
    writing.let(1)
    assert await taken(second, 1) == ["1"]
    await second.aclose()
    await writing.closed.wait()


async def test_a_stopped_answer_says_so_last():
    writing, runs = Writing(), Runs()
    run = runs.start(Run("x", "owner"), writing.events())
    reader = run.read()
    writing.let(1)
    await taken(reader, 1)
    run.stop()
    last = [event async for event in reader]
    assert [event.error.error for event in last] == ["CANCELLED"]
    assert last[0].id == "x/1"
    assert writing.closed.is_set()
    await run.ended()
    assert runs.get("x") is None


async def test_what_goes_wrong_reaches_the_readers():
    async def broken():
        yield pb.AskResponse(id="x/0")
        raise MeshError("UNAVAILABLE")

    run = Run("x", "owner")
    run.start(broken())
    reader = run.read()
    assert (await anext(reader)).id == "x/0"
    with pytest.raises(MeshError) as raised:
        await anext(reader)
    assert raised.value.reason.name == "UNAVAILABLE"


async def test_the_end_of_the_service_ends_every_answer():
    runs = Runs()
    writings = [Writing() for _ in range(3)]
    readers = [runs.start(Run(str(n), "o"), writing.events()).read() for n, writing in enumerate(writings)]
    for writing, reader in zip(writings, readers, strict=True):
        writing.let(1)
        await taken(reader, 1)
    await runs.end()
    assert all(writing.closed.is_set() for writing in writings)
    with pytest.raises(MeshError):
        await anext(readers[0])
