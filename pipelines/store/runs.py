"""Runs of the chain and their counted outcomes (`cotmoc runs`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from pipelines.records import StepCount, content_id
from pipelines.store.rows import stamp
from pipelines.store.schema import run_steps, runs

# Ends the command of a run whose process was killed before it could close it.
CUT_OFF = " (bị ngắt)"


def start(conn: Connection, command: str, now: datetime) -> str:
    """Open a run and return its id; the caller holds the lock under which runs of this kind go one at a time.

    So an older open run of the kind was killed: it is closed and marked.
    """
    _close_killed(conn, command, now)
    run = content_id(command, stamp(now) or "")
    conn.execute(runs.insert().values(id=run, command=command, started=stamp(now)))
    return run


def _close_killed(conn: Connection, command: str, now: datetime) -> None:
    killed = update(runs).where(runs.c.ended.is_(None)).values(ended=stamp(now), command=runs.c.command + CUT_OFF)
    rounds = runs.c.command.like("press %/%") & (runs.c.command != "press 1/1")
    if command.startswith("press ") and command != "press 1/1":
        # The rounds of one shard go one at a time, on whichever machine; other shards may be at work.
        conn.execute(killed.where(runs.c.command == command))
    elif conn.dialect.name == "sqlite":
        # The store lies in the data folder whose lock is held. A shared database may hold live runs of other machines.
        conn.execute(killed.where(~rounds))


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
