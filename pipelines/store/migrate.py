"""Migrations: Alembic, run when the store is opened; a store that is up to date costs one query."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text

from pipelines.errors import UserError

if TYPE_CHECKING:
    from alembic.config import Config

# The newest file of migrations/versions; tests/test_store.py fails when the two differ.
HEAD = "0010"


def configuration(engine: Engine) -> Config:
    """Return Alembic's configuration for `engine`, with the scripts shipped in this package."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(files("pipelines.store") / "migrations"))
    config.attributes["engine"] = engine
    return config


def current(engine: Engine) -> str | None:
    """Return the version of the store's tables, or None for an empty store."""
    if not inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect().execution_options(cotmoc_read=True) as conn:
        return conn.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(engine: Engine) -> None:
    """Bring the tables to HEAD; UserError when a newer Cột Mốc has already changed them."""
    version = current(engine)
    if version == HEAD:
        return
    if version is not None and version > HEAD:
        raise UserError(f"kho dữ liệu thuộc phiên bản mới hơn ({version} > {HEAD}); hãy nâng cấp Cột Mốc")
    from alembic import command

    command.upgrade(configuration(engine), "head")
