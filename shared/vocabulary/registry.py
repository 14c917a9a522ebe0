"""Enumerations of everything that organisations move forward."""

from shared.vocabulary.term import Term


class RegistryKind(Term):
    """Kind of what waits for an organisation."""

    CASE = "case", "应用案例", "application case"
    ASSIGNMENT = "assignment", "任务", "task assignment"
    DIFFICULTY = "difficulty", "具体困难", "difficulty"
    ACTION_ITEM = "action_item", "督办事项", "action item"
    CHALLENGE = "challenge", "数据质疑", "challenge"
    MONTH = "month", "月度报送", "month of counts"
    REOPENING = "reopening", "重新开放申请", "request to reopen a month"
    FINDING = "finding", "数据质量问题", "finding"


class ExpectedAction(Term):
    """Actions that are expected of an organisation and are not one move: a choice between moves, or another operation."""

    ANSWER_CHALLENGE = "answer", "答复质疑：承认有误或答辩", "concede or rebut the challenge"
    DECIDE_CHALLENGE = "decide_challenge", "裁定质疑是否成立", "uphold or dismiss the challenge"
    DECIDE_REVOCATION = "decide_revocation", "处理撤销认定申请", "decide about the requested revocation"
    DECIDE_REOPENING = "decide", "处理重新开放申请", "decide about the request"
    CREATE_ACTION_ITEMS = "create_action_items", "研究协调，下达督办", "issue an action item about it"
