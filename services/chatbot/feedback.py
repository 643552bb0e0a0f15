"""Ratings for those who improve the answers: oldest first over all shards, without anything that points to a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from services.chatbot.history import Cursor
from services.chatbot.records import Rating
from services.chatbot.store import ConversationStore
from services.mesh.errors import InvalidField
from services.safety.personal_data import mask

PAGE = 200


def moment(since: str) -> datetime:
    """The naive UTC time of an ISO 8601 moment; one without an offset is read as UTC; "" means the beginning."""
    if not since:
        return datetime(1970, 1, 1)
    try:
        parsed = datetime.fromisoformat(since)
        return parsed.astimezone(UTC).replace(tzinfo=None) if parsed.tzinfo else parsed
    except (ValueError, OverflowError):
        raise InvalidField("since", "is no moment in ISO 8601") from None


def beginning(since: str) -> Cursor:
    """Where an export begins: after every rating of that very moment."""
    return Cursor(moment(since), "~" if since else "")


async def page(store: ConversationStore, shard_ids: Sequence[int], start: Cursor) -> tuple[list[Rating], Cursor | None]:
    """Ratings after ``start``, comments masked, and where the next page goes on.

    An export lacks nobody's rating: a shard that is away makes it fail.
    """
    found = [rating for id in shard_ids for rating in await store.ratings(id, PAGE + 1, start.key)]
    found.sort(key=lambda rating: (rating.rated_at, rating.exchange_id))
    last = found[PAGE - 1] if len(found) > PAGE else None
    return [masked(rating) for rating in found[:PAGE]], Cursor(last.rated_at, last.exchange_id) if last else None


def masked(rating: Rating) -> Rating:
    """The rating with personal data in its comment replaced."""
    return Rating(
        exchange_id=rating.exchange_id,
        score=rating.score,
        comment=mask(rating.comment).text,
        domains=rating.domains,
        confidence=rating.confidence,
        quality=rating.quality,
        rated_at=rating.rated_at,
    )
