"""The clock of the machine is set back by two hours while the product runs."""

import time
from pathlib import Path

from cli.postgres.embedded import Embedded
from tests.cli.commands import gigacity
from tests.cli.recovery.conftest import Made
from tests.cli.recovery.product import running_product

STALE_S = 1.5
WITH_A_CLOCK_THAT_STEPS = """
import pathlib
from datetime import timedelta
from shared.access import key_ring
from shared.clock import Clock
key_ring.REFRESH_S, key_ring.STALE_S, key_ring.TOKEN_CACHE_S = 0.5, {stale_s}, 0.5
real_now, hours = Clock.real_now, pathlib.Path({hours!r})
Clock.real_now = staticmethod(lambda: real_now() + timedelta(hours=float(hours.read_text())))
"""


def test_a_revoked_client_is_out_and_a_new_one_is_in_although_the_clock_went_back(home: Path, made: Made, tmp_path: Path) -> None:
    hours = tmp_path / "hours"
    hours.write_text("0")
    code = WITH_A_CLOCK_THAT_STEPS.format(hours=str(hours), stale_s=STALE_S)
    with running_product(home, tmp_path, made.clients, code=code) as product:
        assert product.get("/v1/imports").status_code == 200
        assert product.get("/v1/imports", "unicom").status_code == 200

        hours.write_text("-2")
        token = product.new_token().json()["access_token"]
        assert product.get("/v1/imports", token=token).status_code == 200
        created = gigacity("client", "create", "mobile", environment={"GIGACITY_HOME": str(home)}, folder=tmp_path)
        client_id, secret = (line.split()[1] for line in created.stdout.splitlines())
        grant = {"grant_type": "client_credentials"}
        issued = product.request("POST", "/oauth2/token", data=grant, auth=(client_id, secret))
        newcomer = product.get("/v1/imports", token=issued.json()["access_token"])
        with Embedded(home).connect("gigacity") as database:
            database.execute("UPDATE client SET revoked_at = now() WHERE client_id = %s", [made.clients["telecom"][0]])
        time.sleep(STALE_S)
        revoked = [product.get("/v1/imports", token=each).status_code for each in (token, product.token())]
        refused = product.new_token()

    assert newcomer.status_code == 200
    assert revoked == [401, 401]
    assert refused.status_code == 401
