"""Giving up on a workbook."""

from typing import NoReturn


class UnreadableWorkbookError(Exception):
    """The workbook is not read; the argument says why, in a word."""


def refuse(why: str) -> NoReturn:
    """Give up."""
    raise UnreadableWorkbookError(why)
