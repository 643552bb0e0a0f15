"""The sentences the product always says in the same words; prompts and answers take them from here."""

from __future__ import annotations

# Every answer ends with this one.
DISCLAIMER = "이 정보는 참고용이며, 정확한 진료는 의료진과 상담하세요"

NO_DIAGNOSIS = "진단은 의료진만 가능합니다"
NO_PRESCRIPTION = "처방은 의사만 가능합니다"
CALL_119 = "즉시 119에 신고하거나 응급실을 방문하세요"
ASK_A_CLINICIAN = "정확한 정보를 위해 의료진 상담을 받아보세요"
