"""The store: migrations equal the tables, decisions need reasons and second persons, the audit chain catches edits."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Executable, create_engine, delete, text, update
from sqlalchemy.exc import DBAPIError

from pipelines import witness
from pipelines.clock import now
from pipelines.errors import UsageError, UserError
from pipelines.records import Alert, Claim, Role, StepCount, Tier, Verdict
from pipelines.store import Store, alerts, audit, outbox, papers, runs, users
from pipelines.store import schema as tables
from pipelines.store.migrate import HEAD, configuration


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """The same questions to both databases."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    else:
        url = request.getfixturevalue("fresh_database")
    store = Store.open(url)
    yield store
    store.close()


def alert(story: str = "s1") -> Alert:
    claim = Claim(
        sentence="Trung Quốc được 53,23%.", start=0, end=23, type="D06", role=Role.ASSERT,
        verdict=Verdict.CONTRADICTED, refs=("GT-02",), confidence=0.9,
    )  # fmt: skip
    return Alert(
        id=alerts.alert_id(story, "D06|CONTRADICTED|GT-02"), story=story, article="a1", revision=1, tier=Tier.FLAG,
        claim=claim, provinces=("ninh-binh",), title="Bài thử", outlet="Báo Thử", url="http://bao.example/1",
        published=now(), raised=now(),
    )  # fmt: skip


def test_migrations_and_tables_agree(any_store: Store) -> None:
    with any_store.engine.connect() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


def test_head_names_the_newest_migration(store: Store) -> None:
    assert ScriptDirectory.from_config(configuration(store.engine)).get_current_head() == HEAD


def test_an_older_store_is_brought_up_with_what_it_holds(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite3'}"
    engine = create_engine(url)
    command.upgrade(configuration(engine), "0001")
    with engine.begin() as conn:
        runs.start(conn, "once", now())
    engine.dispose()
    store = Store.open(url)
    with store.read() as conn:
        assert (runs.last(conn) or {})["command"] == "once"
        assert compare_metadata(MigrationContext.configure(conn), tables.metadata) == []
    store.close()


def test_a_newer_store_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite3'}"
    store = Store.open(url)
    with store.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(UserError, match="phiên bản mới hơn"):
        Store.open(url)


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="không tạo được thư mục dữ liệu"):
        Store.open(f"sqlite:///{tmp_path / 'file' / 'store.sqlite3'}")


def test_an_unreachable_server_is_one_line_without_the_password() -> None:
    with pytest.raises(UserError) as caught:
        Store.open("postgresql+psycopg://cotmoc:bimat@127.0.0.1:1/none")
    assert "bimat" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_alert_is_raised_once_per_story(any_store: Store) -> None:
    with any_store.begin() as conn:
        assert alerts.raise_alert(conn, alert())
        assert not alerts.raise_alert(conn, alert())
        assert alerts.count_alerts(conn, tier="flag", province="ninh-binh") == 1
        assert alerts.count_alerts(conn, province="lao-cai") == 0


def test_a_national_alert_about_no_province_matters_to_every_profile(any_store: Store) -> None:
    with any_store.begin() as conn:
        alerts.raise_alert(conn, alert().model_copy(update={"id": "n", "provinces": (), "national": True}))
        alerts.raise_alert(conn, alert("s2").model_copy(update={"provinces": ("thanh-hoa",), "national": True}))
        assert alerts.count_alerts(conn, province="lao-cai") == 1
        assert alerts.count_alerts(conn, province="thanh-hoa") == 2


def test_needs_a_reply_takes_two_persons(any_store: Store) -> None:
    with any_store.begin() as conn:
        alerts.raise_alert(conn, alert())
        ask = {"outcome": alerts.NEEDS_REPLY, "reason": "số liệu đảo ngược", "now": now()}
        one = alerts.decide(conn, alert().id, analyst="bàn 1", version=1, **ask)
        with pytest.raises(UserError, match="đang chờ người thứ hai"):
            alerts.decide(conn, alert().id, analyst="Bàn 1", version=2, **ask)
        two = alerts.decide(conn, alert().id, analyst="bàn 2", version=2, **ask)
    assert (one.status, two.status) == (alerts.WAITING, alerts.NEEDS_REPLY)


def test_a_decision_needs_a_reason_and_the_newest_version(any_store: Store) -> None:
    with any_store.begin() as conn:
        alerts.raise_alert(conn, alert())
        with pytest.raises(UserError, match="lý do"):
            alerts.decide(conn, alert().id, outcome=alerts.NOT_DISTORTED, reason=" ", analyst="bàn 1", version=1, now=now())
        alerts.decide(conn, alert().id, outcome=alerts.FOLLOW, reason="chờ tin", analyst="bàn 1", version=1, now=now())
        with pytest.raises(alerts.Conflict):
            alerts.decide(conn, alert().id, outcome=alerts.FOLLOW, reason="x", analyst="bàn 2", version=1, now=now())
        assert [d.analyst for d in alerts.decisions_of(conn, alert().id)] == ["bàn 1"]


def test_the_outbox_owes_each_version_once_and_in_order(any_store: Store) -> None:
    with any_store.begin() as conn:
        for version in (1, 2, 2):
            outbox.put(conn, "index", "a1", version, "{}")
        waiting = outbox.pending(conn, "index", 10, now())
        assert [message.version for message in waiting] == [1, 2]
        outbox.mark_delivered(conn, [waiting[0].seq], now())
        outbox.mark_failed(conn, waiting[1].seq, "429", now() + timedelta(minutes=1))
        assert outbox.pending(conn, "index", 10, now()) == []
        assert outbox.owed(conn, "index") == 1
        later = outbox.pending(conn, "index", 10, now() + timedelta(minutes=2))
        assert [message.attempts for message in later] == [1]
        assert outbox.next_version(conn, "index", "a1", now()) > 2


def test_the_audit_chain_catches_an_edit(any_store: Store) -> None:
    with any_store.begin() as conn:
        for number in range(3):
            audit.append(conn, actor="bàn 1", action="decide", thing=f"alert {number}", details={"n": number}, now=now())
        assert audit.verify(conn) == (3, None)
        unguarded(conn)
        conn.execute(update(tables.audit).where(tables.audit.c.seq == 2).values(actor="bàn 9"))
        assert audit.verify(conn) == (2, "mục 2: nội dung đã bị sửa")


def unguarded(conn: Connection) -> None:
    """Take the triggers away, as somebody does who owns the database."""
    for act in ("update", "delete"):
        conn.exec_driver_sql(f"DROP TRIGGER audit_no_{act}" + (" ON audit" if conn.dialect.name == "postgresql" else ""))


@pytest.mark.parametrize("act", [update(tables.audit).values(actor="bàn 9"), delete(tables.audit)])
def test_the_audit_log_can_only_grow(any_store: Store, act: Executable) -> None:
    with any_store.begin() as conn:
        audit.append(conn, actor="bàn 1", action="decide", thing="a", details={}, now=now())
    with pytest.raises(DBAPIError, match="chỉ ghi thêm"), any_store.begin() as conn:
        conn.execute(act)


def test_an_audit_log_that_was_cut_off_or_emptied_is_no_whole_one(any_store: Store, tmp_path: Path) -> None:
    with any_store.begin() as conn:
        assert audit.verify(conn) == (0, None)
        for number in range(5):
            audit.append(conn, actor="bàn 1", action="decide", thing=f"alert {number}", details={}, now=now())
        assert witness.verify(conn, tmp_path) == (5, None)
        unguarded(conn)
        conn.execute(delete(tables.audit).where(tables.audit.c.seq > 3))
        assert audit.verify(conn) == (3, "thiếu 2 mục cuối: nhật ký từng có 5 mục, nay còn 3")
        audit.append(conn, actor="bàn 1", action="decide", thing="later", details={}, now=now())
        assert "thiếu 2 mục" in str(audit.verify(conn)[1]), "what is added later hides nothing"
        conn.execute(delete(tables.audit))
        assert "thiếu 6 mục" in str(audit.verify(conn)[1])
        conn.execute(delete(tables.meta))
        assert audit.verify(conn) == (0, None), "the store alone cannot know it"
        assert "thiếu 5 mục" in (said := str(witness.verify(conn, tmp_path)[1])) and "khôi phục" in said
        users.add(conn, "Bàn 1", "admin", now())
        assert "nhật ký trống" in str(audit.verify(conn)[1])


def test_a_run_keeps_its_steps_and_their_sums(any_store: Store) -> None:
    with any_store.begin() as conn:
        run = runs.start(conn, "demo", now())
        runs.add_step(conn, run, StepCount(step="read", entered=3, outcomes={"new": 2, "copy": 1}))
        runs.end(conn, run, now())
        last = runs.last(conn)
    assert last is not None
    assert last["steps"] == [{"step": "read", "in": 3, "outcomes": {"new": 2, "copy": 1}}]
    with pytest.raises(ValueError, match="add up"):
        StepCount(step="read", entered=3, outcomes={"new": 2})


def test_papers_are_noted_once(any_store: Store) -> None:
    with any_store.begin() as conn:
        for _ in range(2):
            papers.save_paper(conn, kind="digest", province="ninh-binh", day="2026-11-21", story=None, path="x.html", sha256="0", now=now())
        assert len(papers.list_papers(conn, "digest")) == 1


def test_a_reader_never_waits_for_a_writer(store: Store, tmp_path: Path) -> None:
    with store.begin() as conn:
        alerts.raise_alert(conn, alert())
        with store.read() as reader:
            assert alerts.count_alerts(reader) == 0
    assert sqlite3.connect(tmp_path / "store.sqlite3").execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_killed_run_is_closed_and_marked_when_the_next_starts(any_store: Store) -> None:
    from pipelines.store.schema import runs as table

    def seen() -> dict[str, bool]:
        with any_store.read() as conn:
            return {row.command: row.ended is not None for row in conn.execute(table.select())}

    with any_store.begin() as conn:
        runs.start(conn, "collect", now())
        runs.start(conn, "press 1/2", now())
        runs.start(conn, "press 2/2", now())
    with any_store.begin() as conn:
        done = runs.start(conn, "press 1/2", now() + timedelta(seconds=1))
        runs.end(conn, done, now())
    # Another shard may be at work, and so may a command beside the shards.
    assert seen() == {"collect": False, "press 1/2 (bị ngắt)": True, "press 1/2": True, "press 2/2": False}
    with any_store.begin() as conn:
        runs.start(conn, "ingest", now() + timedelta(seconds=2))
    alone = any_store.engine.dialect.name == "sqlite"
    assert seen() == {
        "collect (bị ngắt)" if alone else "collect": alone, "press 1/2 (bị ngắt)": True, "press 1/2": True,
        "press 2/2": False, "ingest": False,
    }  # fmt: skip


def test_a_full_disk_is_said_as_one(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/a.sqlite3")
    with pytest.raises(UserError, match="is full; hãy giải phóng đĩa"), store.begin() as conn:
        conn.exec_driver_sql("PRAGMA max_page_count=1")
        conn.exec_driver_sql("CREATE TABLE more AS SELECT randomblob(1000000)")
