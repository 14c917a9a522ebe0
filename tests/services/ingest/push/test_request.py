"""Equality of push requests, which must hold from one release to the next."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

from services.ingest.formats.media import Media
from services.ingest.push.request import PushRequest
from shared.access.key_ring import Principal
from shared.http.spool import Spool
from shared.vocabulary import PushMode, Role

PRINCIPAL = Principal(
    client_id="liangjiang-2022.telecom.1", campaign="liangjiang-2022", org="telecom", role=Role.CARRIER, audience=("ingest",)
)
PUSH = PushRequest(
    principal=PRINCIPAL,
    dataset="observations",
    media=Media.JSON,
    mode=PushMode.ATOMIC,
    dry_run=False,
    month=None,
    allow_empty=False,
    reason=None,
    body=Spool(BytesIO(), "ab" * 32, 1),
    import_id=UUID(int=8),
    key="k-1",
    request_id="",
)
OTHERS: dict[str, Any] = {
    "dataset": "registers/key_places",
    "media": Media.CSV,
    "mode": PushMode.PARTIAL,
    "month": date(2022, 8, 1),
    "allow_empty": True,
    "reason": "漏报",
    "body": Spool(BytesIO(), "cd" * 32, 1),
    "copy_from": date(2022, 8, 1),
    "undoes": UUID(int=7),
}


def test_whatever_changes_what_a_push_does_makes_it_another_request() -> None:
    prints = {PUSH.fingerprint, *(replace(PUSH, **{name: other}).fingerprint for name, other in OTHERS.items())}

    assert len(prints) == 1 + len(OTHERS)
    assert replace(PUSH, key="k-2", request_id="r", import_id=UUID(int=1)).fingerprint == PUSH.fingerprint


def test_keys_of_earlier_releases_are_still_known() -> None:
    """They never expire. A question that is new may enter only where it is asked, or every earlier key meets another request."""
    assert PUSH.fingerprint.hex() == "c3298d918e297bf6a06c7cf4749162803829ddfd8dae71792792c5db4705dc4f"
    assert replace(PUSH, **OTHERS).fingerprint.hex() == "457dcb088292b096594245d6838de2a1f7287edb83743085f58a089312be92e2"
