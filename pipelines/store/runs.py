"""Runs of the chain and their counted outcomes (`cotmoc runs`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from pipelines.records import StepCount, content_id
from pipelines.store.rows import stamp
from pipelines.store.schema import run_steps, runs


def start(conn: Connection, command: str, now: datetime) -> str:
    """Open a run and return its id."""
    run = content_id(command, stamp(now) or "")
    conn.execute(runs.insert().values(id=run, command=command, started=stamp(now)))
    return run


def add_step(conn: Connection, run: str, count: StepCount) -> None:
    """Append the counted outcomes of one step."""
    position = conn.execute(select(func.count()).select_from(run_steps).where(run_steps.c.run == run)).scalar_one()
    conn.execute(
        run_steps.insert().values(
            run=run, position=position, step=count.step, entered=count.entered, outcomes=dict(count.outcomes)
        )
    )


def end(conn: Connection, run: str, now: datetime) -> None:
    """Close a run."""
    conn.execute(update(runs).where(runs.c.id == run).values(ended=stamp(now)))


def last(conn: Connection) -> dict[str, Any] | None:
    """Return the newest run in the shape of CONTRACT.md, or None."""
    row = conn.execute(select(runs).order_by(runs.c.started.desc()).limit(1)).mappings().first()
    if row is None:
        return None
    steps = conn.execute(select(run_steps).where(run_steps.c.run == row["id"]).order_by(run_steps.c.position)).mappings()
    return {
        "run": row["id"],
        "command": row["command"],
        "started": row["started"],
        "ended": row["ended"],
        "steps": [{"step": s["step"], "in": s["entered"], "outcomes": s["outcomes"]} for s in steps],
    }
