"""A campaign with enough streets for 200 000 counts of one organisation and month, and bodies to push."""

from collections.abc import Iterator
from io import BytesIO
from struct import pack

from xlsxwriter import Workbook  # type: ignore[import-untyped]

from shared.campaign.blocks import Area
from shared.campaign.definition import Definition
from shared.values.bilingual import Bilingual

CAMPAIGN = "bench-2022"
SENDER_ORG = "telecom"
STREETS = 30_000
METRICS = (
    "homes_gigabit_covered",
    "olt_pon_ports_total",
    "olt_pon_ports_10g",
    "bs_5g_total",
    "bs_5g_built",
    "bs_5g_shared_in",
    "key_places_reached",
)

MONTHLY_VALUES = {
    "households_urban": 25_000,
    "population_resident": 60_000,
    "key_places_listed": 1_200,
    "homes_gigabit_covered": 20_000,
    "olt_pon_ports_total": 3_000,
    "olt_pon_ports_10g": 1_000,
    "bs_5g_built": 2_000,
    "bs_5g_shared_in": 1_000,
    "key_places_reached": 1_000,
    "fbb_subs_total": 40_000,
    "fbb_subs_500m": 12_000,
    "fbb_subs_1000m": 4_000,
    "mobile_subs_total": 100_000,
    "mobile_subs_5g": 40_000,
}
"""Plausible counts of one organisation, month and area: the stored counts before a push."""


def campaign(plan: Definition, streets: int) -> Definition:
    """Return the definition of a real campaign, including its rules, with generated streets."""
    root = plan.area(plan.campaign.area)
    generated = tuple(
        Area(code=code, title=name, short=name, parent=root.code)
        for code in (f"{number:09}" for number in range(1, streets + 1))
        for name in [Bilingual(zh=f"街道{code}", en=f"Street {code}")]
    )
    organisations = tuple(org for org in plan.organisations if org.area is None)
    names = {org.code for org in organisations}
    metrics = tuple(
        metric.model_copy(
            update={
                "owed_by": tuple(org for org in metric.owed_by if org in names),
                "reported_by": tuple(org for org in metric.reported_by if org in names),
            }
        )
        for metric in plan.metrics
    )
    campaign_block = plan.campaign.model_copy(update={"code": CAMPAIGN})
    calendar = plan.calendar.model_copy(update={"opens": "always", "first_month": None})
    return plan.model_copy(
        update={
            "campaign": campaign_block,
            "calendar": calendar,
            "areas": (root, *generated),
            "organisations": organisations,
            "metrics": metrics,
            "tasks": (),
            "targets": (),
        }
    )


def cells(count: int, months: list[str]) -> Iterator[tuple[str, str, str, int]]:
    """Yield `count` distinct counts (metric, area, month, value) that break no rule."""
    values = {"olt_pon_ports_total": 1_000, "bs_5g_total": 300, "bs_5g_built": 200, "bs_5g_shared_in": 100}
    number = 0
    for month in months:
        for metric in METRICS:
            for street in range(1, STREETS + 1):
                if number == count:
                    return
                number += 1
                yield metric, f"{street:09}", month, values.get(metric, street % 97)


def ndjson(count: int, months: list[str]) -> bytes:
    """Return counts as NDJSON."""
    line = '{"metric":"%s","area":"%s","month":"%s","value":%d}\n'
    return "".join(line % cell for cell in cells(count, months)).encode()


def csv(count: int, months: list[str]) -> bytes:
    """Return counts as CSV."""
    return "".join(["metric,area,month,value\n", *(f"{','.join(map(str, cell))}\n" for cell in cells(count, months))]).encode()


def xlsx(count: int, months: list[str]) -> bytes:
    """Return counts as a workbook."""
    file = BytesIO()
    with Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, cell in enumerate([("metric", "area", "month", "value"), *cells(count, months)]):
            sheet.write_row(row, 0, cell)
    return file.getvalue()


def binary_copy(count: int, months: list[str]) -> bytes:
    """Return counts as binary COPY data for the reference table."""

    def field(text: str) -> bytes:
        encoded = text.encode()
        return pack("!i", len(encoded)) + encoded

    first_fields = pack("!h", 6) + field(CAMPAIGN) + field(SENDER_ORG)
    rows = (
        first_fields + field(month) + field(metric) + field(area) + pack("!iq", 8, value)
        for metric, area, month, value in cells(count, months)
    )
    return b"PGCOPY\n\xff\r\n\0" + bytes(8) + b"".join(rows) + b"\xff\xff"


def objects(count: int, months: list[str]) -> list[dict[str, str | int]]:
    """Return counts as the tutorial's request body."""
    return [
        {"campaign": CAMPAIGN, "org": SENDER_ORG, "month": month, "metric": metric, "area": area, "value": value}
        for metric, area, month, value in cells(count, months)
    ]
