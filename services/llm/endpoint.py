"""A model's endpoint over HTTP: the only module that calls one, through the official client.

The client opens the stream; its bytes are read by our own reader (ADR 0013). The client never retries: that is the
failover's decision, which knows how much time is left.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import Any

import anyio
import httpx2
import orjson
from openai import APIConnectionError, AsyncOpenAI, OpenAIError

from services.llm import outbound
from services.llm.choice import Target
from services.llm.failure import Kind, ModelFailed
from services.llm.lists import names, vectors
from services.llm.prompt import Prompt
from services.llm.rejection import kind_of, retry_after, unwanted
from services.llm.sse import Mark, Piece, Reader, Usage, decoded

CONNECT_SECONDS = 3.0
# How long the end of the connection is waited for after the last word, so that it can be used again.
DRAIN_SECONDS = 0.1
# How much of an error's body is read.
_ERROR_BYTES = 16_384
_LIST_BYTES, _VECTOR_BYTES = 2_097_152, 131_072
_LIMITS = httpx2.Limits(max_connections=2000, max_keepalive_connections=200, keepalive_expiry=60.0)
# How long a model may take is decided above; these two never depend on the model.
_TIMEOUT = httpx2.Timeout(None, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS)
# anyio's is what a TLS connection that breaks can end in; the client itself catches the three of them.
_BROKEN = (httpx2.HTTPError, OSError, anyio.EndOfStream)

# At their chattier levels these write down addresses and whole requests.
for _name in ("openai", "httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class Rejected(ModelFailed):
    """The endpoint refused the request; ``unwanted`` is the parameter it complains about, if it is one."""

    def __init__(self, kind: Kind, wait: float | None, parameter: str) -> None:
        super().__init__(kind, retry_after=wait)
        self.unwanted = parameter


class Endpoint:
    """One endpoint and model, with one client and its kept connections, shared by everything that asks there."""

    def __init__(self, target: Target) -> None:
        self.target = target
        # Optional parameters this model has turned down: not sent again.
        self._refused: frozenset[str] = frozenset()
        self._client = _client(target)

    async def stream(self, prompt: Prompt, most: int) -> AsyncGenerator[Piece, None]:
        """The answer's text as it comes, then how it ended. Raises :class:`ModelFailed`.

        Asks anew, at once, without a parameter that the model turns out not to take. Close the generator
        (``contextlib.aclosing``), or cancel the task that waits for it, and the request is closed.
        """
        reader, response = Reader(most), None
        async with AsyncExitStack() as opened:
            while response is None:
                body = outbound.chat(self.target, prompt, most, self._refused)
                if "stream" not in body:
                    yield Mark.IN_ONE_PIECE
                response = await self._opened(opened, body)
            texts = _whole(reader, response) if _is_json(response) else _streamed(reader, response)
            async with _typed(Kind.CUT_OFF), aclosing(texts):
                async for text in texts:
                    yield text
        yield reader.ended()

    async def embed(self, texts: Sequence[str]) -> tuple[list[list[float]], Usage | None]:
        """A vector for each text, in their order, and what they took. Raises :class:`ModelFailed`."""
        create: Any = self._client.embeddings.with_streaming_response.create
        request = create(**outbound.embedding(self.target, texts))
        return vectors(await _json(request, _LIST_BYTES + len(texts) * _VECTOR_BYTES), len(texts))

    async def models(self) -> list[str]:
        """The names of the models it offers; empty when it keeps no such list. Raises :class:`ModelFailed`."""
        try:
            return names(await _json(self._client.models.with_streaming_response.list(), _LIST_BYTES))
        except Rejected as refusal:
            if refusal.kind is Kind.UNKNOWN_MODEL:
                return []
            raise

    async def close(self) -> None:
        """Closes every connection; answers under way end."""
        await self._client.close()

    async def _opened(self, opened: AsyncExitStack, body: dict[str, Any]) -> httpx2.Response | None:
        """The response, its text unread; None when a parameter was refused that can be left out next time."""
        create: Any = self._client.chat.completions.with_streaming_response.create
        try:
            async with _typed(Kind.UNREACHABLE):
                answer = await opened.enter_async_context(create(**body))
        except Rejected as refusal:
            if refusal.unwanted not in body:
                raise
            self._refused |= {refusal.unwanted}
            return None
        response: httpx2.Response = answer.http_response
        return response


def _client(target: Target) -> AsyncOpenAI:
    client = AsyncOpenAI(
        # Something must stand there, or the client looks for OpenAI's key in the environment.
        api_key=target.key.get_secret_value() or "none",
        base_url=target.base_url,
        max_retries=0,
        timeout=_TIMEOUT,
        # Compressed streams come in lumps.
        default_headers={"Accept-Encoding": "identity"},
        # A redirect would send a person's question somewhere nobody has named.
        http_client=httpx2.AsyncClient(
            limits=_LIMITS, timeout=_TIMEOUT, follow_redirects=False, event_hooks={"response": [_refuse_errors]}
        ),
    )
    if target.provider.name != "openai":
        client.organization, client.project = None, None  # of the environment; nobody else's business
    return client


async def _refuse_errors(response: httpx2.Response) -> None:
    """Raises :class:`Rejected` unless the endpoint accepts; reads no more of an error than tells its kind."""
    if response.status_code < 300:
        return
    data = b""
    async with aclosing(response.aiter_bytes()) as chunks:
        async for chunk in chunks:
            data += chunk
            if len(data) > _ERROR_BYTES:
                break
    try:
        error = orjson.loads(data)
    except orjson.JSONDecodeError:
        error = data[:_ERROR_BYTES].decode(errors="replace")
    kind = kind_of(response.status_code, error)
    parameter = unwanted(error, outbound.OPTIONAL) if kind is Kind.REJECTED else ""
    raise Rejected(kind, retry_after(response.headers), parameter)


@asynccontextmanager
async def _typed(broken: Kind) -> AsyncIterator[None]:
    """Turns what the client and its transport raise into failures; ``broken`` is what a broken connection means here.

    The original is not kept: its text may hold the address, the key or what was sent.
    """
    try:
        yield
    except (APIConnectionError, *_BROKEN):
        raise ModelFailed(broken) from None
    except (OpenAIError, ValueError):  # an answer that is no JSON, or not of the right shape
        raise ModelFailed(Kind.MALFORMED) from None


async def _json(request: Any, most: int) -> Any:
    """The body of an answer that is one JSON value of at most ``most`` bytes."""
    data = b""
    async with _typed(Kind.UNREACHABLE), request as answer:
        async for chunk in answer.http_response.aiter_bytes():
            data += chunk
            if len(data) > most:
                raise ModelFailed(Kind.TOO_MUCH)
    return decoded(data)


def _is_json(response: httpx2.Response) -> bool:
    """Whether the answer came in one piece: some endpoints do that although a stream was asked for."""
    return bool(response.headers.get("content-type", "").startswith("application/json"))


async def _streamed(reader: Reader, response: httpx2.Response) -> AsyncGenerator[str, None]:
    async with aclosing(response.aiter_bytes()) as chunks:
        async for chunk in chunks:
            for text in reader.feed(chunk):
                yield text
            if reader.done:
                break
        with anyio.move_on_after(DRAIN_SECONDS):
            async for _ in chunks:
                pass


async def _whole(reader: Reader, response: httpx2.Response) -> AsyncGenerator[str, None]:
    data = b""
    async for chunk in response.aiter_bytes():
        data += chunk
        reader.take(chunk)
    for text in reader.whole(data):
        yield text
