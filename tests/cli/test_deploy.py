"""The container configuration agrees with the services."""

import json
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml  # type: ignore[import-untyped]  # it ships no types
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from cli.postgres.database_urls import DatabaseUrls
from cli.server.applications import create_application
from cli.server.service_router import DEFAULT_SERVICE, path_owners
from cli.server.serving import listen, serving
from openapi.problem_responses import DOCUMENTS
from shared.clock import Clock
from shared.problems import NotFound, Problem, Timeout
from shared.settings import SERVICES, Settings
from tests.cli.waiting import wait_until

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """docker-compose.yml."""
    document: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text(encoding="utf-8"))
    return document


def locations() -> dict[str, str]:
    """Return the service of each path prefix of the entry."""
    conf = (PROJECT / "deploy" / "entry.conf").read_text(encoding="utf-8")
    return dict(re.findall(r"^\s*location (\S+) \{ proxy_pass http://(\w+):8000; \}", conf, re.MULTILINE))


@contextmanager
def entry(folder: Path, upstream: str, proxies: str = "") -> Iterator[httpx.Client]:
    """Run the entry's configuration in a real nginx, with all services at one address; `proxies` are trusted."""
    trusted = folder / "trusted-proxies.conf"
    trusted.write_text((PROJECT / "deploy" / "trusted-proxies.conf").read_text(encoding="utf-8") + proxies, encoding="utf-8")
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    conf = (PROJECT / "deploy" / "entry.conf").read_text(encoding="utf-8")
    conf = re.sub(r"http://\w+:8000", f"http://{upstream}", conf).replace("listen 8080", f"listen 127.0.0.1:{port}")
    conf = conf.replace("/etc/nginx/trusted-proxies.conf", str(trusted))
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    main = folder / "nginx.conf"
    main.write_text(
        f"daemon off; {'user root;' if os.geteuid() == 0 else ''} pid {folder}/pid; events {{}}\n"
        f"http {{ access_log off; {temporary}\n{conf} }}",
        encoding="utf-8",
    )
    with subprocess.Popen([str(shutil.which("nginx")), "-e", f"{folder}/error.log", "-c", main]) as nginx:
        try:
            address = f"http://127.0.0.1:{port}"
            with httpx.Client(base_url=address, trust_env=False) as client:
                wait_until(lambda: answers(client), "nginx")
                yield client
        finally:
            nginx.terminate()


def answers(client: httpx.Client) -> bool:
    try:
        client.get("/metrics")
    except httpx.TransportError:
        return False
    return True


def test_the_entry_port_sends_each_prefix_where_the_apps_publish_it(settings: Settings) -> None:
    nowhere = DatabaseUrls("postgresql://", dict.fromkeys(SERVICES, "postgresql://"))
    apps = {service: create_application(service, nowhere.fill(settings), Clock()) for service in SERVICES}

    assert locations() == {**path_owners(apps), "/": DEFAULT_SERVICE}


def test_the_entry_port_keeps_metrics_inside() -> None:
    conf = (PROJECT / "deploy" / "entry.conf").read_text(encoding="utf-8")

    assert re.search(r"^\s*location = /metrics \{ return 404; \}", conf, re.MULTILINE)


def test_each_service_waits_for_the_migration_and_is_given_its_own_address_alone(compose: dict[str, Any]) -> None:
    for service in SERVICES:
        container = compose["services"][service]
        assert container["command"][:2] == ["serve", service]
        assert container["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
        assert [name for name in container["environment"] if "DATABASE_URL" in name] == [
            f"GIGACITY_{service.upper()}_DATABASE_URL"
        ]


def test_every_setting_that_a_container_is_given_exists(compose: dict[str, Any]) -> None:
    known = {f"GIGACITY_{name.upper()}" for name in Settings.model_fields}
    given = {name for container in (*SERVICES, "migrate") for name in compose["services"][container]["environment"]}

    assert given <= known


def test_no_secret_has_a_default_and_nothing_starts_without() -> None:
    text = (PROJECT / "docker-compose.yml").read_text(encoding="utf-8")
    secrets = set(re.findall(r"\$\{(\w*PASSWORD[^}]*)\}", text))

    said = ":?is not set, see the top of docker-compose.yml"  # compose refuses the file with it
    names = ("POSTGRES", "OWNER", *(service.upper() for service in SERVICES))
    assert secrets == {f"GIGACITY_{name}_PASSWORD{said}" for name in names}


def test_only_the_entry_is_reached_from_outside_and_it_does_not_reach_the_database(compose: dict[str, Any]) -> None:
    services = compose["services"]

    assert {name for name, one in services.items() if "ports" in one} == {"entry"}
    assert services["entry"]["ports"] == ["${GIGACITY_LISTEN:-127.0.0.1}:${GIGACITY_PORT:-8000}:8080"]
    assert {name: set(one["networks"]) for name, one in services.items()} == {
        "postgres": {"back"},
        "migrate": {"back"},
        **{service: {"front", "back"} for service in SERVICES},
        "entry": {"front"},
    }
    assert compose["networks"]["back"] == {"internal": True}


def test_a_container_that_may_not_write_has_a_place_for_what_it_must(compose: dict[str, Any]) -> None:
    services = compose["services"]
    volumes = {name: [volume.split(":")[1] for volume in services[name].get("volumes", [])] for name in ("migrate", *SERVICES)}

    assert {name for name, one in services.items() if one.get("read_only")} == {"migrate", *SERVICES, "entry"}
    assert volumes["identity"] == ["/var/lib/gigacity"]
    assert volumes["migrate"] == ["/var/lib/gigacity", "/var/lib/attachments"]
    assert volumes["ingest"] == [services["ingest"]["environment"]["GIGACITY_SPOOL_DIR"]]
    assert volumes["cases"] == [services["cases"]["environment"]["GIGACITY_SPOOL_DIR"], "/var/lib/attachments"]
    for name in ("cases", "migrate"):
        assert services[name]["environment"]["GIGACITY_ATTACHMENTS_URL"] == "file:///var/lib/attachments"
    assert services["entry"]["tmpfs"] == ["/var/cache/nginx", "/var/run"]


ENTRY_TIMEOUT = {"limit_seconds": 30, "limit_bytes_per_second": None}


def test_what_the_entry_refuses_is_told_as_the_services_tell_it() -> None:
    conf = (PROJECT / "deploy" / "entry.conf").read_text(encoding="utf-8")
    told = re.findall(r"location = (/entry/\S+) \{ internal; return (\d+) '(.+)'; \}", conf)
    words = {name: (zh, en) for name, zh, en in re.findall(r'map \$entry_language \$(\w+) \{ zh "(.+)"; en "(.+)"; \}', conf)}

    assert {path for path, _, _ in told} == set(re.findall(r"(/entry/[a-z-]+);", conf))
    for path, status, body in told:
        problem = next(one for one in (*Problem.__subclasses__(),) if one.type() == f"/problems/{path.removeprefix('/entry/')}")
        assert json.loads(body) == {
            "type": problem.type(),
            "title": f"${problem.code()}",
            "status": problem.status,
            "detail": f"${problem.code()}",
            "instance": "/requests/$request_id",
            "code": problem.code(),
            "errors": [],
        } | (ENTRY_TIMEOUT if problem is Timeout else {})
        assert set(json.loads(body)) == set(DOCUMENTS[problem.code()].model_fields)
        assert int(status) == problem.status
        assert words.pop(problem.code()) == (problem.title_zh, problem.title_en())
    assert words == {}


@pytest.mark.skipif(shutil.which("nginx") is None, reason="there is no nginx here")
def test_nginx_reads_the_entrys_configuration_and_hands_early_refusals_on(
    bare_urls: DatabaseUrls, settings: Settings, tmp_path: Path
) -> None:
    ingest = create_application("ingest", bare_urls.fill(settings), Clock())
    with (
        listen("127.0.0.1", 0) as listener,
        serving(ingest, listener, settings),
        entry(tmp_path, f"127.0.0.1:{listener.getsockname()[1]}") as client,
    ):
        # nginx ends the connection of a body that it did not read to its end, and does not say so beforehand
        body, headers = b"0" * (1 << 20), {"Content-Type": "text/csv", "Connection": "close"}
        early = [client.post("/v1/observations", content=body, headers=headers) for _ in range(20)]
        refused = {
            "long": client.get("/v1/me", headers={"X-Long": "x" * 40_000}),
            "metrics": client.get("/metrics", headers={"Accept-Language": "en"}),
            "traced": client.request("TRACE", "/v1/me"),
        }
    with entry(tmp_path, "127.0.0.1:1") as client:
        refused["down"] = client.get("/v1/summary")

    assert [(one.status_code, one.json()["code"]) for one in early] == [(401, "token_invalid")] * 20
    assert {name: (one.status_code, one.json()["code"]) for name, one in refused.items()} == {
        "long": (400, "malformed"),
        "metrics": (404, "not_found"),
        "traced": (405, "method_not_allowed"),
        "down": (503, "overloaded"),
    }
    assert {one.headers["Content-Type"] for one in refused.values()} == {"application/problem+json"}
    assert refused["metrics"].json()["title"] == NotFound.title_en()
    assert refused["metrics"].json()["instance"] == f"/requests/{refused['metrics'].headers['X-Request-Id']}"
    assert [name for name, one in refused.items() if "Retry-After" in one.headers] == ["down"]


@pytest.mark.skipif(shutil.which("nginx") is None, reason="there is no nginx here")
@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        ("", "203.0.113.7", "127.0.0.1"),
        ("set_real_ip_from 127.0.0.1;", "203.0.113.7", "203.0.113.7"),
        ("set_real_ip_from 127.0.0.1;", "198.51.100.1, 203.0.113.7", "203.0.113.7"),  # the first one is the client's own claim
        ("set_real_ip_from 127.0.0.1; set_real_ip_from 10.0.0.0/8;", "203.0.113.7, 10.1.2.3", "203.0.113.7"),
        ("set_real_ip_from 127.0.0.1;", "2001:db8::7", "2001:db8::7"),
        ("set_real_ip_from 127.0.0.1;", "nonsense", "127.0.0.1"),
        ("set_real_ip_from 192.0.2.1;", "203.0.113.7", "127.0.0.1"),
    ],
)
def test_the_entry_takes_a_clients_address_from_the_proxies_it_is_told_to_trust(
    tmp_path: Path, proxies: str, forwarded: str, address: str
) -> None:
    async def addresses(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
        else:
            await Response(scope["client"][0])(scope, receive, send)

    with (
        listen("127.0.0.1", 0) as listener,
        serving(addresses, listener, Settings(trusted_proxies="*")),
        entry(tmp_path, f"127.0.0.1:{listener.getsockname()[1]}", proxies) as client,
    ):
        assert client.get("/v1/me", headers={"X-Forwarded-For": forwarded}).text == address


def test_the_image_holds_what_the_product_needs_and_does_not_run_as_root() -> None:
    dockerfile = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
    copied = {line.removeprefix("!") for line in (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()}

    assert {"cli", "services", "shared", "migrations", "openapi", "campaigns", "requirements.lock", "pyproject.toml"} <= copied
    assert "USER gigacity" in dockerfile
    assert "--require-hashes" in dockerfile
