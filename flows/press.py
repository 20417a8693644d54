"""The Prefect flows: seven coarse tasks over the functions of `flows.chain`, never one task per article."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from prefect import flow, get_run_logger, task

from flows.chain import Chain
from flows.lock import held
from pipelines.records import StepCount

# A round begins no new request after this long: what was fetched is read and assessed before more is asked for.
BUDGET_SECONDS = 900.0
# Pictures are evidence and delay no alert for long; what is left waits for the next round.
IMAGES_SECONDS = 120.0
# An engine that is restarting is back within minutes; the outbox keeps whatever these retries do not bring across.
DELIVERY_RETRIES = 3
DELIVERY_PAUSE = 20


def _chain(shard: int, shards: int) -> Chain:
    from flows.context import open_store, settings

    config = settings(Path(os.environ["COTMOC_DATA"]) if "COTMOC_DATA" in os.environ else None)
    return Chain(config, open_store(config), shard=(shard, shards) if shards > 1 else None)


def _say(counts: list[StepCount]) -> list[StepCount]:
    from flows.outcomes import lines

    logger = get_run_logger()
    for line in lines([{"step": c.step, "in": c.entered, "outcomes": c.outcomes} for c in counts]):
        logger.info(line)
    return counts


@task(name="collect")
def collect_task(shard: int = 0, shards: int = 1) -> list[StepCount]:
    """Poll the sources of this shard that are due."""
    from flows.chain import collect

    chain = _chain(shard, shards)
    try:
        return _say(collect(chain, only_due=True, budget=BUDGET_SECONDS))
    finally:
        chain.close()


@task(name="archive")
def archive_task(shard: int = 0, shards: int = 1) -> list[StepCount]:
    """Check the WARC files of finished runs against the store, and seal them with their hash."""
    from flows.archive import archive

    chain = _chain(shard, shards)
    try:
        return _say([archive(chain)])
    finally:
        chain.close()


@task(name="read")
def read_task(shard: int = 0, shards: int = 1) -> list[StepCount]:
    """Turn the captures of this shard into articles and stories."""
    from flows.chain import read

    chain = _chain(shard, shards)
    try:
        return _say([read(chain)])
    finally:
        chain.close()


@task(name="assess")
def assess_task() -> list[StepCount]:
    """Gate, assess and raise alerts, whichever shard the articles came from."""
    from flows.chain import assess

    chain = _chain(0, 1)
    try:
        return _say([assess(chain)])
    finally:
        chain.close()


@task(name="images")
def images_task(shard: int = 0, shards: int = 1) -> list[StepCount]:
    """Keep the pictures of this shard's articles that raised an alert: no host is asked by two machines."""
    from flows.chain import pictures

    chain = _chain(shard, shards)
    try:
        return _say(pictures(chain, budget=IMAGES_SECONDS))
    finally:
        chain.close()


@task(name="deliver", retries=DELIVERY_RETRIES, retry_delay_seconds=DELIVERY_PAUSE)
def deliver_task() -> list[StepCount]:
    """Push what the outbox owes; raises, so that Prefect tries again, while the engine keeps messages waiting."""
    from flows.chain import deliver
    from pipelines.errors import UserError

    chain = _chain(0, 1)
    try:
        count = deliver(chain)
        _say([count])
        if owed := count.outcomes.get("retry", 0) + count.outcomes.get("waiting", 0):
            raise UserError(f"chỉ mục chưa nhận {owed} mục; hộp thư đi giữ lại và sẽ gửi tiếp")
        return [count]
    finally:
        chain.close()


@task(name="notify")
def notify_task() -> list[StepCount]:
    """Tell people what they are owed; a channel that is away keeps its notices in the outbox."""
    from flows.chain import notify, remind

    chain = _chain(0, 1)
    try:
        return _say([notify(chain), *remind(chain)])
    finally:
        chain.close()


@task(name="digest")
def digest_task() -> list[str]:
    """Write today's digest of the office's profile."""
    from flows.mainjob import todays_digest

    chain = _chain(0, 1)
    try:
        return [str(path) for path in todays_digest(chain, [])]
    finally:
        chain.close()


@task(name="upkeep")
def upkeep_task() -> list[StepCount]:
    """Forget what may be forgotten; archive the pages of instruments that alerts cite."""
    from flows.chain import instruments
    from flows.upkeep import upkeep

    chain = _chain(0, 1)
    try:
        return _say([upkeep(chain), *instruments(chain, budget=600)])
    finally:
        chain.close()


@flow(name="theo-doi-bao-chi", timeout_seconds=timedelta(hours=2).total_seconds())
def press(shard: int = 0, shards: int = 1) -> None:
    """Collect, archive, read, assess, deliver: one round over the sources of one shard."""
    from flows.chain import record
    from flows.outcomes import merged
    from flows.supervisor import die_with_parent
    from pipelines.clock import now
    from pipelines.store import runs

    die_with_parent()
    chain = _chain(shard, shards)
    with held(chain.settings.data, f"chain-{shard}-{shards}" if shards > 1 else "chain", wait=True):
        with chain.store.begin() as conn:
            run = runs.start(conn, f"press {shard + 1}/{shards}", now())
        counts = collect_task(shard, shards) + archive_task(shard, shards) + read_task(shard, shards) + assess_task()
        counts += images_task(shard, shards)
        try:
            counts += deliver_task()
        finally:
            try:
                # An index that is away delays no message about a flag.
                counts += notify_task()
            finally:
                record(chain, run, merged(counts))
                with chain.store.begin() as conn:
                    runs.end(conn, run, now())
                chain.close()


@flow(name="diem-bao")
def digest() -> list[str]:
    """Write today's digest (06:30 every day)."""
    from flows.supervisor import die_with_parent

    die_with_parent()
    return digest_task()


@flow(name="don-dep")
def upkeep() -> None:
    """Nightly upkeep."""
    from flows.supervisor import die_with_parent

    die_with_parent()
    upkeep_task()
