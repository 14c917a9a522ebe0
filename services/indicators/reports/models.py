"""Request and response models of monthly reports."""

from datetime import date

from pydantic import ConfigDict, Field

from services.indicators.models import MonthText
from shared.http.json_response import ResponseModel
from shared.values.bilingual import Bilingual
from shared.values.fields import ReasonText, RequestBody, TextParagraph
from shared.values.months import MonthParameter
from shared.values.timestamps import Timestamp
from shared.vocabulary import ReportAction, Status


class NewReport(RequestBody):
    """A report to issue: the month, and the task force's own texts."""

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
    problems: TextParagraph = Field(description="Current problems; each line becomes a paragraph.")
    next_steps: TextParagraph = Field(description="Next steps; each line becomes a paragraph.")


class NewReportPreview(RequestBody):
    """A report to preview; the task force's own texts are optional."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"month": "2022-08"}, {"month": "2022-08", "problems": "10G-PON端口占比尚差16个端口。"}]}
    )

    month: MonthParameter
    problems: TextParagraph | None = Field(default=None, description="Current problems. Defaults to a placeholder.")
    next_steps: TextParagraph | None = Field(default=None, description="Next steps. Defaults to a placeholder.")


class NewAcknowledgement(RequestBody):
    """An acknowledgement of a report, with an optional note."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "已阅。请专班督促尚未达标的两项指标。"}]})

    note: ReasonText | None = None


class ReportFigure(ResponseModel):
    """The displayed value of an indicator for the whole campaign, which every role may see."""

    indicator: str
    title: Bilingual
    unit: Bilingual
    display: str | None
    status: Status
    target: float | None
    due: date | None


class ReportFileEntry(ResponseModel):
    """A report in one format; the bytes never change."""

    ending: str = Field(description="File extension.", examples=["docx"])
    path: str
    media_type: str
    bytes: int
    sha256: str


class Acknowledgement(ResponseModel):
    """An organisation's acknowledgement of a report."""

    org: str
    note: str | None
    at: Timestamp


class IssuedReport(ResponseModel):
    """An issued report without its content, which is in its files."""

    number: int
    month: MonthText
    data_version: int = Field(description="Data version of the report. Use it as `as_of` to reproduce the figures.")
    definition_version: int
    issued_at: Timestamp
    issued_by: str = Field(description="Organisation that issued the report.")
    supersedes: int | None = Field(description="Number of the previous report of the same month; null if there is none.")
    superseded_by: int | None = Field(description="Number of the next report of the same month; null if there is none.")
    figures: list[ReportFigure]
    files: list[ReportFileEntry] = Field(description="Empty for carriers and subdistrict offices.")
    acknowledgements: list[Acknowledgement] = Field(description="Empty for carriers and subdistrict offices.")
    actions: list[ReportAction] = Field(description="Available actions.")
