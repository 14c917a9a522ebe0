"""Enumerations of difficulties."""

from shared.vocabulary.term import Term


class DifficultyState(Term):
    """State of a difficulty."""

    OPEN = "open", "待分派", "open"
    ASSIGNED = "assigned", "办理中", "assigned"
    ANSWERED = "answered", "已答复", "answered"
    RESOLVED = "resolved", "已解决", "resolved"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"
    CLOSED = "closed", "已关闭", "closed"


class DifficultyMove(Term):
    """Moves of a difficulty."""

    ASSIGN = "assign", "分派", "assign"
    ANSWER = "answer", "答复", "answer"
    RESOLVE = "resolve", "确认解决", "confirm as resolved"
    NOT_RESOLVED = "not_resolved", "反馈未解决", "report as not resolved"
    ESCALATE = "escalate", "提请领导小组协调", "escalate to the leading group"
    WITHDRAW = "withdraw", "撤回", "withdraw"
    CLOSE = "close", "关闭", "close"
