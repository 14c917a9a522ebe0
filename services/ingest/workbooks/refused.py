"""Giving up on a workbook."""

from typing import NoReturn


class Refused(Exception):  # noqa: N818 - it is what happens to the workbook
    """The workbook is not read; the argument says why, in a word."""


def refuse(why: str) -> NoReturn:
    """Give up."""
    raise Refused(why)
