"""`gigacity push` as a carrier runs it, against a real process."""

import gzip
import http.server
import json
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest
from typer.testing import CliRunner

from cli.main import app
from cli.push.command import FilePush
from tests.cli.relay import losing
from tests.fixtures_served import PROJECT, Served

SAMPLE = PROJECT / "samples" / "liangjiang" / "2022-08" / "telecom.json"
HEADER = "metric,area,month,value\n"
UNTIDY = '指标,区域,月份,数值\nOLT PON端口总数,康美街道,2022年9月,"1,000"\nolt_pon_ports_10g,康美街道,2022-09,25%\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "counts.csv"


def push(served: Served, *arguments: str | Path, org: str = "telecom", **environment: str) -> tuple[int, str, str]:
    """Run the command; return its exit code, stdout and stderr."""
    done = CliRunner().invoke(app, ["push", *map(str, arguments)], env=served.environment(org) | environment)
    return done.exit_code, done.stdout, done.stderr


def pushed(served: Served, *arguments: str | Path, org: str = "telecom", **environment: str) -> dict[str, Any]:
    code, out, err = push(served, *arguments, "--json", org=org, **environment)
    assert code == 0, err + out
    answer: dict[str, Any] = json.loads(out)
    return answer


def test_a_file_is_stored_once_and_a_repeat_changes_nothing(served: Served) -> None:
    first = push(served, SAMPLE, "--month", "2022-08", "--language", "en")
    again = push(served, SAMPLE, "--month", "2022-08", "--language", "en")

    assert (first[0], again[0]) == (0, 0)
    assert first[1].splitlines()[:2] == ["received  created", "61        61     "]
    assert "stored, data version" in first[1]
    assert again[1].splitlines()[:2] == ["received  unchanged", "61        61       "]
    assert "same as the stored counts; nothing changed" in again[1]


def test_counts_that_were_overwritten_since_are_pushed_again(served: Served, tmp_path: Path) -> None:
    files = {value: tmp_path / f"{value}.csv" for value in (80, 90)}
    for value, path in files.items():
        path.write_text(f"{HEADER}mobile_subs_total,liangjiang,2022-07,{value}\n")

    answers = [pushed(served, files[value]) for value in (80, 90, 80)]

    assert [answer["changed"] for answer in answers] == [True, True, True]
    assert len({answer["idempotency_key"] for answer in answers}) == 3


def test_a_lost_response_is_requested_again_and_nothing_is_stored_twice(served: Served, file: Path) -> None:
    file.write_text(f"{HEADER}fbb_subs_500m,liangjiang,2022-07,81\n")
    with losing(served.address, b"POST /v1/observations", lose=2) as relay:
        code, out, err = push(served, file, "--language", "en", GIGACITY_SERVER=relay.address)

    assert (code, relay.lost) == (0, 2), err
    assert err.count("cannot be reached") == 2
    assert "created" in out
    assert "already pushed; this is the original import" in out


def test_a_refused_file_shows_row_column_value_and_reason(served: Served, file: Path) -> None:
    file.write_text(UNTIDY)
    code, out, _ = push(served, file, "--language", "en")
    _, chinese, _ = push(served, file, LC_ALL="", LANG="zh_CN.UTF-8")

    assert code == 1
    assert [word for word in ("3", "value", "percent", "25%", "must be a count, not a percentage") if word not in out] == []
    assert "refused; nothing was stored" in out
    assert "thousands separators removed (1,000 → 1000)" in out
    assert "应填数量，不填百分比" in chinese
    assert "校验未通过，未入库" in chinese


def test_valid_rows_alone_are_stored_and_the_exit_code_still_reports_the_others(served: Served, file: Path) -> None:
    file.write_text(f"{HEADER}fbb_subs_total,liangjiang,2022-06,5\nno_such,liangjiang,2022-06,5\n")
    code, out, _ = push(served, file, "--mode", "partial", "--language", "en")

    assert code == 1
    assert "valid rows were stored, the others rejected" in out


def test_a_dry_run_stores_nothing_and_shows_what_would_change(served: Served) -> None:
    sample = SAMPLE.with_name("unicom.xlsx")
    code, dry, err = push(served, sample, "--dry-run", "--language", "en", org="unicom")
    real = pushed(served, sample, org="unicom")

    assert code == 0, err
    assert "dry run: the push would succeed; nothing was stored" in dry
    assert [line for line in dry.splitlines() if line.startswith("fbb_500m_share") and "unicom" in line]
    assert real["report"]["counts"]["created"] > 0


def test_findings_are_shown_with_the_remedy(served: Served, tmp_path: Path) -> None:
    for month, value in (("2022-06", 100), ("2022-07", 300)):
        sheet = tmp_path / f"{month}.csv"
        sheet.write_text(f"metric,area,month,value\nmobile_subs_total,liangjiang,{month},{value}\n", encoding="utf-8")
        _, out, _ = push(served, sheet, "--language", "en")

    assert [line for line in out.splitlines() if line.startswith("warn") and "mobile_subs_total" in line]
    assert "explain each `warn` in a note or at /v1/findings" in out


def test_replacing_a_month_retracts_counts_that_are_not_in_the_file(served: Served, file: Path) -> None:
    for rows in (
        "fbb_subs_total,liangjiang,2022-05,5\nmobile_subs_total,liangjiang,2022-05,6\n",
        "fbb_subs_total,liangjiang,2022-05,5\n",
    ):
        file.write_text(HEADER + rows)
        answer = pushed(served, file, "--month", "2022-05", "--mode", "replace", "--reason", "重新盘点")

    assert (answer["report"]["counts"]["retracted"], answer["reason"]) == (1, "重新盘点")


def test_a_problem_with_the_parameters_is_shown_in_full(served: Served) -> None:
    code, out, _ = push(served, SAMPLE, "--reason", "x" * 501, "--language", "en")

    assert code == 1
    assert "query.reason" in out


@pytest.mark.parametrize("name", ["header.csv", "list.json", "blank.ndjson"])
def test_a_file_without_rows_is_no_success_unless_it_is_meant(served: Served, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text({"header.csv": HEADER, "list.json": '{"observations": []}', "blank.ndjson": "\n"}[name])

    code, out, _ = push(served, file, "--language", "en")
    dry_code, _, _ = push(served, file, "--dry-run")
    meant, stored, _ = push(served, file, "--allow-empty", "--language", "en")

    assert (code, dry_code, meant) == (1, 1, 0)
    assert "422 The push has no rows; nothing was stored" in out
    assert "same as the stored counts; nothing changed" in stored


def test_a_wrong_secret_is_refused_at_once(served: Served) -> None:
    code, _, err = push(served, SAMPLE, GIGACITY_CLIENT_SECRET="wrong")

    assert code == 1
    assert "no access token: 401 unknown client, wrong secret, or revoked client" in err


def test_the_secret_may_stand_in_a_file(served: Served, tmp_path: Path, file: Path) -> None:
    file.write_text(f"{HEADER}fbb_subs_1000m,liangjiang,2022-07,1\n")
    secret = tmp_path / "secret"
    secret.write_text(served.environment()["GIGACITY_CLIENT_SECRET"] + "\n")

    assert pushed(served, file, "--client-secret-file", secret, GIGACITY_CLIENT_SECRET="")["state"] == "applied"


@pytest.mark.parametrize(
    ("arguments", "environment", "reason"),
    [
        (["nowhere.csv"], {}, "does not exist"),
        ([PROJECT / "pyproject.toml"], {}, "must end in one of"),
        ([SAMPLE, "--mode", "sometimes"], {}, "sometimes"),
        ([SAMPLE], {"GIGACITY_CLIENT_SECRET": ""}, "GIGACITY_CLIENT_SECRET"),
        ([SAMPLE], {"GIGACITY_SERVER": "gigacity.example"}, "must be an address"),
        ([SAMPLE, "--language", "fr"], {}, "zh or en"),
        (
            [SAMPLE, "--dataset", "key_place"],
            {},
            "observations, registers/key_places, registers/place_tests, registers/compounds",
        ),
        ([SAMPLE, "--dataset", "key_place"], {}, "did you mean registers/key_places?"),
        ([SAMPLE, "--dataset", "registers/basestations"], {}, "did you mean registers/base_stations?"),
        ([SAMPLE, "--dataset", "observation"], {}, "did you mean observations?"),
        ([SAMPLE, "--dataset", "x"], {}, "registers/home_coverage, registers/base_stations"),
        ([SAMPLE, "--month", "2022-8"], {}, "2022-8 must be a month such as 2022-08"),
        ([SAMPLE, "--month", "2022-13"], {}, "must be a month"),
        ([SAMPLE, "--mode", "replace"], {}, "is required with --mode replace"),
        ([SAMPLE, "--key", "ключ"], {}, "visible ASCII characters"),
        ([SAMPLE, "--key", "k" * 256], {}, "1 to 255"),
        ([SAMPLE, "--key", ""], {}, "without spaces"),
        ([SAMPLE, "--modus", "atomic"], {}, "--mode"),
    ],
)
def test_wrong_usage_exits_with_two(
    served: Served, arguments: list[str | Path], environment: dict[str, str], reason: str
) -> None:
    code, _, err = push(served, *arguments, **environment, TERMINAL_WIDTH="400")

    assert code == 2
    assert reason in err


def test_an_unreachable_service_exits_with_three(served: Served) -> None:
    code, _, err = push(served, SAMPLE, "--patience", "1.5", GIGACITY_SERVER="http://127.0.0.1:9")

    assert code == 3
    assert err.count("http://127.0.0.1:9 cannot be reached") == 2
    assert "Repeat the command when the service is available" in err


class Scripted(http.server.BaseHTTPRequestHandler):
    """Responds to pushes by a script, and to token and list requests at once."""

    script: ClassVar[list[tuple[int, str, str | None]]]  # status, code, Retry-After
    keys: ClassVar[list[str | None]]
    bodies: ClassVar[list[tuple[str | None, bytes]]] = []  # with their encodings
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """List no imports."""
        self._answer(200, {"items": []}, None)

    def do_POST(self) -> None:
        """Send the next response of the script."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/oauth2/token":
            self._answer(200, {"access_token": "t"}, None)
            return
        self.keys.append(self.headers["Idempotency-Key"])
        self.bodies.append((self.headers["Content-Encoding"], body))
        status, code, wait = self.script.pop(0)
        counts = {"received": 1, "created": 1, "rejected": 0}
        report = {
            "counts": counts,
            "errors": [],
            "errors_total": 0,
            "normalisations": [],
            "effects": [],
            "findings": [],
            "findings_total": 0,
        }
        stored = {"id": "1", "changed": True, "dry_run": False, "data_version": 2, "report": report}
        self._answer(status, stored if status == 201 else {"code": code, "title": code, "detail": code, "status": status}, wait)

    def log_message(self, *_: object) -> None:
        """Log nothing."""

    def _answer(self, status: int, body: dict[str, Any], wait: str | None) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        if wait is not None:
            self.send_header("Retry-After", wait)
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def scripted(*responses: tuple[int, str, str | None]) -> Iterator[tuple[str, list[str | None]]]:
    """Serve the responses; yield the address and the keys of the requests."""
    keys: list[str | None] = []
    handler = type("Handler", (Scripted,), {"script": list(responses), "keys": keys})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", keys
        finally:
            server.shutdown()


def test_busy_responses_are_retried_after_their_pause_under_one_key(served: Served) -> None:
    answers = [(503, "overloaded", "0"), (409, "still_running", "0"), (503, "unknown_outcome", "0"), (401, "token_invalid", None)]
    with scripted(*answers, (201, "", None)) as (address, keys):
        code, out, err = push(served, SAMPLE, "--language", "en", GIGACITY_SERVER=address)

    assert code == 0, err
    assert "stored, data version 2" in out
    assert len(keys) == 5
    assert len(set(keys)) == 1
    assert [word for word in ("overloaded", "still_running", "unknown_outcome") if word not in err] == []


def large(path: Path) -> Path:
    """Write a file of some hundred kilobytes that does not compress much."""
    generator = random.Random(7)  # noqa: S311 - no secret
    streets = [f"500112{number:03}" for number in (7, 8, 9, 10, 14, 19, 21, 22)]
    rows = [
        f"{metric},{area},2022-{month:02},{generator.randrange(10**6)},{generator.randbytes(200).hex()}\n"
        for metric in ("olt_pon_ports_total", "bs_5g_total", "key_places_reached")
        for area in streets
        for month in range(1, 8)  # the sample, which is pushed too, is of August
    ]
    path.write_text("metric,area,month,value,note\n" + "".join(rows))
    return path


def test_a_large_file_is_compressed_on_the_way_and_tried_again_whole(served: Served, file: Path) -> None:
    Scripted.bodies.clear()
    with scripted((503, "overloaded", "0"), (201, "", None)) as (address, _):
        code, _, err = push(served, large(file), GIGACITY_SERVER=address)

    assert code == 0, err
    assert [encoding for encoding, _ in Scripted.bodies] == ["gzip", "gzip"]
    assert [gzip.decompress(body) for _, body in Scripted.bodies] == [file.read_bytes()] * 2


def test_a_file_that_would_look_like_a_decompression_bomb_is_sent_uncompressed(served: Served, file: Path) -> None:
    file.write_text(HEADER + "olt_pon_ports_total,500112007,2022-08,1\n" * 100_000)
    Scripted.bodies.clear()
    with scripted((201, "", None)) as (address, _):
        code, _, err = push(served, file, GIGACITY_SERVER=address)

    assert code == 0, err
    assert Scripted.bodies == [(None, file.read_bytes())]


def test_a_compressed_file_is_stored(served: Served, file: Path) -> None:
    stored = pushed(served, large(file))

    assert stored["report"]["counts"]["created"] == 168
    assert stored["body_bytes"] == file.stat().st_size


def test_retries_end(served: Served) -> None:
    with scripted(*[(503, "overloaded", "1")] * 9) as (address, keys):
        code, _, err = push(served, SAMPLE, "--patience", "2.5", GIGACITY_SERVER=address)

    assert code == 3
    assert "503 overloaded" in err
    assert 2 <= len(keys) <= 3


@pytest.mark.parametrize("answer", [(409, "month_closed", None), (401, "token_invalid", None), (413, "too_large", None)])
def test_a_final_refusal_is_not_repeated(served: Served, answer: tuple[int, str, str | None]) -> None:
    with scripted(*[answer] * 3) as (address, keys):
        code, out, _ = push(served, SAMPLE, GIGACITY_SERVER=address)

    assert code == 1
    assert answer[1] in out
    assert len(keys) == (2 if answer[0] == 401 else 1)


def test_a_key_depends_on_client_file_parameters_and_the_last_import(tmp_path: Path) -> None:
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_text("a")
    other.write_text("b")
    usual = FilePush(one, "observations", {"month": "2022-08"})

    assert usual.key("c", "import-1") == FilePush(one, "observations", {"month": "2022-08"}).key("c", "import-1")
    different = {
        usual.key("c", "import-1"),
        usual.key("c", "import-2"),
        usual.key("d", "import-1"),
        FilePush(other, "observations", {"month": "2022-08"}).key("c", "import-1"),
        FilePush(one, "observations", {"month": "2022-07"}).key("c", "import-1"),
        FilePush(one, "registers/key_places", {"month": "2022-08"}).key("c", "import-1"),
    }
    assert len(different) == 6


@pytest.mark.parametrize(
    ("typed", "hint"), [("pussh", "did you mean push?"), ("clients", "did you mean client?"), ("x", "valid:")]
)
def test_an_unknown_command_is_told_the_nearest(typed: str, hint: str) -> None:
    done = CliRunner().invoke(app, [typed], env={"TERMINAL_WIDTH": "200"})

    assert done.exit_code == 2
    assert f"No such command '{typed}'" in done.stderr
    assert hint in done.stderr
