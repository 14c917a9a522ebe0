"""The virus scanner."""

import tempfile
from io import BytesIO
from pathlib import Path

import pytest

from services.cases.attachments import scanner
from services.cases.attachments.scanner import Scanner
from shared.problems import Infected, Overloaded
from shared.settings import Settings
from shared.vocabulary import ScanResult
from tests.services.cases.attachments.fake_clamd import fake_clamd

LONG = bytes(range(256)) * 1_000


async def test_the_whole_file_is_scanned_over_a_port_and_over_a_socket() -> None:
    with tempfile.TemporaryDirectory() as folder:  # a short path, as sockets need it
        for socket in (None, Path(folder) / "clamd.ctl"):
            async with fake_clamd(socket) as clamd:
                file = BytesIO(LONG)
                file.seek(7)

                assert await Scanner(clamd.address).scan(file) is ScanResult.CLEAN
                assert clamd.received == [LONG]


async def test_a_file_in_which_something_is_found_is_refused_with_its_name() -> None:
    async with fake_clamd() as clamd:
        with pytest.raises(Infected, match=r"found Test\.Signature"):
            await Scanner(clamd.address).scan(BytesIO(LONG + b"VIRUS"))


async def test_a_scanner_that_gives_no_result_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner, "SCAN_TIMEOUT_S", 0.5)
    async with fake_clamd() as clamd:
        for reply in (b"", b"stream: Can't allocate memory ERROR\0", b"UNKNOWN COMMAND\0", b"no end", b"x" * 9_000 + b"\0"):
            clamd.reply = reply
            with pytest.raises(Overloaded, match="scanner is not available"):
                await Scanner(clamd.address).scan(BytesIO(b"abc"))
        clamd.reply, clamd.max_bytes = None, 1_000
        with pytest.raises(Overloaded):
            await Scanner(clamd.address).scan(BytesIO(LONG * 20))
        clamd.max_bytes, clamd.delay_s = 1 << 30, 2
        with pytest.raises(Overloaded):
            await Scanner(clamd.address).scan(BytesIO(b"abc"))
        address = clamd.address
    for gone in (address, "unix:///nowhere/clamd.ctl"):
        with pytest.raises(Overloaded):
            await Scanner(gone).scan(BytesIO(b"abc"))


async def test_without_a_scanner_a_file_is_unscanned() -> None:
    assert await Scanner(None).scan(BytesIO(b"VIRUS")) is ScanResult.UNSCANNED


@pytest.mark.parametrize("address", ["localhost:3310", "tcp://host", "unix://clamd", "http://host:3310"])
def test_an_address_of_another_form_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="scanner_url"):
        Settings(scanner_url=address)
