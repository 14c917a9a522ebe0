"""The words of monthly reports."""

from shared.vocabulary.term import Term


class ReportAction(Term):
    """What can be done with an issued report."""

    ACKNOWLEDGE = "acknowledge", "签收", "acknowledge"


class RevisionKind(Term):
    """What became of a count that an earlier report rested on."""

    ADDED = "added", "补报", "reported later"
    CORRECTED = "corrected", "更正", "corrected"
    RETRACTED = "retracted", "撤销", "retracted"
