"""Enumerations of an organisation's month: expected counts, submission, reopening and reminders."""

from shared.vocabulary.term import Term


class ObligationState(Term):
    """State of an expected count."""

    REPORTED = "reported", "已报", "reported"
    ZERO = "zero", "已报为零", "reported as zero"
    MISSING = "missing", "缺报", "missing"


class SubmissionState(Term):
    """State of an organisation's month."""

    OPEN = "open", "填报中", "open"
    SUBMITTED = "submitted", "已报送", "submitted"
    RETURNED = "returned", "已退回", "returned"
    ACCEPTED = "accepted", "已审核", "accepted"


class SubmissionMove(Term):
    """Moves of a submission."""

    SUBMIT = "submit", "报送", "submit"
    RETURN = "return", "退回", "return"
    ACCEPT = "accept", "审核通过", "accept"
    REOPEN = "reopen", "重新开放", "reopen"


class ReopeningState(Term):
    """State of a reopening request."""

    OPEN = "open", "待处理", "open"
    GRANTED = "granted", "已同意", "granted; the month was reopened"
    DECLINED = "declined", "已驳回", "declined"


class ReopeningMove(Term):
    """Moves of a reopening request; it is granted by reopening the month."""

    DECLINE = "decline", "驳回", "decline"


class ReminderChannel(Term):
    """Channel of a reminder."""

    WECHAT = "wechat", "微信", "WeChat"
    PHONE = "phone", "电话", "telephone"
    SMS = "sms", "短信", "text message"
    EMAIL = "email", "电子邮件", "e-mail"
    LETTER = "letter", "函件", "letter"
    MEETING = "meeting", "会议或当面", "in a meeting or in person"
    OTHER = "other", "其他", "another way"
