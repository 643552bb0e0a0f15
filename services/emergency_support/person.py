"""Whom first aid is for: what is meant for a baby, a pregnant woman or a friend is not told about somebody else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from medichain.knowledge.v1 import knowledge_pb2
from services.safety.people import A_CHILD
from services.safety.text import compact

# How a passage's title names them, and how people do.
_PEOPLE = (
    (
        re.compile(rf"아기|영아|신생아|{A_CHILD}|소아"),
        re.compile(
            rf"아기|애기|아가|{A_CHILD}|신생아|영아|소아|어린이|개월|(?:두|세|네|다섯|여섯|일곱|여덟|\d)(?:돌|살)|돌(?:쟁이|전|지난)|애(?:가|를|는|한테|도)|유아"
            r"|초등|초딩|조카|손주|손자|손녀|첫째|둘째|막내|꼬마|딸|아들"
        ),
    ),
    (re.compile(r"임신|산모|출산"), re.compile(r"임신|임산부|임부|산모|만삭|출산|낳|진통|양수|태동")),
)
# What to do for somebody else who speaks of suicide helps nobody who does so himself.
_FOR_A_RELATIVE = re.compile(r"가까운 사람")
_A_RELATIVE = re.compile(
    r"친구|동생|언니|누나|오빠|형|엄마|아빠|어머니|아버지|아들|딸|남편|아내|와이프|아이|학생|조카|여친|남친|선배|후배|동료|룸메|지인"
    r"|할머니|할아버지|이모|삼촌|사람이"
)
# A passage below this share of the best one's score is about something else.
_MUCH_WORSE = 0.7


def for_the_person(passages: Sequence[knowledge_pb2.Passage], told: str) -> list[knowledge_pb2.Passage]:
    """The passages without those for relatives, children or pregnant women, unless ``told`` speaks of one; order kept.

    The latter two stay when what is left fits much worse: a child's burn is nearer to a burn than frostbite is.
    """
    solid = compact(told)
    if not _A_RELATIVE.search(solid):
        passages = [passage for passage in passages if not _FOR_A_RELATIVE.search(passage.title)]
    others = [title for title, said in _PEOPLE if not said.search(solid)]
    own = [passage for passage in passages if not any(title.search(passage.title) for title in others)]
    return own if own and own[0].score >= passages[0].score * _MUCH_WORSE else list(passages)
