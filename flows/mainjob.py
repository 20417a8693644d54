"""The main job, once: collect, archive, read, assess, deliver, digest, evidence; with its table of outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows import chain as steps
from flows import progress
from flows.outcomes import counted, merged
from pipelines.clock import local, now
from pipelines.records import StepCount, Tier

if TYPE_CHECKING:
    from flows.chain import Chain


@contextmanager
def run_of(chain: Chain, command: str) -> Iterator[list[StepCount]]:
    """Open a run, collect the counts that the block appends, and close the run with them, also after an error."""
    from pipelines.store import runs

    with chain.store.begin() as conn:
        run = runs.start(conn, command, now())
    counts: list[StepCount] = []
    try:
        yield counts
    finally:
        steps.record(chain, run, merged(counts))
        with chain.store.begin() as conn:
            runs.end(conn, run, now())


def collect_to_deliver(chain: Chain, counts: list[StepCount], sources: Sequence[str] | None = None) -> None:
    """Run the chain from the feeds to the index and to people, appending the counts of each step."""
    from flows.archive import archive

    with progress.step("thu thập") as advance:
        counts += steps.collect(chain, sources, advance=advance)
    counts.append(archive(chain))
    with progress.step("đọc bài") as advance:
        counts.append(steps.read(chain, advance))
    with progress.step("đối chiếu") as advance:
        counts.append(steps.assess(chain, advance))
    counts += steps.pictures(chain)
    with progress.step("chuyển vào chỉ mục") as advance:
        counts.append(steps.deliver(chain, advance))
    counts.append(steps.notify(chain))


def owners(chain: Chain) -> dict[str, str]:
    """Return the owner class of each source, by which digest and letter tell domestic from foreign."""
    return {source.id: source.owner_class for source in chain.sources}


def todays_digest(chain: Chain, counts: list[StepCount]) -> list[Path]:
    """Write today's digest of the profile; returns its files, HTML first."""
    from dashboards.digest import write_digest

    with progress.step("điểm báo") as advance:
        day = local(now()).date()
        paths = write_digest(
            chain.store, chain.settings, chain.settings.profile, day, chain.settings.data / "digests", owners=owners(chain)
        )
        advance(len(paths), len(paths))
    counts.append(counted("digest", {"written": len(paths)}))
    return list(paths.values())


def first_evidence(chain: Chain, counts: list[StepCount]) -> Path | None:
    """Assemble the evidence pack of the most certain flag, or None when nothing is flagged."""
    from dashboards.evidence import build_pack
    from pipelines.store import alerts

    with chain.store.read() as conn:
        flags = alerts.list_alerts(conn, tier=Tier.FLAG.value, limit=1)
    if not flags:
        counts.append(counted("evidence", {}))
        return None
    with progress.step("hồ sơ chứng cứ") as advance:
        pack = build_pack(chain.store, chain.settings, flags[0].story, chain.settings.data / "evidence", owners=owners(chain))
        advance(1, 1)
    counts.append(counted("evidence", {"complete" if pack.complete else "incomplete": 1}))
    return pack.path


def last_run(chain: Chain) -> dict[str, Any]:
    """Return the run that has just ended."""
    from pipelines.store import runs

    with chain.store.read() as conn:
        run = runs.last(conn)
    assert run is not None
    return run
