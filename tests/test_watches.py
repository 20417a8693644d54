"""The commands around saved searches, notices, exports and API clients, from the shell's side."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from typer import Typer
from typer.testing import CliRunner

from flows.cli import register
from pipelines import watches as saved
from pipelines.clock import now
from pipelines.errors import UserError
from pipelines.search.embedded import EmbeddedIndex
from pipelines.search.rebuild import rebuild
from pipelines.store import audit, clients, watches
from pipelines.store import schema as tables
from pipelines.store.rows import stamp
from pipelines.watches import preview
from tests.desk import Desk, make_desk, sign_in
from tests.searching import document, put


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = make_desk(tmp_path / "data")
    with made.store.begin() as conn:
        conn.execute(update(tables.articles).values(assessed_with="m1/r1", published=stamp(now() - timedelta(days=2))))
    index = EmbeddedIndex(made.settings.data / "index.sqlite3")
    rebuild(made.store, index)
    index.close()
    (made.settings.data / "cotmoc.toml").write_text('[notify]\nban-2 = "json://127.0.0.1:9/x"\n')
    return made


def cotmoc(desk: Desk, *words: str) -> str:
    """Run a command and return its standard output; a user's mistake is raised."""
    app = Typer()
    register(app)
    result = CliRunner().invoke(app, [*words, "--data", str(desk.settings.data)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_a_saved_search_is_previewed_before_it_is_enabled(desk: Desk) -> None:
    said = cotmoc(desk, "watches", "add", "Vịnh", '"Vịnh Bắc Bộ"')
    assert "30 ngày qua: 2 bài, 1 tin" in said and "Vịnh Bắc Bộ chia thế nào" in said
    assert cotmoc(desk, "watches", "preview", "Vịnh") == said
    assert json.loads(cotmoc(desk, "watches", "list", "--json"))["enabled"] is None
    enabled = cotmoc(desk, "watches", "enable", "Vịnh")
    assert enabled.startswith(said) and "ban-2" in enabled.removeprefix(said)
    assert json.loads(cotmoc(desk, "watches", "list", "--json"))["enabled"]
    cotmoc(desk, "watches", "disable", "Vịnh")
    cotmoc(desk, "watches", "remove", "Vịnh")
    assert cotmoc(desk, "watches", "list", "--json") == ""


def test_what_a_question_asks_in_vain_is_told_with_the_preview(desk: Desk) -> None:
    app = Typer()
    register(app)
    said = CliRunner().invoke(app, ["watches", "preview", "ref:PCA-99 or mốc", "--data", str(desk.settings.data)])
    assert "lưu ý: ref:PCA-99" in said.stderr and "PCA-06" in said.stderr and "“or” được tìm như một từ" in said.stderr
    page = sign_in(desk).get("/watches/preview", params={"query": "ref:PCA-99 or mốc"}).text
    assert "ref:PCA-99 không có" in page and "PCA-06" in page and "“or”" in page


def test_a_name_is_the_same_however_its_letters_are_put_together(desk: Desk) -> None:
    cotmoc(desk, "watches", "add", "Ca\u0301 \u200bbie\u0302\u0309n", "cá")
    assert json.loads(cotmoc(desk, "watches", "list", "--json"))["name"] == "Cá biển"
    with pytest.raises(UserError, match="đã có"):
        cotmoc(desk, "watches", "add", "Cá biển", "cá")
    assert "đã tắt" in cotmoc(desk, "watches", "disable", "Ca\u0301 bie\u0302\u0309n")
    with desk.store.begin() as conn:
        clients.add(conn, "Kho so\u0302\u0301", now())
        clients.revoke(conn, "Kho số", now())


def test_a_question_with_signs_of_a_terminal_is_listed_harmlessly(desk: Desk) -> None:
    cotmoc(desk, "watches", "add", "Lạ\x1b[2J", "cá \x1b[2J")
    assert "\x1b" not in cotmoc(desk, "watches", "list") and "Lạ" in cotmoc(desk, "watches", "list")


def test_a_name_that_is_none_is_previewed_as_a_question_and_said(desk: Desk) -> None:
    app = Typer()
    register(app)
    said = CliRunner().invoke(app, ["watches", "preview", 'word:"vịnh bắc bộ"', "--data", str(desk.settings.data)])
    assert "không có tìm kiếm nào tên" in said.stderr and "index_words đang tắt" in said.stderr


def test_a_search_is_saved_though_its_preview_is_not_to_be_had(desk: Desk) -> None:
    (desk.settings.data / "index.sqlite3").write_bytes(b"hong" * 1000)
    app = Typer()
    register(app)
    said = CliRunner().invoke(app, ["watches", "add", "Cá", "cá", "--data", str(desk.settings.data)])
    assert said.exit_code == 0 and "không xem trước được: " in said.stderr and "đã lưu “Cá”" in said.stderr


def test_the_format_of_an_export_follows_the_name_of_its_file(desk: Desk, tmp_path: Path) -> None:
    for name, given, start in (("a.xlsx", [], b"PK"), ("a.XLSX", [], b"PK"), ("a.jsonl", [], b"{"), ("a.dat", [], b"\xef\xbb\xbf"), ("b.xlsx", ["--format", "CSV"], b"\xef\xbb\xbf")):
        cotmoc(desk, "export", "vịnh", "-o", str(tmp_path / name), *given, "--desk", " ")
        assert (tmp_path / name).read_bytes().startswith(start), name
    with desk.store.read() as conn:
        assert {row.actor for row in conn.execute(select(tables.audit).where(tables.audit.c.action == "export"))} == {"dòng lệnh"}


def test_a_private_search_is_seen_by_its_desk_and_needs_its_own_channel(desk: Desk) -> None:
    cotmoc(desk, "watches", "add", "Riêng", "cảng", "--desk", "Bàn 2")
    assert cotmoc(desk, "watches", "list") == ""
    assert "Riêng" in cotmoc(desk, "watches", "list", "--desk", "Bàn 2")
    with pytest.raises(UserError, match="riêng của Bàn 2"):
        cotmoc(desk, "watches", "enable", "Riêng")


def test_a_desk_sees_and_changes_what_is_shared_and_its_own(desk: Desk) -> None:
    office = desk.settings.model_copy(update={"notify": {"ban-2": "json://127.0.0.1:9/x"}})
    with desk.store.begin() as conn:
        saved.save(conn, office, "Riêng", "cảng", desk="Bàn 2", actor="Bàn 2", now=now())
        assert [one.name for one in saved.listed(conn, "Bàn 1")] == []
        for act in (saved.get, lambda c, n, d: saved.remove(c, n, desk=d, actor=d, now=now())):
            with pytest.raises(UserError, match="không có tìm kiếm"):
                act(conn, "Riêng", "Bàn 1")
        with pytest.raises(UserError, match="bàn của mình"):
            saved.share(conn, office, "Riêng", "Bàn 1", desk="Bàn 2", actor="Bàn 2", now=now())
        saved.share(conn, office, "Riêng", "", desk="Bàn 2", actor="Bàn 2", now=now())
        assert saved.enable(conn, office, "Riêng", desk="Bàn 1", actor="Bàn 1", now=now()).enabled
        with pytest.raises(UserError, match="cần kênh"):
            saved.share(conn, office, "Riêng", "Bàn 1", desk="Bàn 1", actor="Bàn 1", now=now())
        assert saved.disable(conn, "Riêng", desk="Bàn 2", actor="Bàn 2", now=now()).enabled is None
        saved.remove(conn, "Riêng", desk="Bàn 2", actor="Bàn 2", now=now())
        actions = conn.execute(select(tables.audit.c.action).order_by(tables.audit.c.seq)).scalars().all()
        assert actions == ["watch-save", "watch-share", "watch-enable", "watch-disable", "watch-remove"]
        assert audit.verify(conn) == (5, None)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("add", "x", "("), "ký tự 1"), (("add", "x", " "), "trống"), (("add", "", "cảng"), "tên"),
        (("add", "x", "cảng", "--channel", "y"), "kênh “y” không có"), (("enable", "y"), "không có tìm kiếm"),
    ],
)  # fmt: skip
def test_mistakes_are_one_line(desk: Desk, words: tuple[str, ...], message: str) -> None:
    with pytest.raises(UserError, match=message):
        cotmoc(desk, "watches", *words)


def test_a_preview_counts_stories_and_leaves_out_what_is_older(tmp_path: Path) -> None:
    index = EmbeddedIndex(tmp_path / "index.sqlite3")
    today = now()
    put(
        index, *(document(f"d{n}", "cảng", story=f"s{n % 25}", published=today - timedelta(hours=1)) for n in range(50)),
        document("cũ", "cảng", published=today - timedelta(days=31)),
    )  # fmt: skip
    seen = preview(index, "cảng", today)
    assert (seen.articles, seen.stories, seen.many, len(seen.newest)) == (50, 25, True, 10)
    index.close()


def test_a_channel_that_does_not_answer_its_trial_is_named(desk: Desk) -> None:
    assert cotmoc(desk, "notify", "--test") == "ban-2: không nhận (A Connection error occurred sending JSON notification to 127.0.0.1.)\n"
    assert json.loads(cotmoc(desk, "notify", "--json")) == {"step": "notify", "in": 0, "outcomes": {}}


def test_a_name_is_taken_once(desk: Desk) -> None:
    with desk.store.begin() as conn:
        watches.add(conn, "Một  hai", "x", now=now())
        with pytest.raises(UserError, match="đã có"):
            watches.add(conn, "Một hai", "y", now=now())


def test_an_export_from_the_shell(desk: Desk, tmp_path: Path) -> None:
    said = cotmoc(desk, "export", "tier:flag", "--format", "csv", "--output", str(tmp_path / "a.csv"), "--desk", "Bàn 3")
    assert "2 bài, SHA-256" in said
    assert len(list(csv.DictReader((tmp_path / "a.csv").open(encoding="utf-8-sig")))) == 2


def test_a_token_is_given_once_and_revoked(desk: Desk) -> None:
    token = cotmoc(desk, "clients", "add", "Kho").strip()
    assert token.startswith("cotmoc_") and token not in cotmoc(desk, "clients", "list")
    with desk.store.read() as conn:
        assert clients.by_token(conn, token)
    cotmoc(desk, "clients", "revoke", "Kho")
    with desk.store.read() as conn:
        assert clients.by_token(conn, token) is None
        assert audit.verify(conn) == (2, None)
    with pytest.raises(UserError, match="còn quyền"):
        cotmoc(desk, "clients", "revoke", "Kho")
