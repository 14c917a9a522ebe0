"""Settings from the environment (`GIGACITY_…`), created where a process starts and never a global."""

import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

SERVICES = ("identity", "ingest", "indicators", "cases")

_PART = r"(?:[^\s:/?#\[\]@%]|%[0-9A-Fa-f]{2})*"
_STORE = r"^(file:///[^?#]+|s3://[^/?#@]+(/[^?#]*)?)$"
_SCANNER = r"^(tcp://[^/?#@]+:[0-9]{1,5}|unix:///[^?#]+)$"
_ADDRESS = rf"postgresql://(?:{_PART}(?::{_PART})?@)?(?:[^\s/?#@]*)/{_PART}(?:\?[^\s#]*)?"


class Settings(BaseSettings):
    """Settings of one process. Names end with their units."""

    model_config = SettingsConfigDict(env_prefix="GIGACITY_", frozen=True, extra="forbid")

    mode: Literal["production", "demo", "test"] = "production"
    now: datetime | None = None  # the business clock, in the modes demo and test only
    home: Path = Path(".gigacity")  # the embedded server's data, generated passwords and keys

    database_url: SecretStr | None = None  # of the owner, for migrations; None: the embedded server
    identity_database_url: SecretStr | None = None
    ingest_database_url: SecretStr | None = None
    indicators_database_url: SecretStr | None = None
    cases_database_url: SecretStr | None = None
    role_prefix: str = Field(default="gigacity", pattern=r"^[a-z][a-z0-9_]{0,40}$")  # of the service roles' names
    pool_size: int = Field(default=8, gt=0)  # maximum of database connections of a service

    token_issuer: str = "http://localhost:8000"
    token_lifetime_s: int = Field(default=600, gt=0, le=600)
    key_encryption_key_file: Path | None = None  # None: `home`/key_encryption_key

    trusted_proxies: str | None = None  # comma-separated addresses whose X-Forwarded-For is trusted
    cors_origins: Annotated[list[str], NoDecode] = []  # comma-separated in the environment
    log_format: Literal["json", "console"] = "json"

    head_patience_s: float = Field(default=10, gt=0)  # timeout for the headers of a request
    body_patience_s: float = Field(default=30, gt=0)  # timeout for a body, plus 1 s per `body_least_bytes_per_s`
    body_least_bytes_per_s: int = Field(default=8_192, gt=0)
    json_max_bytes: int = Field(default=8 << 20, gt=0)
    bulk_max_bytes: int = Field(default=1 << 30, gt=0)  # NDJSON and CSV
    bulk_max_rows: int = Field(default=1_000_000, gt=0)
    xlsx_max_bytes: int = Field(default=10 << 20, gt=0)
    xlsx_max_inflated_bytes: int = Field(default=64 << 20, gt=0)
    client_requests_max: int = Field(default=64, gt=0)  # in progress at once, in each process of a service
    org_requests_max: int = Field(default=128, gt=0)
    requests_max: int = Field(default=256, gt=0)  # of all organisations
    client_pushes_max: int = Field(default=3, gt=0)  # carried out at once; further ones wait
    org_pushes_max: int = Field(default=5, gt=0)
    keep_inputs_days: int = Field(default=90, ge=0)  # for bodies of pushes with errors; 0: they are not kept
    keep_inputs_max_bytes: int = Field(default=64 << 20, gt=0)  # larger ones are not kept
    spool_dir: Path | None = None  # None: the system's folder for temporary files

    attachments_url: str | None = Field(default=None, pattern=_STORE)  # None: `home`/attachments
    attachment_max_bytes: int = Field(default=50 << 20, gt=0)
    attachments_max: int = Field(default=20, gt=0)  # of one item
    scanner_url: str | None = Field(default=None, pattern=_SCANNER)  # of clamd; None: attachments are not scanned

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("database_url", *(f"{service}_database_url" for service in SERVICES))
    @classmethod
    def _address(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(_ADDRESS, value.get_secret_value()):
            message = (
                "must be postgresql://ROLE:PASSWORD@HOST:PORT/DATABASE;"
                " in a password write %3A for : %2F for / %3F for ? %23 for # %40 for @ and %25 for %"
            )
            raise ValueError(message)
        return value

    @model_validator(mode="after")
    def _refuse_fixed_time_in_production(self) -> Self:
        if self.now is not None and self.mode == "production":
            message = "GIGACITY_NOW is allowed in the modes demo and test only"
            raise ValueError(message)
        if self.now is not None and self.now.tzinfo is None:
            message = "GIGACITY_NOW needs an offset, such as 2022-09-06T10:00+08:00"
            raise ValueError(message)
        return self

    def service_url(self, service: str) -> SecretStr | None:
        """Return the database address of a service, None if it is not set."""
        url: SecretStr | None = getattr(self, f"{service}_database_url")
        return url

    def service_role(self, service: str) -> str:
        """Return the login role of a service: the user of its database address, or a name with `role_prefix`."""
        url = self.service_url(service)
        user = urlsplit(url.get_secret_value()).username if url else None
        return user or f"{self.role_prefix}_{service}"

    def service_roles(self) -> dict[str, str]:
        """Return the login roles of all services."""
        return {service: self.service_role(service) for service in SERVICES}
