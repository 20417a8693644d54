"""Settings as the desk shows them (where each is from), and the few that an administrator changes while it runs."""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, select
from sqlalchemy.engine import make_url

from pipelines.clock import now
from pipelines.errors import UserError
from pipelines.settings import Settings
from pipelines.store import Store, audit
from pipelines.store.rows import upsert
from pipelines.store.schema import meta

# Read by the desk alone, at each request; everything else takes effect where other processes read it too: in the file.
EDITABLE = ("session_idle_minutes", "session_hours", "totp_required", "steps", "reasons")
SECRET = re.compile(r"password|secret|api_key|^notify$|smtp_url")
KEY = "desk-settings"


def from_file(settings: Settings) -> frozenset[str]:
    """Return the names that the office's file sets."""
    path = Path(os.environ.get("COTMOC_CONFIG") or settings.data / "cotmoc.toml")
    try:
        return frozenset(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return frozenset()


def origin(settings: Settings, name: str, kept: dict[str, Any], file: frozenset[str]) -> str:
    """Return where a value is from: environment, file, desk, call (command line) or default."""
    if f"COTMOC_{name.upper()}" in os.environ:
        return "environment"
    if name in file:
        return "file"
    if name in kept:
        return "desk"
    default = Settings.model_fields[name].get_default(call_default_factory=True)
    return "default" if getattr(settings, name) == default else "call"


def kept(conn: Connection) -> dict[str, Any]:
    """Return the values that the desk keeps in the store."""
    text = conn.execute(select(meta.c.value).where(meta.c.key == KEY)).scalar()
    return dict(json.loads(text)) if text else {}


def overlay(settings: Settings, store: Store) -> Settings:
    """Return `settings` with what the desk keeps, where neither environment nor file says otherwise."""
    with store.read() as conn:
        values = kept(conn)
    file = from_file(settings)
    usable = {name: _valid(name, value) for name, value in values.items() if origin(settings, name, values, file) == "desk"}
    return settings.model_copy(update=usable)


def _valid(name: str, value: Any) -> Any:
    if name not in EDITABLE:
        raise UserError(f"cấu hình {name} không đổi được ở bàn làm việc; hãy sửa trong cotmoc.toml")
    field = Settings.model_fields[name]
    try:
        return TypeAdapter(field.rebuild_annotation()).validate_python(value)
    except ValidationError as error:
        raise UserError(f"cấu hình {name}: giá trị không dùng được ({error.errors()[0]['msg']})") from error


def save(store: Store, settings: Settings, given: dict[str, Any], *, actor: str) -> Settings:
    """Keep `given` values, each change audited with before and after; return the settings in force. UserError for a bad one."""
    file = from_file(settings)
    with store.begin() as conn:
        values = kept(conn)
        for name, value in given.items():
            fixed = origin(settings, name, {}, file) in ("environment", "file")
            new, old = _valid(name, value), getattr(settings, name)
            if fixed and new != old:
                raise UserError(f"cấu hình {name} đã đặt trong tệp hoặc biến môi trường; hãy sửa ở đó")
            if new == old:
                continue
            values[name] = list(new) if isinstance(new, tuple) else new
            details = {"from": list(old) if isinstance(old, tuple) else old, "to": values[name]}
            audit.append(conn, actor=actor, action="settings.change", thing=name, details=details, now=now())
        upsert(conn, meta, {"key": KEY, "value": json.dumps(values, ensure_ascii=False, sort_keys=True)})
    return overlay(settings, store)


def shown(settings: Settings, store: Store) -> list[tuple[str, str, str]]:
    """Return (name, value as text, origin) of every setting; passwords and keys are never shown."""
    with store.read() as conn:
        values = kept(conn)
    file = from_file(settings)
    return [(name, _text(name, getattr(settings, name)), origin(settings, name, values, file)) for name in Settings.model_fields]


def _text(name: str, value: Any) -> str:
    if value in ("", None, (), {}, []):
        return ""
    if SECRET.search(name):
        return ", ".join(value) if isinstance(value, dict) else "••••••"
    if name == "database_url":
        return make_url(value).render_as_string(hide_password=True)
    if name.endswith(("_url", "_urls")):
        value = [value] if isinstance(value, str) else value
        return ", ".join(re.sub(r"//[^/@]*@", "//", one) for one in value)
    if isinstance(value, dict):
        return "; ".join(f"{key} → {', '.join(one) if isinstance(one, (list, tuple)) else one}" for key, one in value.items())
    return ", ".join(str(one) for one in value) if isinstance(value, (list, tuple)) else str(value)
