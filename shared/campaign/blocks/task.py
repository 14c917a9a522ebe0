"""The blocks of tasks with their measures, of the supervision of tasks, of application cases, and of difficulties."""

from datetime import date
from typing import Annotated

from pydantic import Field, StrictInt

from shared.campaign.blocks.block import Block, Code
from shared.values.bilingual import Bilingual


class Measure(Block):
    """One clause of a task: what is to be done, and what shows that it was."""

    code: Annotated[str, Field(pattern=r"^[0-9]{1,2}\.[0-9]{1,2}$")]
    text: Bilingual
    evidence: Bilingual | None = None
    metrics: tuple[Code, ...] = ()


class Task(Block):
    """One of the plan's tasks."""

    number: Annotated[StrictInt, Field(ge=1, le=99)]
    action: Bilingual
    title: Bilingual
    content: Bilingual
    lead: tuple[Code, ...] = ()
    responsible: tuple[Code, ...]
    cooperating: tuple[Code, ...] = ()
    due: date | None = None  # None: continuous, never overdue
    indicators: tuple[Code, ...] = ()
    measures: Annotated[tuple[Measure, ...], Field(alias="measure")] = ()


class Supervision(Block):
    """The days by which the supervision of tasks goes."""

    starts: date | None = None  # the first progress report is awaited from this day on; None: from an assignment's first move on
    warning_days: Annotated[StrictInt, Field(ge=0, le=90)] = 7  # before a due date
    report_days: Annotated[StrictInt, Field(ge=1, le=366)] = 14  # whole days without a progress report that are too many


class CaseTechnology(Block):
    """A technology that application cases use."""

    code: Code
    title: Bilingual


class CaseDomain(Block):
    """A field in which application cases are wanted."""

    code: Code
    title: Bilingual


class DifficultyCategory(Block):
    """A subject of difficulties."""

    code: Code
    title: Bilingual
