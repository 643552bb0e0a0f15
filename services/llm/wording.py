"""What a person is told when a model fails: what happened, honestly, and what the answer rests on instead.

No sentence says more than the house knows, blames the person, or promises a time that nobody has promised.
"""

from __future__ import annotations

from services.llm.failure import Kind, Notice

_SILENT = {
    Kind.UNREACHABLE: "답변을 쓰는 모델에 연결하지 못했습니다.",
    Kind.UNAUTHORISED: "답변을 쓰는 모델을 지금은 사용할 수 없습니다. 설정을 확인해야 하는 문제입니다.",
    Kind.UNKNOWN_MODEL: "설정된 모델을 찾을 수 없습니다. 설정을 확인해야 하는 문제입니다.",
    Kind.RATE_LIMITED: "답변을 쓰는 모델에 지금 요청이 몰려 있습니다.",
    Kind.NO_CREDIT: "답변을 쓰는 모델의 사용 한도를 모두 썼습니다.",
    Kind.SERVER_ERROR: "답변을 쓰는 모델에서 오류가 났습니다.",
    Kind.REJECTED: "답변을 쓰는 모델이 이 요청을 받지 않았습니다.",
    Kind.CONTEXT_TOO_LONG: "대화와 자료가 모델이 한 번에 읽을 수 있는 길이를 넘었습니다.",
    Kind.WITHHELD: "답변을 쓰는 모델이 방금까지 응답하지 않아 이번에는 묻지 않았습니다.",
    Kind.FIRST_TEXT_LATE: "답변을 쓰는 모델이 제시간에 답하지 않았습니다.",
    Kind.STALLED: "답변을 쓰는 모델이 중간에 멈췄습니다.",
    Kind.OUT_OF_TIME: "답변에 쓸 수 있는 시간이 다 되었습니다.",
    Kind.CUT_OFF: "답변을 쓰는 모델과의 연결이 끊어졌습니다.",
    Kind.MALFORMED: "답변을 쓰는 모델이 읽을 수 없는 형식으로 답했습니다.",
    Kind.INVALID_TEXT: "답변을 쓰는 모델이 깨진 글자를 보냈습니다.",
    Kind.TOO_MUCH: "답변을 쓰는 모델이 정해진 길이를 넘겨 써서 멈추게 했습니다.",
    Kind.EMPTY: "답변을 쓰는 모델이 빈 답을 보냈습니다.",
    Kind.REFUSED: "답변을 쓰는 모델이 이 질문에 답하지 않기로 했습니다.",
    Kind.FUNCTION_CALL: "답변을 쓰는 모델이 글 대신 실행할 수 없는 명령을 보냈습니다.",
}
_FROM_SOURCES = "모델의 글 없이, 찾은 자료의 문장으로 답해 드립니다."
_UNFINISHED = "위의 글은 여기까지이며 완성되지 않았습니다. 이어서 찾은 자료의 문장을 그대로 보여 드립니다."
_NOTICES = {
    Notice.HISTORY_SHORTENED: "대화가 길어 앞부분은 빼고 답해 드립니다. 필요하면 앞의 내용을 다시 알려 주세요.",
    Notice.IN_ONE_PIECE: "이 모델은 답을 다 쓴 뒤 한꺼번에 보냅니다.",
    Notice.USAGE_ESTIMATED: "모델이 사용량을 알려 주지 않아, 이 답변의 사용량은 글의 길이로 추정한 값입니다.",
}


def told(kind: Kind, *, begun: bool = False) -> str:
    """Two sentences: what happened, and what the person gets instead; ``begun`` when part of a text was shown."""
    return f"{_SILENT[kind]} {_UNFINISHED if begun else _FROM_SOURCES}"


def noticed(notice: Notice) -> str:
    """What a person may want to know about an answer that did not fail."""
    return _NOTICES[notice]


def cost(dollars: float | None) -> str:
    """An answer's cost, for reports; says so when it is not known."""
    return "비용을 알 수 없음(요금표에 없는 모델)" if dollars is None else f"${dollars:.6f}"
