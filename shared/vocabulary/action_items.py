"""Enumerations of action items."""

from shared.vocabulary.term import Term


class ActionItemState(Term):
    """State of an action item of one organisation."""

    OPEN = "open", "待办理", "open"
    REPORTED = "reported", "已反馈", "reported"
    ACCEPTED = "accepted", "已办结", "accepted"
    RETURNED = "returned", "已退回", "returned"
    WITHDRAWN = "withdrawn", "已撤销", "withdrawn"


class ActionItemMove(Term):
    """Moves of an action item."""

    REPORT = "report", "反馈办理情况", "report"
    ACCEPT = "accept", "确认办结", "accept"
    RETURN = "return", "退回", "return"
    WITHDRAW = "withdraw", "撤销", "withdraw"


class ActionItemSource(Term):
    """Occasion on which an action item was issued."""

    MEETING = "meeting", "会议议定", "meeting"
    INSTRUCTION = "instruction", "领导批示", "instruction"
    VISIT = "visit", "现场调研", "visit"
