"""Words for people that other words hide in."""

from __future__ import annotations

# 아이 (a child), and not 아이고/아이구 (an exclamation), 아이폰, 아이스. "아이 고열" and "아이 구토" stay a child's.
A_CHILD = r"아이(?!폰|스|[고구](?!열|등|추|혈|관|토|내염|강))"
