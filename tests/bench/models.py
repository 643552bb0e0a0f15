"""The product with a model that writes: `python -m tests.bench.models`, and a part of `make bench`.

The product runs as its operator runs it, edge included; the model is the stand-in in a process of its own, 300 ms to
the first token and 50 tokens a second. Every question is a new one. Times are of one clock, ``time.monotonic``, which
all processes of a machine share; what a reader sees is timed when it has arrived at the reader.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pathlib
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import uvloop

from services.mesh import telemetry
from tests.bench.figures import Figure, markdown, median, percentile, spread
from tests.bench.models_chain import chain
from tests.bench.models_wire import Chat, StandIn, asking, chatted, delays, lateness, post, settlings, stand_in
from tests.bench.product import Product, running
from tests.bench.wire import BadAnswerError
from tests.support.model_answer import tokens

FIRST_S, PACE = 0.3, 50.0
GROUP = "with a model (stand-in: 300 ms to the first token, 50 tokens a second)"
AT_ONCE, FULL_PACE, SLOW = 50, 60, 1000
SLOW_PACE, SLOW_ARRIVALS_S, SLOW_TOKENS = 1.0, 36.0, 40


@dataclass(frozen=True, slots=True)
class Amount:
    """Chats one after the other, chats of each of many people, rounds against the chain, answers at the slow pace."""

    idle: int
    each: int
    rounds: int
    slow: int


WHOLE, QUICK = Amount(idle=40, each=4, rounds=12, slow=SLOW), Amount(idle=8, each=2, rounds=3, slow=200)


async def measure(data_dir: pathlib.Path, amount: Amount) -> list[Figure]:
    """Every figure. Raises BadAnswerError when an answer at an easy pace is not whole and by the model."""
    async with stand_in() as model, _written_by(model.url), running(data_dir) as product:
        for _ in range(5):
            await chatted(product.port)
        parts = (_one_after_the_other, _at_once, _full_pace, _closed, _against_a_chain, _slow)
        return [figure for part in parts for figure in await part(product, model, amount)]


@contextlib.asynccontextmanager
async def _written_by(url: str) -> AsyncIterator[None]:
    """The environment of a deployment whose model is at ``url``."""
    before = dict(os.environ)
    os.environ["OPENAI_BASE_URL"] = url
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


# ---- lead and checked sentences ------------------------------------------------------------------------------------


async def _one_after_the_other(product: Product, model: StandIn, amount: Amount) -> list[Figure]:
    await model.plan(first_s=FIRST_S, pace=PACE, author="quoting")
    chats = [await chatted(product.port) for _ in range(amount.idle)]
    requests = await model.by_number()
    first = [chat.first for chat in chats]
    return [
        Figure(
            GROUP, f"idle: first sentence, the lead ({len(first)} chats)", spread(first), _before(chats, requests),
            "p50 ≤ 60 ms", median(first) <= 0.060,
        ),
        _checked("idle", chats, requests, 5.0),
    ]  # fmt: skip


async def _at_once(product: Product, model: StandIn, amount: Amount) -> list[Figure]:
    await model.plan()
    chats = await _together(product.port, AT_ONCE, amount.each)
    requests = await model.by_number()
    first = [chat.first for chat in chats]
    return [
        Figure(
            GROUP, f"{AT_ONCE} chats in flight: first sentence, the lead ({len(first)} chats)", spread(first),
            _before(chats, requests), "p99 ≤ 200 ms", percentile(first, 0.99) <= 0.200,
        ),
        _checked(f"{AT_ONCE} chats in flight", chats, requests, 20.0),
    ]  # fmt: skip


def _before(chats: Sequence[Chat], requests: dict[int, dict[str, Any]]) -> str:
    """How often the lead was there before the model's first token."""
    early = sum(chat.texts[0][0] < requests[chat.number]["sent"][0][0] for chat in chats)
    return f"{early} of {len(chats)} before the model's first token"


def _checked(when: str, chats: Sequence[Chat], requests: dict[int, dict[str, Any]], aim_ms: float) -> Figure:
    found = [delay for chat in chats for delay in delays(chat, requests[chat.number])]
    late = [late for chat in chats for late in lateness(requests[chat.number], FIRST_S, PACE)]
    return Figure(
        GROUP, f"{when}: token that settles a sentence → the sentence, checked ({len(found)} sentences)", spread(found),
        f"the stand-in's own tokens late by {spread(late)}", f"p50 ≤ {aim_ms:g} ms", median(found) * 1000 <= aim_ms,
    )  # fmt: skip


async def _together(port: int, people: int, each: int) -> list[Chat]:
    """Everybody begins at a random moment of the first answers' time, and asks again a moment after each answer."""
    source = random.Random(7)

    async def person(waits: Sequence[float]) -> list[Chat]:
        chats = []
        for wait in waits:
            await asyncio.sleep(wait)
            chats.append(await chatted(port))
        return chats

    waits = [[source.uniform(0, 2.5), *(source.uniform(0, 0.5) for _ in range(each - 1))] for _ in range(people)]
    chats = [chat for one in await asyncio.gather(*map(person, waits)) for chat in one]
    if not all(chat.by_model for chat in chats):
        raise BadAnswerError("not every answer was written by the model")
    return chats


# ---- many at once --------------------------------------------------------------------------------------------------


async def _full_pace(product: Product, model: StandIn, amount: Amount) -> list[Figure]:
    """Sixty answers that begin within half a second, none of which may fall behind its model."""
    await model.plan()
    source = random.Random(11)
    watching = asyncio.create_task(_processor_time(product, model))
    chats = await asyncio.gather(*(_after(source.uniform(0, 0.5), product.port) for _ in range(FULL_PACE)))
    requests = await model.by_number()
    last = [found[-1] for chat in chats if (found := delays(chat, requests[chat.number]))]
    behind = [late for chat in chats for late in lateness(requests[chat.number], FIRST_S, PACE)]
    bad = sum(not chat.by_model for chat in chats)
    used = await watching
    return [
        Figure(
            GROUP, f"{FULL_PACE} answers at once at 50 tokens a second: the last sentence behind its model ({bad} bad)",
            spread(last), f"the stand-in's own tokens late by {spread(behind)}", "p50 ≤ 20 ms, 0 bad",
            not bad and median(last) <= 0.020,
        ),
        used,
    ]  # fmt: skip


async def _after(seconds: float, port: int) -> Chat:
    await asyncio.sleep(seconds)
    return await chatted(port)


async def _processor_time(product: Product, model: StandIn) -> Figure:
    """Processor time of the product for each token, over a second in which every answer is being written."""
    await model.speaking(FULL_PACE)
    before, began = product.processor_seconds(), time.monotonic()
    await asyncio.sleep(1.0)
    after, ended = product.processor_seconds(), time.monotonic()
    sent = sum(began <= at < ended for request in await model.chats() for at, _ in request["sent"])
    spent = {name: (after[name] - before.get(name, 0.0)) / max(1, sent) * 1e6 for name in after}
    listed = ", ".join(f"{name} {value:.0f}" for name, value in sorted(spent.items(), key=lambda one: -one[1]) if value)
    return Figure(
        GROUP, f"processor time of a token ({FULL_PACE} answers, {sent} tokens in a second)",
        f"{sum(spent.values()):.0f} µs", listed,
    )  # fmt: skip


async def _slow(product: Product, model: StandIn, amount: Amount) -> list[Figure]:
    """Very many answers at once, each slow."""
    await model.plan(author="quoting", first_s=FIRST_S, pace=PACE)
    text = await _true_text(product, model, SLOW_TOKENS)
    await model.plan(first_s=FIRST_S, pace=SLOW_PACE, author=text)
    before, source = product.memory(), random.Random(13)
    asking = [asyncio.create_task(_after(source.uniform(0, SLOW_ARRIVALS_S), product.port)) for _ in range(amount.slow)]
    await asyncio.sleep(SLOW_ARRIVALS_S + 0.5)
    writing = sum(bool(one["sent"] and not one["ended"] and not one["gone"]) for one in await model.chats())
    full = product.memory()
    done = await asyncio.gather(*asking, return_exceptions=True)
    chats = [chat for chat in done if isinstance(chat, Chat)]
    ends = Counter(_end(one) for one in done)
    bad = amount.slow - ends["by the model"]
    grown = {name: full[name] - before.get(name, 0) for name in full}
    listed = ", ".join(f"{name} {size:+} MiB" for name, size in sorted(grown.items(), key=lambda one: -one[1]) if size)
    group = f"with a model at one token a second, arrivals over {SLOW_ARRIVALS_S:g} s"
    return [
        Figure(
            group, f"{amount.slow} answers of {len(tokens(text))} tokens, {writing} being written at once",
            f"{bad} not whole", ", ".join(f"{end} {count}" for end, count in ends.most_common()), "0", not bad,
        ),
        Figure(group, "memory of a stream", f"{sum(grown.values()) / max(1, writing) * 1024:.0f} KiB", listed),
        Figure(group, "first sentence, the lead", spread([chat.first for chat in chats])),
    ]  # fmt: skip


def _end(one: Chat | BaseException) -> str:
    """How an answer ended, in few words."""
    if not isinstance(one, Chat):
        return f"{type(one).__name__} {one}"[:60]
    _, name, data = one.events[-1]
    return "by the model" if one.by_model else f"{name}: {data.get('provider') or data.get('error')}"


# ---- stopping ------------------------------------------------------------------------------------------------------


async def _closed(product: Product, model: StandIn, amount: Amount) -> list[Figure]:
    """From the person's wish to the model's request being closed, as the model's side sees it."""
    figures = []
    for name, stop in (("the reader goes away", _goes_away), ("the reader says stop", _says_stop)):
        await model.plan()
        wishes = [await stop(product.port) for _ in range(amount.idle)]
        await asyncio.sleep(0.5)
        requests = await model.by_number()
        took = [requests[number]["gone"] - at for number, at in wishes if requests[number]["gone"]]
        left = len(wishes) - len(took)
        figures.append(
            Figure(
                GROUP, f"{name} → the model's request is closed ({len(wishes)} chats)", spread(took),
                f"{left} not closed", "p99 ≤ 200 ms", not left and percentile(took, 0.99) <= 0.2,
            )
        )  # fmt: skip
    return figures


async def _goes_away(port: int) -> tuple[int, float]:
    async with asking(port) as (chat, events):
        await _begun(events, chat)
        at = time.monotonic()
    return chat.number, at


async def _says_stop(port: int) -> tuple[int, float]:
    async with asking(port) as (chat, events):
        await _begun(events, chat)
        at = time.monotonic()
        async for _ in post(port, f"/v1/exchanges/{chat.events[0][2]['exchangeId']}:stop", {}):
            pass
        async for _ in events:
            pass
    return chat.number, at


async def _begun(events: AsyncIterator[str], chat: Chat) -> None:
    """Returns a second after the lead: the model is writing then."""
    async for name in events:
        if name == "delta":
            break
    await asyncio.sleep(max(0.0, chat.began + 0.8 - time.monotonic()))


# ---- against a chain -----------------------------------------------------------------------------------------------


async def _against_a_chain(product: Product, model: StandIn, amount: Amount) -> list[Figure]:
    """One call on the critical path against three, turn by turn, over a text of the same length."""
    text = await _true_text(product, model, 60)
    await model.plan(author=text)
    ours: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    models_text: list[float] = []
    async with chain(model.url) as port:
        await _asked(port)
        for _ in range(amount.rounds):
            chat = await chatted(product.port)
            ours.append((chat.first, chat.whole))
            request = (await model.by_number())[chat.number]
            models_text.append(request["sent"][0][0] - chat.began)
            theirs.append(await _asked(port))
            await model.plan()
    group = f"single_pass against a plain chain of three calls, {len(tokens(text))} tokens ({amount.rounds} rounds)"
    ratios = [chained / single for (_, single), (_, chained) in zip(ours, theirs, strict=True)]
    firsts = [chained / single for (single, _), (chained, _) in zip(ours, theirs, strict=True)]
    return [
        Figure(group, "chain: first text", spread([first for first, _ in theirs])),
        Figure(group, "chain: whole answer", spread([whole for _, whole in theirs])),
        Figure(group, "ours: first text, the lead", spread([one for one, _ in ours]), f"{median(firsts):.1f} × sooner"),
        Figure(group, "ours: the model's first token", spread(models_text)),
        Figure(
            group, "ours: whole answer, checked and stored", spread([whole for _, whole in ours]),
            f"{median(ratios):.2f} × sooner ({min(ratios):.2f}–{max(ratios):.2f})", "≥ 2.1 ×", median(ratios) >= 2.1,
        ),
    ]  # fmt: skip


async def _asked(port: int) -> tuple[float, float]:
    """First text and whole answer of the chain, in seconds."""
    began = time.monotonic()
    times = [at async for at, _ in post(port, "/", {"question": "타이레놀이랑 게보린 같이 먹어도 되나요?"})]
    return times[0] - began, times[-1] - began


async def _true_text(product: Product, model: StandIn, most: int) -> str:
    """Sentences that are true of the evidence, ``most`` tokens of them at most."""
    await model.plan()
    chat = await chatted(product.port)
    shown = "".join(text for _, text in chat.texts)
    said = ""
    for _, sentence in settlings((await model.by_number())[chat.number]):
        longer = f"{said} {sentence}".strip()
        if sentence in shown and len(tokens(longer)) <= most:
            said = longer
    if not said:
        raise BadAnswerError("no sentence of the model was shown")
    return said


async def main() -> None:
    telemetry.configure("ERROR")
    amount = QUICK if "--quick" in sys.argv else WHOLE
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="medichain-bench-") as folder:
        figures = await measure(pathlib.Path(folder), amount)
    print(f"load average {load:.2f} before, {os.getloadavg()[0]:.2f} after\n\n{markdown(figures)}")


if __name__ == "__main__":
    uvloop.run(main())
