"""Files that pretend to be workbooks, or are built to hurt whoever opens them."""

import pytest

from tests.hostile.case import Case, refused
from tests.hostile.product import Product
from tests.hostile.workbooks import XLSX, cases, parts, zipped

CASES = list(cases())


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_file_that_is_no_workbook_is_refused_without_effect(product: Product, case: Case) -> None:
    document = refused(product, case)

    assert "root:" not in str(document)


def test_the_workbook_that_the_hostile_ones_are_made_of_is_taken(product: Product) -> None:
    taken = product.send(zipped(parts()), XLSX)

    assert (taken.status, taken.document["report"]["counts"]["received"]) == (201, 1)
