"""Who the question is about, as far as it changes the department."""

from __future__ import annotations

import re

from services.safety.people import A_CHILD

_YEARS = re.compile(r"(\d{1,3})\s*(살|세)(?!기)")
_MONTHS = re.compile(r"(\d{1,2})\s*개월\s*(된|짜리|아기|아이|애|아가|딸|아들|남아|여아)")
_CHILD = re.compile(
    rf"{A_CHILD}|애기|아기(?!\s?낳)|(?<![가-힣])애(가|는|를|도|한테|\s)|어린이(?!병원)|유아|영아|신생아|소아|초등|유치원|어린이집|돌쟁이|두\s?돌|손주|손자|손녀|우리\s?애"
)
_GROWN_CHILD = re.compile(r"고등|고[123](?!\d)|수험생|대학생|성인")
_PREGNANT = re.compile(r"임신\s*(\d{1,2}\s*주|\d\s*개월|중|초기|중기|후기|말기)|임산부|임신부|만삭|산모")
GROWN_UP_MONTHS = 15 * 12  # 소아청소년과 sees older ones too; from here on the organ's own department comes first


def is_child(text: str, age_months: int | None = None) -> bool:
    """Whether the question is about a child below fifteen."""
    if age_months is not None:
        return age_months < GROWN_UP_MONTHS
    years = _YEARS.search(text)
    if years:
        return int(years.group(1)) * 12 < GROWN_UP_MONTHS
    if _MONTHS.search(text):
        return True
    return bool(_CHILD.search(text)) and not _GROWN_CHILD.search(text)


def is_pregnant(text: str) -> bool:
    return bool(_PREGNANT.search(text))
