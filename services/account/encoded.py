"""Records as messages of the contract."""

from __future__ import annotations

from collections.abc import Iterable

from medichain.account.v1 import account_pb2 as pb
from medichain.chatbot.v1 import chatbot_pb2
from services.account.records import GENDERS, Account, Decision, SessionRecord
from services.account.sessions import Tokens
from services.storage.clock import now as utc_now
from services.storage.clock import shown

ROLES = {"user": pb.ROLE_USER, "operator": pb.ROLE_OPERATOR}


def account_message(account: Account) -> pb.Account:
    profile, health = account.profile, account.profile.health
    return pb.Account(
        id=account.login,
        account_id=account.account_id,
        name=profile.name,
        email=profile.email,
        phone=profile.phone,
        birth_date=profile.birth_date.isoformat() if profile.birth_date else "",
        gender=GENDERS.index(profile.gender),  # type: ignore[arg-type]
        pregnancy=health.pregnancy,  # type: ignore[arg-type]
        allergies=health.allergies,
        conditions=health.conditions,
        medicines=health.medicines,
        saved_clinics=profile.saved_clinics,
        consents=consent_messages(account.consents),
        role=ROLES[account.role],
        created_at=shown(account.created_at),
        updated_at=shown(account.updated_at),
        last_login=shown(account.last_login),
    )


def consent_messages(decisions: Iterable[Decision]) -> list[pb.Consent]:
    return [
        pb.Consent(
            kind=decision.kind,  # type: ignore[arg-type]
            granted=decision.granted,
            version=decision.version,
            recorded_at=shown(decision.recorded_at),
        )
        for decision in decisions
    ]


def decisions_of(consents: Iterable[pb.Consent]) -> list[Decision]:
    """What a person decides now; when is the service's to say."""
    at = utc_now()
    return [Decision(consent.kind, consent.granted, consent.version, at) for consent in consents]


def session_message(session: SessionRecord, current: str) -> pb.Session:
    return pb.Session(
        id=session.id,
        device=session.device,
        created_at=shown(session.created_at),
        ended_at=shown(session.ended_at),
        end_reason=session.end_reason,
        current=session.id == current,
    )


def tokens_message(tokens: Tokens) -> pb.SessionTokens:
    return pb.SessionTokens(
        access_token=tokens.access,
        refresh_token=tokens.refresh,
        expires_in=tokens.seconds,
        session_id=tokens.session_id,
        account_id=tokens.account_id,
        id=tokens.login,
    )


def downloaded(exchange: chatbot_pb2.Exchange) -> pb.DownloadedExchange:
    return pb.DownloadedExchange(
        id=exchange.id,
        conversation_id=exchange.conversation_id,
        asked_at=exchange.asked_at,
        question=exchange.question,
        answer=exchange.answer,
        score=exchange.score,
        comment=exchange.comment,
    )
