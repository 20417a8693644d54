"""The chain from a capture to a delivered alert, as plain functions: the command line and Prefect call the same ones.

Each step takes what the one before left in the store, in small transactions, so that it can be killed anywhere
and run again with the same final state.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from flows.outcomes import counted
from pipelines.clock import now
from pipelines.records import StepCount

if TYPE_CHECKING:
    from classifiers.assessor import Assessor
    from crawlers.registry import Registry
    from pipelines.places import Matcher
    from pipelines.search import Index
    from pipelines.settings import Settings
    from pipelines.store import Store

# One transaction holds this many items: a kill repeats no more than these, and a reader never waits long.
BATCH = 50

Advance = Callable[[int, int | None], None]


def _quiet(_done: int, _total: int | None) -> None:
    return None


@dataclass
class Chain:
    """What the steps share: settings, the open store, and the heavy parts, loaded when first needed."""

    settings: Settings
    store: Store
    registry: Registry | None = None
    shard: tuple[int, int] | None = None
    _open: list[Index] = field(default_factory=list)

    @cached_property
    def matcher(self) -> Matcher:
        from pipelines.places import Matcher

        return Matcher.load()

    @cached_property
    def assessor(self) -> Assessor:
        from classifiers.assessor import Assessor

        return Assessor.load(self.settings.model_home, self.settings.matcher_plugin)

    @cached_property
    def sources(self) -> Registry:
        """The sources in force: given, or the office's own choice, and of these the part of this worker's shard."""
        from crawlers.registry import sources_of
        from pipelines.settings import load_profile

        registry = self.registry
        if registry is None:
            registry = sources_of(self.settings).only(load_profile(self.settings.profile).sources)
        return registry.shard(*self.shard) if self.shard else registry

    @cached_property
    def index(self) -> Index:
        from pipelines.search import open_index

        index = open_index(self.settings, self.store)
        self._open.append(index)
        return index

    def close(self) -> None:
        """Give back the index and the store."""
        for index in self._open:
            index.close()
        self.store.close()


def collect(
    chain: Chain,
    sources: Sequence[str] | None = None,
    urls: Sequence[str] = (),
    advance: Advance = _quiet,
    *,
    only_due: bool = False,
    budget: float | None = None,
) -> list[StepCount]:
    """Poll feeds, lists and sitemaps (`only_due`: those whose time has come) and fetch what they name into the WARC."""
    from crawlers.collect import collect as run

    return run(
        chain.settings, chain.store, chain.sources, list(sources) if sources else None, list(urls),
        progress=advance, only_due=only_due, budget=budget,
    )  # fmt: skip


def read(chain: Chain, advance: Advance = _quiet) -> StepCount:
    """Turn captures that nobody has read yet into articles, revisions and stories."""
    from crawlers.warc import read_body
    from pipelines.read import read_capture
    from pipelines.store import captures

    mine = set(chain.sources.ids()) if chain.shard else None
    outcomes: Counter[str] = Counter()
    with chain.store.read() as conn:
        todo = captures.unread(conn, mine)
    for start in range(0, len(todo), BATCH):
        part = todo[start : start + BATCH]
        with chain.store.begin() as conn:
            for capture in part:
                hint = captures.hint(conn, capture)
                try:
                    headers, body = read_body(chain.settings, capture)
                except FileNotFoundError:
                    # Another machine collected it and will read it; on a single machine `archive` counts it missing.
                    outcomes["elsewhere"] += 1
                    continue
                except (OSError, ValueError) as error:
                    outcome, reason = "lost", f"{capture.warc_file}: {error}"
                else:
                    source = chain.sources.describe(capture.source)
                    outcome, reason = read_capture(conn, capture, headers, body, source, hint, now())
                captures.mark_read(conn, capture.id, outcome, reason)
                outcomes[outcome] += 1
        advance(start + len(part), len(todo))
    return counted("read", outcomes)


def assess(chain: Chain, advance: Advance = _quiet) -> StepCount:
    """Gate by place and topic, assess what is left, raise alerts and owe every article to the index."""
    from flows.judge import judge, version
    from flows.reassess import carry_over, keep_forgotten
    from pipelines.clock import now
    from pipelines.store import articles, assessments

    tag = version(chain)
    keep_forgotten(chain.store, tag, now())
    carry_over(chain.store, chain.assessor.base, tag)
    outcomes: Counter[str] = Counter()
    with chain.store.read() as conn:
        total = assessments.count_pending(conn, tag)
    done = 0
    while True:
        with chain.store.begin() as conn:
            part = assessments.pending(conn, tag, BATCH)
            for article_id, revision in part:
                article = articles.get(conn, article_id, revision)
                assert article is not None
                outcomes[judge(chain, conn, article, tag)] += 1
        done += len(part)
        advance(done, total)
        if len(part) < BATCH:
            return counted("assess", outcomes)


def pictures(chain: Chain, *, budget: float | None = None) -> list[StepCount]:
    """Fetch the pictures of articles that raised an alert into the WARC; no step at all when none is owed."""
    from crawlers.collect import MANUAL
    from crawlers.pictures import collect_images

    own = {*chain.sources.ids(), MANUAL} if chain.shard else None
    count = collect_images(chain.settings, chain.store, chain.sources, own=own, budget=budget)
    return [count] if count.entered else []


def instruments(chain: Chain, *, budget: float | None = None) -> list[StepCount]:
    """Fetch the pages of instruments that open alerts cite and that are not archived; no step at all when none is owed."""
    from classifiers.referencebase import load_references
    from crawlers.instruments import collect_instruments
    from pipelines.store import alerts

    base = load_references()
    with chain.store.read() as conn:
        cited = sorted(alerts.cited(conn))
    sources = [base.get(id).source for id in cited if id in base]
    urls = [source.url for source in sources if source.url and source.page != "portal"]  # a portal is not the instrument
    count = collect_instruments(chain.settings, chain.store, chain.sources, urls, budget=budget)
    return [count] if count.entered else []


def deliver(chain: Chain, advance: Advance = _quiet) -> StepCount:
    """Push what the outbox owes to the index; an engine that is away costs delay and nothing else."""
    from pipelines.deliver import deliver as run

    count = run(chain.store, chain.index, now=now())
    advance(count.entered, count.entered)
    return count


def notify(chain: Chain) -> StepCount:
    """Tell people what they are owed: flags at once, watches in summaries (docs/notify.md)."""
    from pipelines.notify import notify as run

    return run(chain.store, chain.settings, now())


def remind(chain: Chain) -> list[StepCount]:
    """Remind people of deadlines by the same channels (docs/deadlines.md); no step at all when nothing is owed."""
    from dashboards.reports.reminders import remind as run

    count = run(chain.store, chain.settings, now())
    return [count] if count.entered else []


def record(chain: Chain, run: str, counts: Iterable[StepCount]) -> None:
    """Append the counts of finished steps to a run."""
    from pipelines.store import runs

    with chain.store.begin() as conn:
        for count in counts:
            runs.add_step(conn, run, count)
