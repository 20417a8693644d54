"""The sample newsroom on loopback: `with serve_newsroom() as site:`; by hand `python -m crawlers.newsroom`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crawlers.newsroom import declare, misery
from crawlers.newsroom.articles import Expect, Piece, Version, pieces
from crawlers.newsroom.desk import Desk
from crawlers.newsroom.loopback import Hosts, Seen
from crawlers.newsroom.outlets import OUTLETS
from pipelines.clock import now as clock_now


@dataclass
class Site:
    """The running newsroom. `base` maps outlet id to base URL; `phase` 1 is before, 2 after `advance()`."""

    now: datetime
    slow_seconds: float
    huge_bytes: int
    switch_after: int | None
    hosts: Hosts = field(default_factory=Hosts)
    base: dict[str, str] = field(default_factory=dict)
    phase: int = 1
    asked: Counter[str] = field(default_factory=Counter)
    sources: Path | None = None

    @property
    def seen(self) -> list[Seen]:
        """All requests so far, in order."""
        return self.hosts.seen

    def advance(self) -> None:
        """Let the newsroom go on: the wrong number is corrected, the late stories come out."""
        self.phase = 2

    def published(self, piece: Piece) -> datetime:
        """When `piece` came out, UTC."""
        return self.now - timedelta(hours=piece.hours_ago)

    def modified(self, piece: Piece, version: Version) -> datetime:
        """When this version was last changed: three quarters of its age after publication for a correction."""
        if piece.first is None or version is piece.first:
            return self.published(piece)
        return self.published(piece) + timedelta(hours=piece.hours_ago * 0.75)

    def current(self, piece: Piece) -> Version:
        """Return the version that is served now (without counting a request)."""
        after = self.switch_after is not None and self.asked[self.url(piece)] > self.switch_after
        return piece.first if piece.first is not None and self.phase == 1 and not after else piece.now

    def out(self, outlet: str) -> list[Piece]:
        """Return the pieces that `outlet` has published so far, newest first."""
        return [piece for piece in pieces() if piece.outlet == outlet and (self.phase == 2 or not piece.late)]

    def url(self, piece: Piece) -> str:
        """Return the absolute URL of `piece` on its running host."""
        outlet = next(item for item in OUTLETS if item.id == piece.outlet)
        return self.base[piece.outlet] + outlet.path(piece)

    def expected(self) -> dict[str, Expect]:
        """Return URL → hand label of every piece that is out now, in the version served now."""
        return {self.url(piece): self.current(piece).expect for outlet in OUTLETS for piece in self.out(outlet.id)}


def declarations(site: Site) -> list[dict[str, Any]]:
    """Return the source declarations of the running newsroom, in the format of `crawlers/sources/*.yaml`."""
    out = []
    for outlet in OUTLETS:
        home = site.base[outlet.id]
        row: dict[str, Any] = {
            "id": f"mau-{outlet.id}",
            "name": outlet.name,
            "home": home + "/",
            "kind": outlet.kind,
            "owner_class": outlet.owner_class,
            "lang": [outlet.lang],
            "zone": outlet.zone,
            "feeds": [home + path for path in outlet.feeds],
            "sitemaps": [home + path for path in outlet.sitemaps],
            "lists": [{"url": home + path, "link": "h3 a[href]", "match": outlet.link} for path in outlet.lists],
            "delay": 0,
            "allow_private": True,
        }
        if outlet.kind == "video":
            row["protocol"] = "youtube"
        if outlet.selectors:
            row["selectors"] = [{"version": "2026"} | outlet.selectors]
        out.append(row)
    return out


@contextmanager
def serve_newsroom(
    now: datetime | None = None,
    *,
    base_port: int = 0,
    slow_seconds: float = 3.0,
    huge_bytes: int = misery.HUGE_BYTES,
    switch_after: int | None = None,
    sources: Path | None = None,
) -> Iterator[Site]:
    """Serve the nine outlets on 127.0.0.1 and yield the Site; the URLs stay the same with a fixed `base_port`.

    With `switch_after=N` the edited article is corrected after N requests for it, else after `Site.advance()`.
    With `sources` (a folder) the declarations are written there as YAML.
    """
    moment = (now or clock_now()).astimezone(UTC).replace(second=0, microsecond=0)
    site = Site(now=moment, slow_seconds=slow_seconds, huge_bytes=huge_bytes, switch_after=switch_after)
    pieces()
    try:
        for place, outlet in enumerate(OUTLETS):
            port = base_port + place if base_port else 0
            site.base[outlet.id] = site.hosts.start(outlet.id, Desk(site, outlet), port)
        if sources is not None:
            site.sources = declare.write(declarations(site), sources, "mau-")
        yield site
    finally:
        site.hosts.stop()
