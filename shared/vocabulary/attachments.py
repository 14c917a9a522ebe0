"""Enumerations of attachments."""

from shared.vocabulary.term import Term


class ScanResult(Term):
    """Result of the virus scan of an attachment."""

    CLEAN = "clean", "未发现病毒", "nothing found"
    UNSCANNED = "unscanned", "未扫描", "not scanned"
