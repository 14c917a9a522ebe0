"""The words of cases and tasks."""

from shared.vocabulary.term import Term


class CaseState(Term):
    """Where an application case stands."""

    DRAFT = "draft", "草稿", "draft"
    SUBMITTED = "submitted", "已提交", "submitted"
    APPROVED = "approved", "已认定", "approved"
    RETURNED = "returned", "已退回", "returned"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"


class CaseMove(Term):
    """What can be done to an application case."""

    SUBMIT = "submit", "提交", "submit"
    APPROVE = "approve", "认定", "approve"
    RETURN = "return", "退回", "return"
    WITHDRAW = "withdraw", "撤回", "withdraw"


class TaskStanding(Term):
    """Where a task of the plan stands against its date; whether it is done is the task force's word."""

    CONTINUOUS = "continuous", "持续推进", "continuous, without a date"
    RUNNING = "running", "未到期", "running"
    PAST_DUE = "past_due", "已到期", "its date has passed"
