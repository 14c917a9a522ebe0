"""Enumerations of monthly reports."""

from shared.vocabulary.term import Term


class ReportAction(Term):
    """Actions on an issued report."""

    ACKNOWLEDGE = "acknowledge", "签收", "acknowledge"


class RevisionKind(Term):
    """Change of a count that an earlier report was based on."""

    ADDED = "added", "补报", "reported later"
    CORRECTED = "corrected", "更正", "corrected"
    RETRACTED = "retracted", "撤回", "retracted"
