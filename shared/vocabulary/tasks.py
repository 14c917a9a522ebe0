"""Enumerations of tasks, their assignments and the board."""

from shared.vocabulary.term import Term


class TaskState(Term):
    """State of a task's assignment to one responsible organisation."""

    NOT_STARTED = "not_started", "未启动", "not started"
    IN_PROGRESS = "in_progress", "推进中", "in progress"
    AWAITING_ACCEPTANCE = "awaiting_acceptance", "待验收", "awaiting acceptance"
    RETURNED = "returned", "已退回", "returned"
    DONE = "done", "已完成", "done"


class TaskMove(Term):
    """Moves of a task's assignment."""

    REPORT_PROGRESS = "report_progress", "填报进展", "report progress"
    REPORT_DONE = "report_done", "报送完成", "report done"
    ACCEPT = "accept", "验收通过", "accept"
    RETURN = "return", "退回", "return"
    REOPEN = "reopen", "重新启动", "reopen"


class MeasureState(Term):
    """State of one measure of an assignment."""

    PLANNED = "planned", "未开展", "planned"
    UNDER_WAY = "under_way", "开展中", "under way"
    DONE = "done", "已完成", "done"
    NOT_APPLICABLE = "not_applicable", "不涉及", "not applicable"


class TaskStatus(Term):
    """Status of an assignment or task on a day, derived from its state, its due date and its indicators; most urgent first."""

    OVERDUE = "overdue", "已逾期", "overdue"
    AT_RISK = "at_risk", "有风险", "at risk"
    AWAITING_ACCEPTANCE = "awaiting_acceptance", "待验收", "awaiting acceptance"
    NOT_STARTED = "not_started", "未启动", "not started"
    IN_PROGRESS = "in_progress", "推进中", "in progress"
    CONTINUOUS = "continuous", "持续推进", "continuous, without a due date"
    DONE_LATE = "done_late", "逾期完成", "done late"
    DONE = "done", "按期完成", "done"


class TaskReason(Term):
    """Reason for the status of an assignment."""

    DUE_PASSED = "due_passed", "已过完成时限，未报送完成", "the due date has passed and it was not reported done"
    DUE_SOON = "due_soon", "临近完成时限，未报送完成", "the due date is near and it was not reported done"
    FORECAST_MISSED = (
        "forecast_missed",
        "按当前进度，关联指标不能按期达标",
        "a linked indicator will miss its target at the current pace",
    )
    NO_REPORT = "no_report", "超过规定天数未填报进展", "no progress was reported for too many days"
    RETURNED = "returned", "验收退回，待重新报送", "it was returned and must be reported again"
    REPORTED_LATE = "reported_late", "报送完成时已过时限", "it was reported done after the due date"
