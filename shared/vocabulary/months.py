"""The words of an organisation's month: what it owes, how it is signed off and how it is reminded."""

from shared.vocabulary.term import Term


class ObligationState(Term):
    """Whether an owed count was reported."""

    REPORTED = "reported", "已填报", "reported"
    ZERO = "zero", "已填报为零", "reported as zero"
    MISSING = "missing", "未填报", "missing"


class SubmissionState(Term):
    """The monthly sign-off of one organisation."""

    OPEN = "open", "填报中", "open"
    SUBMITTED = "submitted", "已报送", "submitted"
    RETURNED = "returned", "已退回", "returned"
    ACCEPTED = "accepted", "已接收", "accepted"


class SubmissionMove(Term):
    """What can be done with an organisation's month."""

    SUBMIT = "submit", "报送", "submit"
    RETURN = "return", "退回", "return"
    ACCEPT = "accept", "接收", "accept"
    REOPEN = "reopen", "重新打开", "reopen"


class ReopeningState(Term):
    """Where a request for reopening a month stands."""

    OPEN = "open", "待处理", "open"
    GRANTED = "granted", "已同意", "granted: the month was opened again"
    DECLINED = "declined", "已驳回", "declined"


class ReopeningMove(Term):
    """What can be done with a request for reopening; it is granted by reopening the month."""

    DECLINE = "decline", "驳回", "decline"


class ReminderChannel(Term):
    """How somebody was reminded."""

    WECHAT = "wechat", "微信", "WeChat"
    PHONE = "phone", "电话", "telephone"
    SMS = "sms", "短信", "text message"
    EMAIL = "email", "电子邮件", "e-mail"
    LETTER = "letter", "函件", "letter"
    MEETING = "meeting", "会议或当面", "in a meeting or in person"
    OTHER = "other", "其他", "another way"
