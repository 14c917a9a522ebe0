"""What the containers are told agrees with what the services are."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # it ships no types

from cli.applications import application
from cli.databases import Addresses
from cli.entry import DEFAULT, owners
from shared.clock import Clock
from shared.settings import SERVICES, Settings

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """docker-compose.yml."""
    document: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text(encoding="utf-8"))
    return document


def locations() -> dict[str, str]:
    """The entry port's prefixes, each with the service it goes to."""
    conf = (PROJECT / "deploy" / "entry.conf").read_text(encoding="utf-8")
    return dict(re.findall(r"^\s*location (\S+) \{ proxy_pass http://(\w+):8000; \}", conf, re.MULTILINE))


def test_the_entry_port_sends_each_prefix_where_the_apps_publish_it(settings: Settings) -> None:
    nowhere = Addresses("postgresql://", dict.fromkeys(SERVICES, "postgresql://"))
    apps = {service: application(service, nowhere.into(settings), Clock()) for service in SERVICES}

    assert locations() == {**owners(apps), "/": DEFAULT}


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


def test_no_secret_has_a_default(compose: dict[str, Any]) -> None:
    text = (PROJECT / "docker-compose.yml").read_text(encoding="utf-8")
    secrets = set(re.findall(r"\$\{(\w*PASSWORD[^}]*)\}", text))

    assert secrets == {f"GIGACITY_{name}_PASSWORD" for name in ("POSTGRES", "OWNER", *(service.upper() for service in SERVICES))}
    assert compose["services"]["postgres"]["environment"]["POSTGRES_PASSWORD"] == "${GIGACITY_POSTGRES_PASSWORD}"


def test_the_image_holds_what_the_product_needs_and_does_not_run_as_root() -> None:
    dockerfile = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
    copied = {line.removeprefix("!") for line in (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()}

    assert {"cli", "services", "shared", "migrations", "openapi", "campaigns", "requirements.lock", "pyproject.toml"} <= copied
    assert "USER gigacity" in dockerfile
    assert "--require-hashes" in dockerfile
