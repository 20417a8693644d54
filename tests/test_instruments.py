"""Pages of cited instruments are archived by night: once, politely, never read as news, and kept as long as the claims."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawlers.instruments import collect_instruments
from dashboards.evidence.gather import read_story
from pipelines.records import Capture, StepCount
from pipelines.retention import expired_warcs
from pipelines.store import alerts, captures
from pipelines.store.schema import alerts as alert_table
from tests.desk import NOON, make_desk
from tests.loopback import Answer, Site, office, source

NOW = datetime(2026, 11, 21, 19, tzinfo=UTC)


def test_an_instrument_is_archived_once_and_is_no_article(site: Site, tmp_path: Path) -> None:
    site.routes["/hiep-dinh"] = Answer(b"<html><h1>Hiep dinh</h1></html>", headers={"Content-Type": "text/html"})
    site.routes["/ban-do.pdf"] = Answer(b"%PDF-1.7 ban do", headers={"Content-Type": "application/pdf"})
    site.routes["/mat"] = Answer(b"", status=404)
    desk = office(tmp_path, source(site))
    urls = [site.url + path for path in ("/hiep-dinh", "/ban-do.pdf", "/mat", "/hiep-dinh")]
    count = collect_instruments(desk.settings, desk.store, desk.registry, urls, NOW)
    assert count.outcomes == {"new": 2, "gone": 1} and count.entered == 3
    with desk.store.read() as conn:
        assert all(captures.latest(conn, url) for url in urls[:2]) and captures.unread(conn) == []
        assert captures.network_facts(conn, captures.latest(conn, urls[0])[0])  # type: ignore[index]
        # The files are evidence: they outlive the ninety days of the texts.
        assert expired_warcs(conn, NOW + timedelta(days=400), posts=False) == []
    site.seen.clear()
    assert collect_instruments(desk.settings, desk.store, desk.registry, urls, NOW + timedelta(days=1)).outcomes == {"gone": 1}
    assert [path for path in site.seen if path != "/robots.txt"] == ["/mat"], "only what is lacking is asked for again"


def test_only_what_open_alerts_cite_is_owed(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "data")
    with desk.store.begin() as conn:
        assert "GT-02" in alerts.cited(conn)
        conn.execute(alert_table.update().values(status=alerts.NOT_DISTORTED))
        assert alerts.cited(conn) == set()


def test_a_bare_host_is_found_with_the_slash_it_is_collected_with(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "data")
    with desk.store.begin() as conn:
        row = conn.execute(alert_table.select().where(alert_table.c.id == desk.ids["flag"])).mappings().one()
        conn.execute(alert_table.update().where(alert_table.c.id == row["id"]).values(claim={**row["claim"], "refs": ["ADM-04"]}))
        captures.add(conn, [Capture(
            id="c" * 32, url="https://vanban.chinhphu.vn/", final_url="https://vanban.chinhphu.vn/", source="manual", fetched=NOON,
            status=200, body_sha256="e" * 64, size=1, warc_file="warc/x.warc.gz", warc_offset=0, warc_length=1,
        )])  # fmt: skip
        assert read_story(conn, desk.ids["story"]).sources["ADM-04"]["body_sha256"] == "e" * 64


def test_the_night_asks_for_the_pages_that_alerts_cite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from classifiers.referencebase import load_references
    from crawlers import instruments as module
    from flows.chain import Chain, instruments

    asked: list[str] = []

    def noted(_settings: object, _store: object, _registry: object, urls: list[str], **_more: object) -> StepCount:
        asked.extend(urls)
        return StepCount(step="instruments", entered=0, outcomes={})

    monkeypatch.setattr(module, "collect_instruments", noted)
    desk = make_desk(tmp_path / "data")
    chain = Chain(desk.settings, desk.store)
    assert instruments(chain) == [] and load_references().get("GT-02").source.url in asked and all(asked)
    chain.close()
