"""Rows with one thing wrong: the report names exactly that, and the good rows beside them are not stored either."""

import pytest

from tests.hostile.case import Case, refused
from tests.hostile.product import Product
from tests.hostile.rows import cases

CASES = list(cases())


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_row_with_one_fault_is_one_error_and_stores_nothing(product: Product, case: Case) -> None:
    refused(product, case)
