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
