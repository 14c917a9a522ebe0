"""The process that all cases are sent to."""

from collections.abc import Iterator

import pytest

from shared.settings import Settings
from tests.fixtures_campaign import Campaigns
from tests.fixtures_postgres import Server
from tests.hostile.product import GROWTH_BYTES, SOME, Product
from tests.hostile.product import product as running_product
from tests.hostile.tally import FIGURES, RAN


@pytest.fixture(scope="session")
def product(
    server: Server,
    campaigns: Campaigns,
    session_settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
    pytestconfig: pytest.Config,
) -> Iterator[Product]:
    """One process for every case; it must be as well after them as it was before."""
    with running_product(server, campaigns, session_settings, tmp_path_factory.mktemp("hostile")) as product:
        pytestconfig.stash[RAN], pytestconfig.stash[FIGURES] = product.ran, product.figures
        product.usual.extend([product.good() for _ in range(2 * SOME)][SOME:])  # not while it warms up
        product.warm_up()
        at_rest = product.resident_bytes()
        yield product
        grown = product.resident_bytes() - at_rest
        assert product.aftermath() == []
        assert grown <= GROWTH_BYTES, f"the process has grown by {grown >> 20} MB"
