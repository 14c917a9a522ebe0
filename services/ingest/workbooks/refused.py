"""Refusal of a workbook."""

from typing import NoReturn


class UnreadableWorkbookError(Exception):
    """The workbook cannot be read; the argument is the reason, in one word."""


def refuse(reason: str) -> NoReturn:
    """Raise UnreadableWorkbookError."""
    raise UnreadableWorkbookError(reason)
