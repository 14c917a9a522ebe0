"""JSON documents that are none, or too much of one, at every operation that takes JSON."""

import pytest

from tests.hostile.case import Case, refused
from tests.hostile.documents import cases
from tests.hostile.product import Product

CASES = list(cases())


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_document_that_is_not_strict_json_is_refused_without_effect(product: Product, case: Case) -> None:
    refused(product, case)
