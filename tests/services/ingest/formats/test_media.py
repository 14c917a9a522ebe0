"""Accepted and refused `Content-Type` headers."""

import pytest

from services.ingest.formats.media import Media, media_of
from shared.problems import MediaType


@pytest.mark.parametrize(
    ("header", "media"),
    [
        ("application/json", Media.JSON),
        ('Application/JSON; charset="UTF-8"', Media.JSON),
        ("application/json; profile=x", Media.JSON),
        ("application/x-ndjson", Media.NDJSON),
        ("application/ndjson", Media.NDJSON),
        ("application/jsonl", Media.NDJSON),
        ("text/csv", Media.CSV),
        ("text/csv; header=present; charset=GBK", Media.CSV),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Media.XLSX),
    ],
)
def test_a_known_type_is_taken(header: str, media: Media) -> None:
    assert media_of(header) is media


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "text/plain",
        "application/xml",
        "application/json; charset=utf-16",
        "application/x-ndjson; charset=gbk",
        "text/csv; charset=utf-16",
        "application/vnd.ms-excel",
        "application/x-www-form-urlencoded",
    ],
)
def test_another_type_is_refused_with_the_ones_that_are_taken(header: str | None) -> None:
    with pytest.raises(MediaType) as refusal:
        media_of(header)

    assert refusal.value.status == 415
