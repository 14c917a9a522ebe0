"""The services with the sample counts of Liangjiang on 12 September 2022, when every organisation but one has reported August."""

from collections.abc import Iterator
from datetime import datetime

import httpx
import pytest

from cli.server.applications import all_services
from cli.server.serving import base_url, listen, serving
from shared.clock import Clock
from shared.settings import Settings
from shared.values import media_types
from tests.fixtures_api import bearer_for
from tests.fixtures_campaign import Campaigns
from tests.fixtures_campaign_api import SAMPLES
from tests.fixtures_postgres import Server
from tests.push_paths import path_for

PUSHED_ON = {"2022-05": "2022-07-08", "2022-06": "2022-07-08", "2022-07": "2022-08-04", "2022-08": "2022-09-04"}
NOW = "2022-09-12T10:00+08:00"
LATE = ("2022-08", "unicom")


@pytest.fixture(scope="module")
def sampled_address(server: Server, campaigns: Campaigns, session_settings: Settings) -> Iterator[str]:
    """The address of the services."""
    clock, bearer = Clock(datetime.fromisoformat(NOW)), bearer_for(campaigns, session_settings)
    with server.database(campaigns.template) as urls, listen("127.0.0.1", 0) as listener:
        settings, address = urls.fill(session_settings), base_url(listener)
        with serving(all_services(settings, clock), listener, settings), httpx.Client(base_url=address, trust_env=False) as api:
            for month, day in PUSHED_ON.items():
                clock.fixed = datetime.fromisoformat(f"{day}T09:00+08:00")
                for file in sorted((SAMPLES / "liangjiang" / month).iterdir()):
                    if (month, file.stem) != LATE:
                        headers = bearer(file.stem) | {"Content-Type": media_types.BY_SUFFIX[file.suffix]}
                        path = path_for("/v1/observations", headers["Content-Type"])
                        pushed = api.post(path, content=file.read_bytes(), headers=headers)
                        assert pushed.status_code == 201, pushed.text
            clock.fixed = datetime.fromisoformat(NOW)
            yield address
