"""What `cotmoc collect` does before the chain: choose between addresses, WARC files and sources, and say what failed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from flows.chain import Advance
from pipelines.clock import HANOI, now
from pipelines.errors import UsageError
from pipelines.records import StepCount

if TYPE_CHECKING:
    from flows.chain import Chain
    from pipelines.store import Store


# One slow host must not hold up the reading of what the others gave; what is left is for the next run. --since sets no end.
ROUND_SECONDS = 3600.0


def since_date(text: str | None) -> datetime | None:
    """Return the moment of `2026-11-01` or `30d` before now; UsageError for anything else."""
    if not text:
        return None
    days = re.fullmatch(r"(\d{1,4})d", text.strip())
    if days:
        return now() - timedelta(days=int(days[1]))
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageError(f"--since “{text}”: viết ngày như 2026-11-01 hoặc số ngày như 30d") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=HANOI)


def gather(
    chain: Chain,
    urls: Sequence[str],
    warc: Sequence[Path],
    sources: list[str] | None,
    since: datetime | None,
    everything: bool,
    due: bool,
    minutes: float | None,
    advance: Advance,
    problems: list[str],
) -> list[StepCount]:
    """Read the given WARC files; collect the given addresses and sources, or all sources when nothing is given.

    `problems` is given one line per WARC file that is none or is damaged: what it held is read in this run all the same.
    """
    from crawlers.collect import collect
    from crawlers.foreign import collect_warc
    registry = chain.sources
    counts = []
    if warc:
        strangers: Counter[str] = Counter()
        taken = collect_warc(
            chain.settings, chain.store, registry, warc, everything=everything, since=since, progress=advance, strangers=strangers,
            problems=problems,
        )  # fmt: skip
        counts.append(taken)
        if strangers and not taken.outcomes.keys() & {"new", "same"}:
            typer.echo(only_strangers(strangers), err=True)
    if urls or sources or not warc:
        counts += collect(
            chain.settings, chain.store, registry, sources or None, urls, progress=advance, only_due=due, since=since,
            budget=minutes * 60 if minutes else None if since else ROUND_SECONDS,
        )  # fmt: skip
    return counts


def only_strangers(hosts: Counter[str]) -> str:
    """Return the line that says that WARC files held only pages of undeclared outlets, and the ways out."""
    most = ", ".join(f"{host} ({number})" for host, number in hosts.most_common(3))
    return (
        f"không nhận bản ghi nào: {hosts.total()} bản ghi của báo không có trong danh sách nguồn, nhiều nhất là {most}; "
        "dùng --all để nhận hết, hoặc khai báo các báo này trong thư mục COTMOC_SOURCES"
    )


def failures(store: Store, urls: Sequence[str], sources: Sequence[str]) -> list[str]:
    """Return one line per address or source that was asked for by name and did not come."""
    from crawlers.urls import clean_url
    from pipelines.store import feeds, frontier

    out = []
    with store.read() as conn:
        for url in urls:
            state = frontier.outcome(conn, clean_url(url) or url)
            if state and state[0] not in {"new", "same", "unchanged"}:
                out.append(f"{url}: {state[0]} – {state[1]}")
        for source in sources:
            bad = [row for row in feeds.of_source(conn, source) if row["outcome"] not in feeds.ANSWERED]
            out += [f"{source}: {row['url']}: {row['outcome']} – {row['reason']}" for row in bad]
    return out
