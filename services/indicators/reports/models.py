"""What the endpoints of the monthly reports take and answer."""

from datetime import date, datetime
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from services.indicators.models import MonthText
from shared.http.json_response import ResponseModel
from shared.values.bilingual import Bilingual
from shared.values.fields import Body, Paragraph
from shared.values.months import MonthParameter
from shared.vocabulary import ReportAction, Status


class NewReport(Body):
    """What the task force adds to the figures of a month."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "month": "2022-08",
                    "problems": "10G-PON端口占比距目标尚差16个端口；每万人拥有5G基站数尚差1个基站。",
                    "next_steps": "督促电信、移动、联通于9月15日前完成翠云街道OLT设备替换。\n协调康美街道1处基站选址。",
                }
            ]
        }
    )

    month: MonthParameter
    problems: Paragraph = Field(description="The problems there are; each line becomes a paragraph.")
    next_steps: Paragraph = Field(description="What is to be done next; each line becomes a paragraph.")


class ReportDraft(Body):
    """A report that is not issued yet: what is to be written may still be missing."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"month": "2022-08"}, {"month": "2022-08", "problems": "10G-PON端口占比尚差16个端口。"}]}
    )

    month: MonthParameter
    problems: Paragraph | None = Field(default=None, description="Left out: a place to write them in.")
    next_steps: Paragraph | None = Field(default=None, description="Left out: a place to write them in.")


class NewAcknowledgement(Body):
    """What whoever receives a report may say to it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "已阅。请专班督促尚未达标的两项指标。"}]})

    note: Annotated[Paragraph, StringConstraints(max_length=1_000)] | None = None


class ReportFigure(ResponseModel):
    """A campaign-wide line of an issued report, as every reader of the campaign may see it."""

    indicator: str
    title: Bilingual
    unit: Bilingual
    display: str | None
    status: Status
    target: float | None
    due: date | None


class ReportFileEntry(ResponseModel):
    """A report in one format: the bytes never change."""

    ending: str = Field(examples=["docx"])
    path: str
    media_type: str
    bytes: int
    sha256: str


class ReportAcknowledgement(ResponseModel):
    """Who received a report."""

    org: str
    note: str | None
    at: datetime


class ReportDocument(ResponseModel):
    """An issued report, without its content: that is in its files."""

    number: int
    month: MonthText
    data_version: int = Field(description="Ask anything `as_of` this version: what the report rests on.")
    definition_version: int
    issued_at: datetime
    issued_by: str = Field(description="The organisation that issued it.")
    supersedes: int | None = Field(description="The report of the same month before it.")
    superseded_by: int | None = Field(description="The next report of the same month.")
    figures: list[ReportFigure]
    files: list[ReportFileEntry] = Field(description="Empty for carriers and street offices.")
    acknowledgements: list[ReportAcknowledgement] = Field(description="Empty for carriers and street offices.")
    actions: list[ReportAction] = Field(description="What you may do with it now.")
