"""Who writes an answer: a model where there is one, where its words can be checked, and where the person lets it."""

from __future__ import annotations

from collections.abc import Mapping

from services.chatbot.answer import Answer
from services.chatbot.asker import Asker
from services.chatbot.budget import Budget
from services.chatbot.composition import Composition, ExtractiveComposition
from services.chatbot.modelled import ModelledComposition
from services.chatbot.question import Question
from services.chatbot.vocabulary import Vocabulary
from services.llm.choice import Target, targets
from services.llm.models import Models
from services.llm.providers import EXTRACTIVE, Role
from services.mesh.errors import InvalidField
from services.mesh.settings import Settings


class Composer:
    """Chooses for each answer."""

    def __init__(self, settings: Settings, models: Models, vocabulary: Vocabulary, budget: Budget) -> None:
        self._settings, self._models = settings, models
        self._vocabulary, self._budget = vocabulary, budget

    def refuse_unknown(self, providers: Mapping[str, str]) -> None:
        """Raises INVALID_FIELD when a request names a provider that this deployment does not have."""
        for role in Role:
            targets(role, self._settings, providers)

    def usable(self, providers: Mapping[str, str]) -> dict[str, str]:
        """What this deployment has of an earlier choice."""
        return {role: name for role, name in providers.items() if self._has(Role(role), name)}

    def _has(self, role: Role, name: str) -> bool:
        try:
            targets(role, self._settings, {role: name})
        except InvalidField:
            return False
        return True

    def writer(self, question: Question, asker: Asker) -> str:
        """Who is to write, as "provider/model/strategy"."""
        chain = self._chain(question, asker)
        if not chain or self._vocabulary.names is None:
            return EXTRACTIVE
        return f"{chain[0].provider.name}/{chain[0].model}/{self._settings.answer_strategy}"

    def _chain(self, question: Question, asker: Asker) -> tuple[Target, ...]:
        """The models to ask, best first. A signed-in person's words go abroad only with their consent."""
        chain = targets(Role.GENERATION, self._settings, question.providers)
        return tuple(target for target in chain if _abroad(question, asker) or not target.abroad)

    async def composition(self, answer: Answer, asker: Asker, asked: str) -> Composition:
        """How this answer is written."""
        providers, names = answer.question.providers, self._vocabulary.names
        chain = self._chain(answer.question, asker)
        if not chain or names is None or not await self._budget.left(answer.question.owner):
            return ExtractiveComposition(answer)
        return ModelledComposition(
            self._models,
            names,
            self._settings.answer_strategy,
            providers,
            _abroad(answer.question, asker),
            answer,
            asked,
        )

    async def settle(self, answer: Answer) -> None:
        """Counts what the answer took against its owner's day."""
        taken = sum(one.usage.read + one.usage.written for one in answer.spent)
        await self._budget.spend(answer.question.owner, taken)


def _abroad(question: Question, asker: Asker) -> bool:
    """Whether words may leave the country: a signed-in person's only with their consent, for every role alike."""
    return asker.model_abroad_allowed or question.anonymous
