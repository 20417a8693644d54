"""`cotmoc doctor`: what is installed, what is missing, and how to mend it."""

from __future__ import annotations

import typer

from flows.options import DataOption, JsonOption

SIGN = {"ok": "✓", "optional": "–", "missing": "✗"}


def doctor(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Kiểm tra máy: Python, phông chữ, SQLite, quyền ghi, đồng hồ, Elasticsearch, PostgreSQL, Prefect, trình duyệt."""
    import json

    from flows.checks import run_checks
    from flows.context import settings

    found = list(run_checks(settings(data)))
    if as_json:
        typer.echo(json.dumps({"checks": [check._asdict() for check in found]}, ensure_ascii=False))
    else:
        for check in found:
            typer.echo(f"{SIGN[check.state]} {check.name:<16} {check.found}")
            if check.mend and check.state != "ok":
                typer.echo(f"    → {check.mend}")
    if any(check.state == "missing" for check in found):
        raise typer.Exit(1)
