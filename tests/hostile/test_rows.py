"""Rows with one thing wrong: the report names exactly that, and the good rows beside them are not stored either."""

import pytest

from tests.hostile.case import Case, refused
from tests.hostile.product import PUSH, Product
from tests.hostile.rows import cases
from tests.services.ingest.formats.pushed import as_xlsx

CASES = list(cases())
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ONE_STREET = ("礼嘉街道", "\ufa18嘉街道", " 礼嘉街道　", "500112019")
"""Its name, in its variant form and between blanks, and its code."""


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_row_with_one_fault_is_one_error_and_stores_nothing(product: Product, case: Case) -> None:
    refused(product, case)


@pytest.mark.parametrize(("number", "media"), [(1, "text/csv"), (2, XLSX)], ids=["csv", "xlsx"])
def test_a_street_in_many_spellings_of_a_table_is_one_record(product: Product, number: int, media: str) -> None:
    product.ran["C"] += 1
    rows = [("households_urban", street, f"2021-0{number}", 7) for street in ONE_STREET]
    lines = ["metric,area,month,value", *(",".join(map(str, row)) for row in rows)]

    answer = product.send(as_xlsx(rows) if media == XLSX else "\n".join(lines).encode(), media, org="economy")

    assert answer.status == 201, answer.body
    counts = answer.document["report"]["counts"]
    assert {name: count for name, count in counts.items() if count} == {"received": 4, "created": 1, "merged": 3}
    (stored,) = product.get(f"{PUSH}?month=2021-0{number}&org=economy").document["items"]
    assert (stored["area"], stored["value"]) == ("500112019", 7)
    product.still_fast()
