"""Configuration: one TOML file (`DATA/cotmoc.toml` or `COTMOC_CONFIG`) and `COTMOC_*` environment variables."""

from __future__ import annotations

import os
import sys
import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from pipelines.errors import UsageError
from pipelines.office import SIGNER, AgencyName, Office

# A time of day such as 7:30 or 22:00.
CLOCK = r"([01]?\d|2[0-3]):[0-5]\d"

NO_CONTACT = "https://example.invalid/cotmoc-chua-dat-dia-chi-lien-he"


class Settings(BaseSettings):
    """All that an office may set; environment variables win over the file, the command line over both."""

    model_config = SettingsConfigDict(env_prefix="COTMOC_", extra="forbid")

    data: Path = Path("data")
    profile: str = "ninh-binh"
    database_url: str = ""
    elasticsearch_url: str = ""
    elasticsearch_user: str = ""
    elasticsearch_password: str = ""
    elasticsearch_api_key: str = ""
    elasticsearch_ca: str = ""
    elasticsearch_cloud_id: str = ""
    index_prefix: str = Field(default="cotmoc", pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$")
    # Of the next index version (cotmoc index rebuild); no number of replicas: one as soon as there is a second node.
    index_shards: int = Field(default=1, ge=1, le=1024)
    index_replicas: int | None = Field(default=None, ge=0, le=10)
    # Compound words by underthesea as tags of the texts that concern us, for `word:` (docs/search.md); costs 70 times the syllables.
    index_words: bool = False
    contact: str = NO_CONTACT
    host: str = "127.0.0.1"
    port: int = 8710
    delay: float = Field(default=5.0, ge=0)
    max_bytes: int = 15_000_000
    timeout: float = 60.0
    sources: Path | None = None
    models: Path | None = None
    # Folder of a local sentence encoder that helps matching (docs/claims-plugin.md); none by default.
    matcher_plugin: Path | None = None
    smtp_url: str = ""
    smtp_from: str = ""
    smtp_to: tuple[str, ...] = ()
    tsa_urls: tuple[str, ...] = ()
    tsa_ca: Path | None = None
    # Name of a channel → Apprise address (docs/notify.md); times are those of Hà Nội.
    notify: dict[str, str] = {}
    quiet_hours: str = Field(default="22:00-06:00", pattern=rf"^({CLOCK}-{CLOCK})?$")
    summary_times: str = Field(default="07:30 16:00", pattern=rf"^({CLOCK}([ ,]+{CLOCK})*)?$")
    # Flags told one by one in an hour and channel; what is more comes gathered (docs/notify.md).
    notify_per_hour: int = Field(default=20, ge=1)
    dashboard_url: str = ""
    api_per_minute: int = Field(default=120, ge=1)
    # Coming in to the desk (docs/users.md): how long a session lasts at most and unused, who must have a second factor.
    session_hours: float = Field(default=12, gt=0, le=24 * 7)
    session_idle_minutes: float = Field(default=60, ge=5)
    totp_required: tuple[Literal["guest", "viewer", "analyst", "approver", "admin"], ...] = ()
    # Sign-in by the office's own OpenID Connect server; `oidc_roles` maps values of the claim to roles of the desk.
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_scope: str = "openid profile"
    oidc_name_claim: str = "preferred_username"
    oidc_role_claim: str = "roles"
    oidc_roles: dict[str, Literal["guest", "viewer", "analyst", "approver", "admin"]] = {}
    # State or outcome → the office's own name of that step; outcome → its ready reasons (docs/dashboard.md).
    steps: dict[str, str] = {}
    reasons: dict[str, tuple[str, ...]] = {}
    # LibreTranslate server of the office for titles of the digest (docs/digest.md); none by default, nothing leaves the house.
    translator_url: str = ""
    # Days that things are kept, by data class (docs/upkeep.md); no number: without end. Below a year the yearly report lacks its data.
    keep_post_text: int = Field(default=7, ge=1)
    keep_press_text: int = Field(default=90, ge=1)
    keep_articles: int = Field(default=5 * 366 + 90, ge=366)
    keep_closed_cases: int | None = Field(default=None, ge=366)
    # Whether a pack is incomplete while the page of an instrument it cites is not archived (docs/evidence.md).
    reference_copies: bool = False
    # Profile → names by date, recipients and signer of its papers (docs/settings.md).
    office: dict[str, Office] = {}

    @property
    def desk_url(self) -> str:
        """Address of the dashboard as the office's staff reach it, without a slash at the end."""
        return (self.dashboard_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def store_url(self) -> str:
        """SQLAlchemy URL of the store; SQLite inside the data folder unless `database_url` is set."""
        if self.database_url:
            return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
        return f"sqlite:///{self.data / 'cotmoc.sqlite3'}"

    @property
    def model_home(self) -> Path:
        """Folder in which trained models are cached (`models/` in it), by content, for all data folders.

        Beside the installed program where that can be written, else in the data folder; `models` says otherwise.
        """
        if self.models:
            return self.models
        beside = Path(sys.prefix) / "var" / "cotmoc"
        return beside if os.access(sys.prefix, os.W_OK) and sys.prefix != sys.base_prefix else self.data

    @property
    def has_contact(self) -> bool:
        """Tell whether the office has said where those who are asked can reach it."""
        return self.contact.strip() not in {"", NO_CONTACT}

    @property
    def user_agent(self) -> str:
        """Name under which every request is made, with the office's contact."""
        return f"CotMoc/0.1 (+{self.contact})"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order: call, environment, file (the file's values arrive as `_file` in the call)."""
        given = dict(getattr(init_settings, "init_kwargs", {}))
        from_file = given.pop("_file_values", {})
        return (
            InitSettingsSource(settings_cls, init_kwargs=given),
            env_settings,
            InitSettingsSource(settings_cls, init_kwargs=from_file),
        )


def load_settings(**given: Any) -> Settings:
    """Return the settings in force; `given` are command-line values (None = not given). Errors name the field."""
    given = {key: value for key, value in given.items() if value is not None}
    data = Path(given.get("data") or os.environ.get("COTMOC_DATA") or "data")
    path = Path(os.environ.get("COTMOC_CONFIG") or data / "cotmoc.toml")
    values: dict[str, Any] = {}
    if path.exists():
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"{path}: không đọc được tệp cấu hình TOML ({error}); hãy sửa dòng đó") from error
        except OSError as error:
            raise UsageError(f"{path}: không mở được tệp cấu hình ({error.strerror})") from error
    try:
        return Settings(**given, _file_values=values)  # type: ignore[call-arg]
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "?"
        raise UsageError(f"cấu hình: {name}: {first['msg']} (tệp {path} hoặc biến COTMOC_{name.upper()})") from error


class Deadline(BaseModel):
    """A periodic duty: what is due, before which day (`MM-DD`), to whom, through whom, by which document.

    `every` counts years; with more than one it falls due in `year` and every so many years before and after.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    due: str = Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$|^(0[13-9]|1[0-2])-(29|30)$|^(0[13578]|1[02])-31$")
    every: int = Field(default=1, ge=1, le=10)
    year: int = 2025
    to: str
    via: str = ""
    basis: str = ""

    @property
    def whither(self) -> str:
        """To whom, and through whom where the plan says so."""
        return f"{self.to} (qua {self.via})" if self.via else self.to


class Profile(BaseModel):
    """An office: what it follows (`place` is a key of the gazetteer), who receives its papers, and its deadlines."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    title: str
    place: str
    parent: str | None = None
    agency: str
    agency_parent: str = ""
    locality: str
    sources: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    # Names of other times than `agency`, which holds where none of these does.
    names: tuple[AgencyName, ...] = ()
    signer: str = SIGNER
    valid_from: date = date(2025, 7, 1)


def profile_names() -> list[str]:
    """Names of all profiles, a commune as `province/commune`."""
    root = files("pipelines") / "profiles"
    names = [entry.name[:-5].replace("__", "/") for entry in root.iterdir() if entry.name.endswith(".toml")]
    return sorted(names)


def load_profile(name: str) -> Profile:
    """Return the profile `name`; raises UsageError that lists the known ones."""
    path = files("pipelines") / "profiles" / (name.replace("/", "__") + ".toml")
    if name not in profile_names():
        raise UsageError(f"hồ sơ địa phương “{name}” không có; hiện có: {', '.join(profile_names())}")
    return Profile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
