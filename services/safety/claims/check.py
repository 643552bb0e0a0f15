"""Whether a sentence that cites evidence says what the evidence says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from services.safety import disclaimers
from services.safety.claims.clauses import Clause, Said, plain, read, sentences
from services.safety.claims.names import Names
from services.safety.claims.polarity import Stance
from services.safety.claims.roles import misplaced
from services.safety.claims.settled import contradicts
from services.safety.claims.wording import forbidden
from services.safety.claims.words import Word, alike, contained, light, softeners
from services.safety.text import normalised

_FIXED = frozenset(value for name, value in vars(disclaimers).items() if name.isupper() and isinstance(value, str))
_HARMLESS = re.compile(
    r"(?:안녕하세요|반갑습니다|물어봐 주셔서 감사합니다|질문해 주셔서 감사합니다|빨리 나으시길 바랍니다"
    r"|(?:자세한 |확인한 |관련 )?내용(?:은|을) (?:다음|아래)와 같(?:습니다|이 정리했습니다|이 안내해 드립니다)"
    r"|(?:다음|아래)(?:과|와) 같습니다|(?:다음|아래)(?:을|를) 참고하세요|(?:다음|아래)은 자료에 있는 내용입니다)"
)
_AGAINST_119 = re.compile(
    r"(?:119|구급차|응급실)[^.?!]{0,12}?(?:필요(?:는|가|까지)?\s?(?:는\s)?없|지\s?(?:는\s)?(?:않|마|말)|대신|보다는|안\s?(?:가|불러|해))"
)
_ADJUNCT = re.compile(r"(?<![가-힣])진료(?:를 받을|를 볼|받을)? 때(?:에는|는|에)?\s")
_OPENING = re.compile(r"^(?:자료에 따르면|또한|그리고|다만|하지만|따라서|특히|그러나)[,\s]+")
_HOW = re.compile(r"(?:[아어여해서게]|에|에서)$")
_OBJECT = re.compile(r"(?:[을를과와나]|이나)$")
# A department is gone to, seen, visited.
_VISITS = re.compile("진료|방문|찾|내원|가세|가셔|가야")
_SEEN_AT = re.compile(r"[가-힣]과(?:에서|가|이)\s(?:[^.]*진료를 봅니다|먼저|대안)")
# A product with its one ingredient: either stands for the other.
_ALIAS = re.compile(r"[^(]+\([^/·,+()]+\)")
# "더 센 약을 찾기 전에 진료를 받으세요" bids no search.
_INSTEAD = re.compile(r"(?<=기)\s?(?:전에|보다)|(?<=[는은])\s대신")
_RECEIVES = re.compile(r"받(?:을 수|습니다|으)")
_TAKEN = re.compile(r"(?:복용하|드시|먹으|사용하|쓰|맞으)시?(?:면|면서)$|(?:복용했|드셨|먹었|사용했)다면$|맞은$")
_AFTER = re.compile("(?:복용|먹은|드신|쓴|사용) (?:후|뒤)$")
_OF_IT = re.compile(r"(?:약|주사|제)[을를]\s$")
# A condition of the evidence that taking it would not be: "끊으면", "많이 먹으면".
_GIVEN_THAT = re.compile(r"면(?=[\s,])")
_FALLS_ILL = re.compile(r"(?:걸리|오|나오)면$")
_OFFERED = re.compile(r"이용할 수 있습니다")
_EVERY = re.compile("매일|날마다|매년|해마다|매주|매달")
_COMPARES = re.compile("차이|비교|구분|고르기")
_ADVERB = re.compile("함께|같이|즉시|바로|동시")
# Endings of a verb that is no condition.
_ON = re.compile(r"(?:고|며|[아어여해려혀워와서]|도록|거나|게|세요|니다)$")
# Verbs that say no more than the ban itself: "술을 피하세요", "술을 마시지 마세요".
_ACTS = re.compile(r"(?:먹|복용|드시|마시|쓰|사용|피하|피해|금기|금지|병용|하|투여|삼가)")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence may go out, and if not, why: "number: 6000~6000 mg", "polarity: 먹", ….

    What stands before the colon may be logged or counted; what follows is the answer's own text and may not.
    """

    kept: bool
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Given:
    """Evidence taken apart: its sentences, the words of its title, the names that mean the same: 상품(성분)."""

    said: tuple[Said, ...]
    title: tuple[Word, ...]
    solid_title: str
    aliases: frozenset[str]
    subject: frozenset[str]


def check(sentence: str, cited: Sequence[str], known_names: Names, settled: Sequence[str] = ()) -> Verdict:
    """Judges one sentence of a model's answer.

    ``cited`` are the texts of the evidence it cites, each with its title on the first line; ``known_names`` the
    vocabulary of medicines; ``settled`` what the rules have settled, which may be explained and not softened.
    """
    text = _ADJUNCT.sub("", _OPENING.sub("", plain(normalised(sentence))))
    if text.rstrip(".!") in _FIXED or _HARMLESS.fullmatch(text.rstrip(".!")):
        return Verdict(True)
    refused = _never(text, known_names, settled)
    if refused:
        return Verdict(False, refused)
    if not cited:
        return Verdict(False, ("uncited",))
    if not text:
        return Verdict(False, ("empty",))
    given = [_given(evidence, known_names) for evidence in cited]
    reasons = tuple(dict.fromkeys(_unsupported(read(text, known_names), given)))
    return Verdict(not reasons, reasons)


def prepare(cited: Iterable[str], known_names: Names) -> None:
    """Takes evidence apart ahead of the first sentence that cites it, as ``check`` would do then, and keeps it."""
    for evidence in cited:
        _given(evidence, known_names)


def _never(text: str, known: Names, settled: Sequence[str]) -> tuple[str, ...]:
    """Reasons that no evidence outweighs."""
    reasons = [f"wording: {phrase}" for phrase in forbidden(text)]
    if _AGAINST_119.search(text):
        reasons.append("emergency: 119 denied")
    if contradicts(text, settled, known):
        reasons.append("settled: contradicted")
    return tuple(reasons)


@lru_cache(maxsize=512)
def _given(evidence: str, known: Names) -> _Given:
    title, _, body = evidence.partition("\n")
    heading = read(normalised(title), known)
    inherited = frozenset(name for clause in heading.clauses for name in clause.all_names)
    said = tuple(read(normalised(one), known, inherited) for one in sentences(body) if one.strip())
    compared = _COMPARES.search(title)  # such a title names both, and says nothing of either
    of_title = () if compared else tuple(word for clause in heading.clauses for word in clause.words)
    solid = "" if compared else "".join(clause.solid for clause in heading.clauses)
    return _Given(
        (heading, *said), of_title, solid, inherited if _ALIAS.fullmatch(title) else frozenset(), _subject(title, known)
    )


def _subject(title: str, known: Names) -> frozenset[str]:
    """The one name that a title begins with, and its alias: what "이 약" is in that text."""
    before = {one.name for one in known.found(title.partition("(")[0])}
    return frozenset(before) if len(before) == 1 else frozenset()


def _unsupported(claim: Said, given: Sequence[_Given]) -> Iterator[str]:
    yield from _letters(claim, given)
    for clause in claim.clauses:
        if clause.words or clause.quantities or clause.digits or clause.stance is not Stance.SAYS:
            yield from _best_attempt(clause, given)


def _best_attempt(claim: Clause, given: Sequence[_Given]) -> list[str]:
    """Nothing when a clause of the evidence supports the claim; else what stopped the one that came furthest."""
    furthest, reasons = (-1, 0), ["nothing cited"]
    for of in given:
        for said in of.said:
            for at in said.clauses:
                stage, missing = _missing(claim, at, said, of)
                if not missing:
                    return []
                if (stage, -len(missing)) > furthest:
                    furthest, reasons = (stage, -len(missing)), missing
    return reasons


def _letters(claim: Said, given: Sequence[_Given]) -> Iterator[str]:
    """Telephones and addresses of pages, which are the evidence's own or wrong."""
    phones = {phone for of in given for said in of.said for phone in said.phones}
    links = {link for of in given for said in of.said for link in said.links}
    yield from (f"phone: {phone}" for phone in claim.phones - phones)
    yield from (f"link: {link}" for link in claim.links - links)


def _missing(claim: Clause, at: Clause, said: Said, of: _Given) -> tuple[int, list[str]]:
    """Which check the evidence's clause ``at``, in its sentence ``said``, fails first, and why; cheap ones first."""
    checks: tuple[Callable[[], list[str]], ...] = (
        lambda: _names(claim, at, of),
        lambda: _numbers(claim, at),
        lambda: _stance(claim, at),
        lambda: _uncovered(claim, at, of),
        lambda: _polarity(claim, at, said),
        lambda: misplaced(claim, at, of.aliases),
    )
    for stage, failed in enumerate(checks):
        if reasons := failed():
            return stage, reasons
    return len(checks), []


def _names(claim: Clause, at: Clause, of: _Given) -> list[str]:
    """Names that the evidence's clause is not about; one of several in a title does not stand for another."""
    here = at.names | of.aliases if at.names & of.aliases else at.names
    around = at.all_names | of.aliases if at.all_names & of.aliases else at.all_names
    swapped = claim.names - here - of.subject if here - claim.names - of.aliases else frozenset()
    return [f"name: {name}" for name in sorted((claim.all_names - around) | swapped)]


def _numbers(claim: Clause, at: Clause) -> list[str]:
    reasons = [
        f"number: {one.low:g}~{one.high:g} {one.kind} {one.bound} {one.per}".rstrip()
        for one in claim.quantities
        if not any(one.supported_by(other) for other in at.all_quantities)
    ]
    if _EVERY.search(claim.text):
        reasons += [f"number: per {rhythm}" for rhythm in sorted(claim.rhythms - at.rhythms - {"dose"})]
    missing = sorted(claim.digits - at.all_digits)
    reasons += [f"digits: {number}" for number in missing if not _in_quantity(claim, number)]
    return reasons


def _in_quantity(claim: Clause, number: str) -> bool:
    return any(number in claim.text[one.start : one.end] for one in claim.quantities)


def _polarity(claim: Clause, at: Clause, said: Said) -> list[str]:
    both_deny = (
        claim.stance is at.stance is Stance.DENIES
    )  # "한약을 피하세요" denies the noun, "한약을 먹지 마세요" the verb
    reasons = []
    for denied in (True, False):
        for word in claim.said(denied):
            if _ADVERB.match(word.text) or (denied and claim.stance is Stance.DENIES and _ACTS.match(word.text)):
                continue
            same = any(alike(word, other) for clause in said.clauses for other in clause.said(denied))
            opposite = any(alike(word, other) for clause in said.clauses for other in clause.said(not denied))
            if opposite and not same and not (both_deny and _OBJECT.search(word.text)):
                reasons.append(f"polarity: {word.text}")
    if softer := softeners(claim.text) - softeners(said.text):
        reasons.append(f"softer: {' '.join(sorted(softer))}")
    return reasons


def _stance(claim: Clause, at: Clause) -> list[str]:
    stances = {claim.stance, at.stance}
    if len(stances) > 1 and stances != {Stance.SAYS, Stance.BIDS}:
        return [f"stance: {claim.stance} for {at.stance}"]
    if claim.stance is Stance.BIDS and claim.words and not (at.told and _bidden(claim.words[-1], at)):
        return [f"instruction: {claim.words[-1].text}"]
    if claim.stance is at.stance is Stance.BIDS:
        return [f"condition: {word.text}" for word in claim.main if _only_a_condition(word, at)]
    return []


def _only_a_condition(word: Word, at: Clause) -> bool:
    """True when the evidence has the word in its condition alone: "서서 쓰면 쓰러질 수 있으니 앉아서 쓰세요"."""
    in_main = any(alike(word, other) for other in at.main)
    return not in_main and bool(_HOW.search(word.text))


def _bidden(verb: Word, at: Clause) -> bool:
    """True when the evidence bids the same, or says it as its own verb: a mere condition is no instruction."""
    if _VISITS.match(verb.text) and _SEEN_AT.search(at.text):
        return True
    if any(_INSTEAD.match(at.text, other.end) and verb.roots & other.roots for other in at.words):
        return False
    within = [*(word for word in at.main if _ON.search(word.text)), *at.words[-1:]]
    return any(alike(verb, other) for other in within)


def _uncovered(claim: Clause, at: Clause, of: _Given) -> list[str]:
    """Words that neither the evidence's clause has, with what it goes on from, nor the title."""
    ends = () if _RECEIVES.search(claim.text) else claim.words[-1:]
    missing = [f"verb: {word.text}" for word in ends if not _said_here(word, at)]
    return missing or [
        f"word: {word.text}"
        for number, word in enumerate(claim.words)
        if not (
            any(_is_named(word, name) for name in claim.names)
            or _covered(word, number in claim.denied, at, of)
            or _excused(word, number in claim.denied, claim, at)
        )
    ]


def _excused(word: Word, denied: bool, claim: Clause, at: Clause) -> bool:
    """True for words that the evidence need not have: the verb of a ban, a visit to where it says one is seen."""
    if denied:
        both_deny = claim.stance is at.stance is Stance.DENIES
        return both_deny and bool(_ACTS.match(word.text))
    visits = _VISITS.match(word.text) and _SEEN_AT.search(at.text)
    return bool(visits) or _goes_without_saying(word, claim, at)


def _goes_without_saying(word: Word, claim: Clause, at: Clause) -> bool:
    """Words for which the evidence just says "메트로니다졸은", "감기는": "드시면", "걸리면", "이용할 수 있습니다"."""
    if _TAKEN.match(word.text):
        return bool(claim.all_names or _OF_IT.search(claim.text[: word.start])) and not _GIVEN_THAT.search(at.text)
    if _AFTER.search(claim.text[: word.end]):
        return "전" not in at.own_solid
    return bool(_FALLS_ILL.match(word.text) or _OFFERED.match(claim.text, word.start))


def _said_here(verb: Word, at: Clause) -> bool:
    """True when the evidence's clause has the claim's last word itself; what it goes on from is a clause of its own."""
    if _ACTS.match(verb.text) or _VISITS.match(verb.text) or verb.text == "이용할" or light(verb):
        return True
    return any(alike(verb, other) for other in at.words) or contained(verb, at.own_solid)


def _covered(word: Word, denied: bool, at: Clause, of: _Given) -> bool:
    """What is denied must be denied there, and not only stand in a title."""
    if any(alike(word, other) for other in at.near) or contained(word, at.solid):
        return True
    if denied:
        return False
    return any(alike(word, other) for other in of.title) or contained(word, of.solid_title) or light(word)


def _is_named(word: Word, name: str) -> bool:
    return name in word.roots or (len(name) > 2 and word.text.lower().startswith(name))
