"""What happens to a digest after it is written: approved versions never change, mail goes out, wrong verdicts are corrected."""

from __future__ import annotations

import email.policy
import re
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from docx import Document
from typer.testing import CliRunner

from dashboards.digest import build_digest, write_digest
from dashboards.digest.approve import approve, approved_files, send, versions
from dashboards.digest.carried import correction_text, overturned
from dashboards.digest.correction_docx import write_correction
from dashboards.digest.edits import Edit, edited, edits_of, record
from dashboards.digest.mail import render_text
from dashboards.evidence import build_pack
from pipelines.clock import now
from pipelines.errors import UsageError, UserError
from pipelines.store import alerts as alert_store
from pipelines.store import audit
from pipelines.store.papers import list_papers
from tests.desk import DAY, NOON, WRONG, Desk, add_article, add_story, make_desk

LATER = NOON + timedelta(days=1)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "data")


def settle(desk: Desk, outcome: str = alert_store.NOT_DISTORTED, version: int = 1, at: datetime = LATER) -> None:
    with desk.store.begin() as conn:
        alert_store.decide(conn, desk.ids["flag"], outcome=outcome, reason="đọc nhầm dấu phẩy", analyst="Bàn 1", version=version, now=at)


# --- approval ------------------------------------------------------------------------------------------------


def issue(desk: Desk, by: str = "Phó phòng", *, draft: bool = False) -> dict[str, Path]:
    if draft:
        write_digest(desk.store, desk.settings, "ninh-binh", DAY, desk.settings.data / "digests")
    return approve(desk.store, desk.settings, "ninh-binh", DAY, by, NOON)


def test_an_approved_issue_is_a_frozen_numbered_copy(desk: Desk) -> None:
    first = issue(desk, draft=True)
    before = {kind: path.read_bytes() for kind, path in first.items()}
    assert all(path.stem.endswith("_v1") and path.stat().st_mode & 0o777 == 0o444 for path in first.values())
    settle(desk)
    second = issue(desk)
    assert all(path.stem.endswith("_v2") for path in second.values())
    # Each edition bears its number instead of DỰ THẢO, and the second says what the first had carried.
    for number, files in enumerate((first, second), 1):
        assert Document(str(files["docx"])).sections[0].first_page_header.paragraphs[0].text == f"Bản phát hành lần {number}"
        html, mail = files["html"].read_text(encoding="utf-8"), message_from_bytes(files["eml"].read_bytes(), policy=email.policy.default)
        assert "DỰ THẢO" not in html and f"bản phát hành lần {number}" in mail["Subject"]
        assert ("thay bản phát hành lần 1" in html) == ("Đã nêu trong: bản phát hành lần 1 của số này" in html) == (number == 2)
    assert {kind: path.read_bytes() for kind, path in first.items()} == before
    with desk.store.read() as conn:
        assert [found["by"] for found in versions(conn, "ninh-binh", DAY)] == ["Phó phòng", "Phó phòng"]
        states = {row["status"] for row in list_papers(conn, "digest")}
        assert states == {"dự thảo", "đã duyệt, bản 1", "đã duyệt, bản 2"} and audit.verify(conn)[1] is None


def test_a_period_to_come_has_no_issue_and_one_that_runs_is_provisional_and_not_approved(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboards.digest import content

    with pytest.raises(UsageError, match="chưa bắt đầu"):
        monkeypatch.setattr(content, "now", lambda: NOON - timedelta(hours=7))
        build_digest(desk.store, "ninh-binh", DAY)
    monkeypatch.setattr(content, "now", lambda: NOON + timedelta(hours=4))
    text = render_text(build_digest(desk.store, "ninh-binh", DAY))
    assert "kỳ chưa hết, số liệu tạm tính đến 19/11/2026 15:10" in text
    with pytest.raises(UserError, match="chưa duyệt được"):
        issue(desk)


def test_a_draft_that_never_went_out_is_not_called_an_issue(desk: Desk) -> None:
    write_digest(desk.store, desk.settings, "ninh-binh", DAY, desk.settings.data / "digests")
    settle(desk, at=now())
    with desk.store.read() as conn:
        assert [carrier.name for carrier in overturned(conn)[0].carriers] == ["dự thảo điểm báo Tỉnh Ninh Bình ngày 20/11/2026 (chưa phát hành)"]


def test_an_unchanged_issue_keeps_its_version_and_a_name_is_needed(desk: Desk) -> None:
    assert issue(desk) == issue(desk)
    with pytest.raises(UserError, match="--by"):
        issue(desk, "  ")


def test_of_two_who_approve_at_once_the_first_keeps_the_number_and_the_files(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboards.digest import approve as module

    whole = module.rendered
    taken: list[dict[str, Path]] = []

    def slow(*given: Any) -> dict[str, bytes]:
        made = whole(*given)
        if not taken:
            monkeypatch.setattr(module, "rendered", whole)
            with desk.store.begin() as conn:
                record(conn, "ninh-binh", DAY, desk.ids["news"], Edit(dropped=True), "Bàn 3", now())
            taken.append(approve(desk.store, desk.settings, "ninh-binh", DAY, "Bàn 2", now()))
        return made

    monkeypatch.setattr(module, "rendered", slow)
    with pytest.raises(UserError, match="vừa được người khác duyệt"):
        approve(desk.store, desk.settings, "ninh-binh", DAY, "Bàn 1", now())
    assert approved_files(desk.store, desk.settings, "ninh-binh", DAY) == taken[0], "not a byte of them was written again"


def test_an_approved_file_that_was_altered_is_neither_shown_nor_sent(desk: Desk) -> None:
    path = issue(desk)["pdf"]
    path.chmod(0o644)
    path.write_bytes(b"khac")
    with pytest.raises(UserError, match="bị sửa"):
        approved_files(desk.store, desk.settings, "ninh-binh", DAY)


# --- mail ----------------------------------------------------------------------------------------------------


class Box:
    """Takes every message but those to `refuse@…`."""

    def __init__(self) -> None:
        self.taken: list[Any] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address.startswith("refuse"):
            return "550 no such box"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.taken.append(envelope)
        return "250 OK"


@pytest.fixture
def post() -> Iterator[tuple[Box, str]]:
    box = Box()
    # aiosmtpd cannot say which port the system gave it for port 0.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, f"smtp://127.0.0.1:{port}"
    controller.stop()


def mailed(desk: Desk, url: str, *to: str) -> int:
    config = desk.settings.model_copy(update={"smtp_url": url, "smtp_from": "phong@so.example", "smtp_to": to})
    return send(desk.store, config, "ninh-binh", DAY, (), NOON)


def test_the_approved_issue_arrives_in_all_its_parts(desk: Desk, post: tuple[Box, str]) -> None:
    issue(desk)
    assert mailed(desk, post[1], "a@x.example", "b@x.example") == 2
    envelope = post[0].taken[0]
    mail = message_from_bytes(envelope.content)
    assert envelope.rcpt_tos == ["a@x.example", "b@x.example"] and "b@x.example" not in envelope.content.decode("ascii")
    assert mail["From"] == "phong@so.example" and mail["X-Unsent"] is None
    assert [part.get_content_type() for part in mail.walk()][:5] == ["multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html"]
    assert [name[-4:] for part in mail.walk() if (name := part.get_filename())] == ["docx", ".pdf"]


def test_a_draft_is_never_mailed(desk: Desk, post: tuple[Box, str]) -> None:
    write_digest(desk.store, desk.settings, "ninh-binh", DAY, desk.settings.data / "digests")
    with pytest.raises(UserError, match="chưa duyệt"):
        mailed(desk, post[1], "a@x.example")
    assert post[0].taken == []


def test_refusals_are_named_and_nothing_is_lost(desk: Desk, post: tuple[Box, str]) -> None:
    issue(desk)
    with pytest.raises(UserError, match=r"refuse@x\.example; 1 hộp thư khác đã nhận"):
        mailed(desk, post[1], "a@x.example", "refuse@x.example")
    with pytest.raises(UserError, match="từ chối mọi hộp thư"):
        mailed(desk, post[1], "refuse@x.example")
    with pytest.raises(UserError, match="không gửi được"):
        mailed(desk, "smtp://127.0.0.1:9", "a@x.example")
    with pytest.raises(UserError, match="không có TLS"):
        mailed(desk, post[1].replace("//", "//ai:mk@"), "a@x.example")
    for url, to in (("", "a@x.example"), (post[1], "")):
        with pytest.raises(UsageError, match="smtp_to"):
            mailed(desk, url, *filter(None, [to]))


def test_the_command_approves_and_sends(desk: Desk, post: tuple[Box, str], monkeypatch: pytest.MonkeyPatch) -> None:
    import typer

    from flows.commands.digest import digest

    monkeypatch.setenv("COTMOC_SMTP_URL", post[1])
    monkeypatch.setenv("COTMOC_SMTP_FROM", "phong@so.example")
    app = typer.Typer()
    app.command()(digest)
    data = ["--data", str(desk.settings.data), "--date", DAY.isoformat()]
    assert "chưa duyệt" in str(CliRunner().invoke(app, ["send", "--to", "a@x.example", *data]).exception)
    result = CliRunner().invoke(app, ["approve", "--by", "Phó phòng", "--send", "--to", "a@x.example", *data])
    assert result.exit_code == 0 and "_v1.pdf" in result.output and len(post[0].taken) == 1


# --- corrections ---------------------------------------------------------------------------------------------


def test_an_overturned_verdict_lists_every_digest_and_pack_that_carried_it(desk: Desk, tmp_path: Path) -> None:
    issue(desk)
    pack = build_pack(desk.store, desk.settings, desk.ids["story"], tmp_path / "out", pictures=False)
    with desk.store.read() as conn:
        assert overturned(conn) == []
    settle(desk, at=now())
    with desk.store.read() as conn:
        found = overturned(conn)
        assert overturned(conn, now() + timedelta(days=1)) == []
    assert [one.alert.id for one in found] == [desk.ids["flag"]]
    assert [carrier.name for carrier in found[0].carriers] == ["điểm báo Tỉnh Ninh Bình ngày 20/11/2026, bản phát hành lần 1", f"hồ sơ {pack.zip.name}"]
    text = correction_text(found[0])
    assert WRONG in text and "đọc nhầm dấu phẩy" in text and pack.zip.name in text
    path = write_correction(desk.store, desk.settings, found, tmp_path / "c")[0]
    said = "\n".join(p.text for p in Document(str(path)).paragraphs)
    assert WRONG in said and "20/11/2026" in said


def test_a_verdict_that_no_paper_carried_needs_no_correction(desk: Desk) -> None:
    settle(desk)
    with desk.store.read() as conn:
        assert overturned(conn) == []


def test_a_verdict_that_was_upheld_again_needs_no_correction(desk: Desk) -> None:
    issue(desk)
    settle(desk)
    settle(desk, alert_store.FOLLOW, version=2)
    with desk.store.read() as conn:
        assert overturned(conn) == []


def test_the_next_digest_prints_the_correction_with_the_issues_that_carried_it(desk: Desk) -> None:
    issue(desk)
    settle(desk)
    text = render_text(build_digest(desk.store, "ninh-binh", DAY + timedelta(days=1)))
    assert "Đã nêu trong: điểm báo Tỉnh Ninh Bình ngày 20/11/2026, bản phát hành lần 1." in text


def test_the_corrections_command(desk: Desk, tmp_path: Path) -> None:
    import typer

    from flows.commands.corrections import corrections

    app = typer.Typer()
    app.command()(corrections)
    data = ["--data", str(desk.settings.data)]
    assert "không có nhận định" in CliRunner().invoke(app, data).output
    issue(desk)
    settle(desk)
    said = CliRunner().invoke(app, ["--output", str(tmp_path), *data]).output
    assert "điểm báo Tỉnh Ninh Bình ngày 20/11/2026" in said and "dinh-chinh_" in said
    assert '"carriers"' in CliRunner().invoke(app, ["--json", *data]).output


# --- editor --------------------------------------------------------------------------------------------------


def test_an_editor_reorders_leaves_out_rewrites_and_approves_from_the_desk(desk: Desk) -> None:
    from tests.test_dashboard import enter, token

    client = enter(desk, "Bàn 2")
    address = f"/digests/edit/{DAY.isoformat()}"
    page = client.get(address).text
    items = build_digest(desk.store, "ninh-binh", DAY).domestic
    assert "Cảng cá Kim Sơn" in page and len(items) >= 2
    assert client.post(address, data={"token": "x", "story": items[0].story}).status_code == 403

    def save(**given: str) -> int:
        return client.post(address, data={"token": token(page), **given}, follow_redirects=False).status_code

    assert save(story=desk.ids["news"], place="1", summary="Bến cảng cá <b>Kim Sơn</b> được mở rộng.") == 303
    dropped = next(item for item in items if item.story == desk.ids["story"])
    assert save(story=dropped.story, place="0", dropped="1", summary="") == 303
    assert save(story=desk.ids["news"], summary="a" * 700) == 400
    assert save(story="khong\x00co", place="1") == 400
    # Whoever edited does not approve: no button, and a post is refused.
    again = client.get(address).text
    assert "Đã biên tập: Bàn 2" in again and 'value="approve"' not in again
    assert save(action="approve") == 400
    second = enter(desk, "Phó phòng", "approver")
    shown = second.get(address).text
    seen = re.search(r'name="seen" value="(\w+)"', shown)
    assert seen
    assert second.post(address, data={"token": token(shown), "action": "approve", "seen": "0" * 64}).status_code == 400
    answer = second.post(address, data={"token": token(shown), "action": "approve", "seen": seen[1]}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/digests")
    files = approved_files(desk.store, desk.settings, "ninh-binh", DAY)
    text = files["html"].read_text(encoding="utf-8")
    assert "Bến cảng cá &lt;b&gt;Kim Sơn&lt;/b&gt; được mở rộng." in text and "đã bỏ 1 tin, viết lại 1 tóm tắt" in text
    assert f'href="{dropped.url}">{dropped.title}' not in text.split("Nội dung có dữ kiện")[0]
    with desk.store.read() as conn:
        assert [found["by"] for found in versions(conn, "ninh-binh", DAY)] == ["Phó phòng"] and audit.verify(conn)[1] is None
    assert "Bản 1 đã duyệt: Phó phòng" in client.get(address).text and "đã duyệt, bản 1" in client.get("/digests").text
    assert client.get("/digests/edit/mai").status_code == 404
    assert client.get("/digests/edit/2999-01-01").status_code == 404


def test_stories_beyond_the_twelfth_are_before_the_editor_and_come_in_by_their_place(desk: Desk) -> None:
    from tests.test_dashboard import enter, token

    for n in range(20):
        at = NOON - timedelta(minutes=n)
        add_story(desk.store, add_article(desk.store, f"https://b.example/{n}", "Báo B", f"Tin số {n}.", "Thân bài của tin này đủ dài để tóm tắt.", at))
    before = build_digest(desk.store, "ninh-binh", DAY)
    last = before.rest["domestic"][-1]
    assert (len(before.domestic), len(before.rest["domestic"]), before.left_out) == (12, 11, 11)
    client = enter(desk, "Bàn 2")
    address = f"/digests/edit/{DAY.isoformat()}"
    page = client.get(address).text
    assert "Tin chưa vào số báo: 11" in page and f'value="{last.story}"' in page
    # One comes in from the rest and one of the twelve is dropped: the eleventh of the others stays, the next but one comes up.
    for given in ({"story": last.story, "place": "1"}, {"story": before.domestic[0].story, "place": "0", "dropped": "1"}):
        assert client.post(address, data={"token": token(page), "summary": "", **given}, follow_redirects=False).status_code == 303
    with desk.store.read() as conn:
        issue = edited(build_digest(desk.store, "ninh-binh", DAY), edits_of(conn, "ninh-binh", DAY))
    assert [item.story for item in issue.domestic] == [last.story, *(item.story for item in before.domestic[1:])]
    assert (len(issue.rest["domestic"]), issue.left_out) == (10, 10) and "bỏ 1 tin, viết lại 0 tóm tắt" in issue.edits
    again = client.get(address).text
    assert "Tin chưa vào số báo: 11" in again and again.index(last.story) < again.index(before.domestic[1].story) < again.index(before.domestic[0].story)


def test_a_paper_made_after_the_decision_carried_the_decision_and_needs_no_correction(desk: Desk, tmp_path: Path) -> None:
    with desk.store.begin() as conn:
        alert_store.decide(conn, desk.ids["flag"], outcome=alert_store.NOT_DISTORTED, reason="đúng", analyst="Bàn 1", version=1, now=NOON)
    build_pack(desk.store, desk.settings, desk.ids["story"], tmp_path / "out", pictures=False)
    with desk.store.read() as conn:
        assert overturned(conn) == []
