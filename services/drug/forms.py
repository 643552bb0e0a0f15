"""Where a medicine acts: in the whole body or only where it is put. Rules of doses and ages speak of the first kind."""

from __future__ import annotations

import re
from functools import lru_cache

_LOCAL = re.compile(
    "연고|크림|겔|로션|외용|점안|안약|플라스타|카타플라스마|파스|질정|질세정|세정|가글|네일|점비|비강|나잘|스프레이|분무|트로키|샴푸|치약"
)
# Patches that give the medicine to the whole body carry 패취 or 경피; those for a sore back are 플라스타 and 파스.
_WHOLE_BODY = re.compile("경피|흡입")
_EXTENDED = re.compile("서방|지속|오로스|OROS|이알|씨알|엑스알|엑스엘", re.IGNORECASE)
_NASAL = re.compile("비강|나잘|점비|비액")
_INHALED = re.compile("흡입|에보할러|터부헬러|디스커스|레스피맷")
_INJECTED = re.compile("주사|주$|펜|프리필드|시린지")
_LOCAL_PATCHES = re.compile("피록시캄|케토프로펜|디클로페낙|플루르비프로펜|록소프로펜")


@lru_cache(maxsize=4096)
def acts_locally(form: str, name: str = "") -> bool:
    """True for what is rubbed on, dropped in or stuck on for the place itself. Unknown forms count as whole-body."""
    if "패취" in form or "패치" in form:
        return bool(_LOCAL_PATCHES.search(name))
    return bool(_LOCAL.search(form)) and not _WHOLE_BODY.search(form)


def rule_speaks_of(remark: str, form: str, name: str = "") -> bool:
    """False when a rule's remark limits it to a form ("서방정(650mg) 제형", "바르는 약 기준") that the product is not.

    A name without a product has no form; every rule speaks of it. Most rules have no remark.
    """
    if not form or not remark:
        return True
    local = acts_locally(form, name)
    for word, holds in (
        ("서방정", bool(_EXTENDED.search(form + name))),
        ("코 스프레이", bool(_NASAL.search(form + name))),
        ("흡입제", bool(_INHALED.search(form + name))),
        ("먹는 약", not local),
        ("바르는 약 기준", local),
    ):
        if word in remark:
            return holds
    return bool(_INJECTED.search(form)) if remark.strip() == "주사" else True


def rule_includes_local(remark: str) -> bool:
    """True when a rule says that what is rubbed or stuck on is meant too."""
    return bool(re.search("바르는|붙이는|코 스프레이|점비", remark))
