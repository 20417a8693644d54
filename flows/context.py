"""What every command needs: the settings in force and the open store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from crawlers.registry import Registry, Source
    from pipelines.settings import Settings
    from pipelines.store import Store


def settings(data: Path | None = None, **given: Any) -> Settings:
    """Return the settings for the data folder `data` (None: `COTMOC_DATA`, else ./data)."""
    from pipelines.settings import load_settings

    return load_settings(data=data, **given)


def open_store(settings: Settings) -> Store:
    """Open the store of `settings`; UsageError or UserError in one line when that cannot be."""
    from pipelines.store import Store

    return Store.open(settings.store_url)


def known_store(settings: Settings) -> Store:
    """Open the store of `settings` where there is one; UsageError for a folder without, which is mostly a slip of the pen."""
    from pipelines.errors import UsageError

    if not settings.database_url and not (settings.data / "cotmoc.sqlite3").is_file():
        raise UsageError(f"{settings.data}: không có kho nào ở đây; kiểm tra --data (hoặc COTMOC_DATA)")
    return open_store(settings)


def desk_url(settings: Settings) -> str:
    """Return where the staff reach the desk: `dashboard_url`, else the desk that runs on this folder, else host and port as set."""
    from flows.lock import running

    return settings.desk_url if settings.dashboard_url else running(settings.data) or settings.desk_url


def say_contact(settings: Settings) -> None:
    """Say on standard error, in one line, that the outlets cannot tell who asks them; nothing when they can."""
    if not settings.has_contact:
        typer.echo(
            f"chú ý: chưa đặt địa chỉ liên hệ, nên các báo không biết ai đang hỏi; đặt COTMOC_CONTACT, hoặc ghi contact = \"…\" "
            f"vào {settings.data / 'cotmoc.toml'} (trang giới thiệu hay hộp thư của cơ quan)",
            err=True,
        )


def known_sources(settings: Settings) -> Registry:
    """Return the declarations that a data folder's rows are shown with.

    `sources` of the settings; else, in a folder that the demo made (it has `newsroom.json`), those of the sample
    newsroom; else the shipped ones and the office's own (`DATA/sources`).
    """
    from crawlers.registry import load_sources, sources_of

    sample = settings.data / "newsroom"
    is_demo = settings.sources is None and sample.with_suffix(".json").is_file() and sample.is_dir()
    return load_sources(sample) if is_demo else sources_of(settings)


def followed_sources(settings: Settings) -> list[Source]:
    """Return the sources that the office's rounds ask: those of its profile, or all, without the disabled ones."""
    from pipelines.settings import load_profile

    known = known_sources(settings)
    chosen = [name for name in load_profile(settings.profile).sources if known.get(name) is not None]
    return known.only(chosen).choose(None)
