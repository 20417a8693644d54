"""What reports count beyond the claims: requests sent and answered, products by channel, classes of outlets; and reminders."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from dashboards.reports import build_report
from dashboards.reports.gather import numbers
from dashboards.reports.reminders import remind
from dashboards.reports.replies import CORRECTED, note_answer, note_sent, replies
from flows.commands.evidence import evidence
from pipelines.clock import HANOI
from pipelines.errors import UserError
from pipelines.settings import load_profile
from pipelines.store import audit
from tests.desk import DAY, Desk, make_desk

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
LATER = datetime(2026, 12, 20, 9, 0, tzinfo=HANOI)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "data")


def test_requests_sent_answered_and_corrected_are_counted_in_the_period_of_sending(desk: Desk) -> None:
    story = desk.ids["story"]
    with desk.store.begin() as conn:
        note_sent(conn, story, date(2026, 11, 21), "Bàn 1", LATER)
        note_answer(conn, story, date(2026, 11, 25), CORRECTED, "Bàn 1", LATER)
    with desk.store.read() as conn:
        found = numbers(conn, load_profile("ninh-binh"), FIRST, LAST, {})
        before = numbers(conn, load_profile("ninh-binh"), date(2026, 10, 1), date(2026, 10, 31), {})
        assert audit.verify(conn)[1] is None
    assert (found.sent, found.answered, found.corrected) == (1, 1, 1) and (before.sent, before.answered) == (0, 0)
    report = build_report(desk.store, "ninh-binh", "adhoc", FIRST, LAST)
    rows = {row[0]: row[1] for section in report.sections for table in section.tables for row in table.rows}
    assert rows["Công văn đề nghị cải chính đã gửi"] == "1" and rows["Trong đó đã cải chính"] == "1"


def test_an_answer_needs_a_request_before_it_and_days_lie_in_the_past(desk: Desk) -> None:
    story = desk.ids["story"]
    with desk.store.begin() as conn:
        with pytest.raises(UserError, match="chưa ghi công văn"):
            note_answer(conn, story, date(2026, 11, 25), CORRECTED, "Bàn 1", LATER)
        with pytest.raises(UserError, match="chưa tới"):
            note_sent(conn, story, date(2027, 1, 1), "Bàn 1", LATER)
        note_sent(conn, story, date(2026, 11, 21), "Bàn 1", LATER)
        with pytest.raises(UserError, match="chọn một trong"):
            note_answer(conn, story, date(2026, 11, 22), "xong", "Bàn 1", LATER)
        with pytest.raises(UserError, match="chưa ghi công văn"):
            note_answer(conn, story, date(2026, 11, 20), CORRECTED, "Bàn 1", LATER)


def test_the_commands_note_both(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COTMOC_DATA", str(desk.settings.data))
    desk.store.close()

    def run(*words: str) -> int:
        alone = typer.Typer()
        alone.command()(evidence)
        return CliRunner().invoke(alone, list(words)).exit_code

    short = desk.ids["story"][:10]
    assert run("answered", short, "--date", "2026-11-19") != 0
    assert run("sent", short, "--date", "2026-11-18", "--by", "Bàn 1") == 0
    assert run("answered", short, "--date", "2026-11-19", "--answer", "từ chối") == 0
    with make_store(desk).read() as conn:
        assert replies(conn)[desk.ids["story"]].answer == "từ chối"


def test_the_desk_notes_when_a_request_was_sent_and_how_it_was_answered(desk: Desk, tmp_path: Path) -> None:
    from tests.desk import pack_without_browser
    from tests.test_dashboard import enter, token

    pack_without_browser(desk.store, desk.settings, desk.ids["story"], tmp_path / "out")
    client = enter(desk, "Bàn 2")

    def note(**given: str) -> tuple[int, str]:
        page = client.get("/packs").text
        answer = client.post("/packs/reply", data={"token": token(page), "story": desk.ids["story"], **given}, follow_redirects=False)
        return answer.status_code, answer.text

    assert 'value="answered"' not in client.get("/packs").text, "an answer needs a request before it"
    assert note(what="answered", day="2026-11-20", answer="không trả lời")[0] == 400
    assert note(what="sent", day="")[0] == 400 and note(what="sent", day="2999-01-01")[0] == 400
    assert note(what="sent", day="2026-11-20") == (303, "")
    assert note(what="answered", day="2026-11-19", answer="không trả lời")[0] == 400
    assert note(what="answered", day="2026-11-20", answer="không trả lời") == (303, "")
    assert "20/11/2026: không trả lời" in client.get("/packs").text
    assert note(what="sent", day="2026-11-20", story="0" * 32)[0] == 404
    with desk.store.read() as conn:
        found = numbers(conn, load_profile("ninh-binh"), FIRST, LAST, {})
        assert (found.sent, found.answered, found.unanswered) == (1, 0, 1)
        assert audit.verify(conn)[1] is None
    guest = enter(desk, "Khách", "guest")
    assert guest.post("/packs/reply", data={"token": token(guest.get("/packs").text), "story": desk.ids["story"], "what": "sent", "day": "2026-11-20"}).status_code == 403


def make_store(desk: Desk) -> Any:
    from pipelines.store import Store

    return Store.open(desk.settings.store_url)


def test_outlets_are_counted_by_the_class_of_their_owner(desk: Desk) -> None:
    with desk.store.read() as conn:
        found = numbers(conn, load_profile("ninh-binh"), FIRST, LAST, {"báo-mẫu": "central press", "foreign-wire": "foreign press"})
    assert dict(found.by_class)["báo chí trung ương"] == 2 and dict(found.by_class)["báo chí nước ngoài"] == 1
    assert "trong nước, chưa phân loại" in dict(found.by_class)


def test_an_issue_counts_as_issued_only_when_it_was_approved(desk: Desk, tmp_path: Path) -> None:
    from dashboards.digest import write_digest
    from dashboards.digest.approve import approve
    from pipelines.clock import local, now
    from tests.desk import DAY

    today = local(now()).date()
    write_digest(desk.store, desk.settings, "ninh-binh", DAY, tmp_path)
    with desk.store.read() as conn:
        assert dict(numbers(conn, load_profile("ninh-binh"), today, today, {}).products) == {"điểm báo mới có dự thảo (số)": 1}
    approve(desk.store, desk.settings, "ninh-binh", DAY, "Phó phòng", now())
    with desk.store.read() as conn:
        assert dict(numbers(conn, load_profile("ninh-binh"), today, today, {}).products) == {"điểm báo đã phát hành (số)": 1}


def test_own_products_are_counted_by_channel(desk: Desk) -> None:
    at = datetime(2026, 11, 20, 9, 0, tzinfo=HANOI)
    with desk.store.begin() as conn:
        for action, thing, details in (
            ("digest.send", f"ninh-binh {DAY}", {"taken": 3}), ("digest.send", f"lao-cai {DAY}", {"taken": 1}),
            ("factcard.write", "GT-02", {"format": "radio", "lang": "vi"}), ("factcard.write", "GT-02", {"format": "sms160", "lang": "vi"}),
            ("evidence.export", desk.ids["story"], {}),
        ):  # fmt: skip
            audit.append(conn, actor="cotmoc", action=action, thing=thing, details=details, now=at)
    with desk.store.read() as conn:
        found = dict(numbers(conn, load_profile("ninh-binh"), FIRST, LAST, {}).products)
    assert found["điểm báo gửi qua thư điện tử (lần)"] == 1 and found["thẻ thông tin: truyền thanh, loa"] == 1
    assert found["thẻ thông tin: tin nhắn"] == 1 and found["hồ sơ tải về để gửi đi (lần)"] == 1


# --- reminders ------------------------------------------------------------------------------------------------------


def told(desk: Desk, day: date, hour: int = 9, taken: bool = True) -> tuple[list[str], dict[str, int]]:
    said: list[str] = []

    def send(address: str, title: str, text: str) -> bool:
        said.append(f"{title}\n{text}")
        return taken

    settings = desk.settings.model_copy(update={"notify": {"truc-ban": "json://127.0.0.1:9"}})
    count = remind(desk.store, settings, datetime(day.year, day.month, day.day, hour, tzinfo=HANOI), send)
    return said, count.outcomes


@pytest.mark.parametrize("left", [30, 7, 1])
def test_each_reminder_is_pushed_once(desk: Desk, left: int) -> None:
    day = date(2026, 11, 15) - timedelta(days=left)
    said, outcomes = told(desk, day)
    mine = [text for text in said if "Tỉnh Ninh Bình" in text]
    assert outcomes == {"sent": len(said)} and len(mine) == 1
    assert f"còn {left} ngày" in mine[0] and "15/11/2026" in mine[0] and "UBND tỉnh" in mine[0]
    assert told(desk, day)[0] == [] and told(desk, day + timedelta(days=1))[0] == []


def test_a_reminder_that_was_slept_through_comes_late_and_not_twice(desk: Desk) -> None:
    said, _outcomes = told(desk, date(2026, 10, 18))
    assert len(said) == 1 and "còn 28 ngày" in said[0]
    assert told(desk, date(2026, 10, 20))[0] == []
    assert told(desk, date(2026, 10, 30))[0] == [], "twelve days late is no reminder of T-30 any more"


def test_the_commune_of_the_office_is_reminded_of_too(desk: Desk) -> None:
    said, _outcomes = told(desk, date(2026, 12, 3))
    assert len(said) == 1 and "Xã Liên Minh" in said[0] and "10/12/2026" in said[0] and "ninh-binh/lien-minh" in said[0]


def test_quiet_hours_and_a_channel_that_is_away_keep_the_reminder(desk: Desk) -> None:
    day = date(2026, 11, 8)
    assert told(desk, day, hour=23) == ([], {"quiet": 1})
    said, outcomes = told(desk, day, taken=False)
    assert len(said) == 1 and outcomes == {"retry": 1}
    assert told(desk, day)[1] == {"later": 1}
    assert told(desk, day, hour=12)[1] == {"sent": 1}
