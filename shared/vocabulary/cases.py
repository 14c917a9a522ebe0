"""Enumerations of application cases, tasks and comments."""

from shared.vocabulary.term import Term


class CaseState(Term):
    """State of an application case."""

    DRAFT = "draft", "草稿", "draft"
    SUBMITTED = "submitted", "已申报，待认定", "submitted"
    APPROVED = "approved", "已认定", "approved"
    RETURNED = "returned", "已退回", "returned"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"


class CaseMove(Term):
    """Moves of an application case."""

    SUBMIT = "submit", "申报", "submit"
    APPROVE = "approve", "认定", "approve"
    RETURN = "return", "退回", "return"
    WITHDRAW = "withdraw", "撤回", "withdraw"


class CommentVisibility(Term):
    """Who may read a comment on an item."""

    ITEM = "item", "可查看该事项的单位", "organisations that may read the item"
    INTERNAL = "internal", "仅监督方（主管部门、工作专班、领导小组、通信管理局）", "the oversight side only"


class CommentMove(Term):
    """Moves of a comment on an item."""

    STRIKE_OUT = "strike_out", "划去", "strike out"


class TaskStanding(Term):
    """Position of a task of the plan relative to its due date; whether it is done is for the task force to decide."""

    CONTINUOUS = "continuous", "持续推进", "continuous, without a due date"
    RUNNING = "running", "未到期", "running"
    PAST_DUE = "past_due", "已到期", "due date has passed"
