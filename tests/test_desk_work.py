"""Workflow: second persons, undo, assignment, notes with mentions, conflict, steps of the office."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from sqlalchemy import select, update

from dashboards import steps, triage
from dashboards.app import create_app
from flows.decided import decisions as training
from pipelines.clock import now, today
from pipelines.errors import UsageError, UserError
from pipelines.records import Verdict
from pipelines.settings import Settings
from pipelines.store import alerts as alert_store
from pipelines.store import audit, work
from pipelines.store.schema import alert_work, articles, decisions, outbox
from tests.desk import NOON, WRONG, Desk, add_alert, add_article, add_story, claim, make_desk, sign_in
from tests.deskwork import decide, form, state


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "data")


# --- undo ----------------------------------------------------------------------------------------------------


def test_undo_brings_the_state_back_as_an_event_of_its_own_and_deletes_nothing(desk: Desk) -> None:
    client = sign_in(desk)
    decide(client, desk, "trùng", reason="nhầm tay")
    client.post("/alerts/undo", data=form(client))
    assert state(desk) == ("mới", 3), "a new version: an open page elsewhere must not land on it"
    with desk.store.read() as conn:
        rows = conn.execute(select(decisions)).mappings().all()
        assert len(rows) == 1 and rows[0]["undone"], "the row stays, marked"
        assert alert_store.decisions_of(conn, desk.ids["flag"]) == []
        actions = [row.action for row in conn.execute(select(audit.audit).where(audit.audit.c.action.like("alert.%")))]
        assert actions == ["alert.decide", "alert.undo"] and audit.verify(conn)[1] is None
    text = client.get(f"/alerts/{desk.ids['flag']}").text
    assert "đã hoàn tác lúc" in text and "hoàn tác “trùng”" in text and "nhầm tay" in text
    assert list(training(desk.store)) == [], "what was taken back teaches nothing"


def test_undo_tells_the_index(desk: Desk) -> None:
    with desk.store.begin() as conn:
        conn.execute(update(articles).values(assessed_with="m1/r1"))
    client = sign_in(desk)
    decide(client, desk, "trùng")
    client.post("/alerts/undo", data=form(client))
    with desk.store.read() as conn:
        newest = [row.payload for row in conn.execute(outbox.select().order_by(outbox.c.seq))][-1]
    assert "trùng" not in newest and "mới" in newest


def test_undo_ends_when_somebody_else_acted_or_after_ten_minutes(desk: Desk) -> None:
    one, two = sign_in(desk, name="Bàn 1"), sign_in(desk, name="Bàn 2")
    decide(one, desk, "theo dõi")
    decide(two, desk, "trùng")
    answer = one.post("/alerts/undo", data=form(one))
    assert answer.status_code == 409 and "không hoàn tác được" in answer.text and state(desk)[0] == "trùng"
    two.post("/alerts/undo", data=form(two))
    assert state(desk)[0] == "theo dõi", "each takes back only their own"
    with desk.store.begin() as conn:
        from pipelines.store.rows import stamp

        conn.execute(decisions.update().values(decided=stamp(now() - timedelta(minutes=11))))
    assert one.post("/alerts/undo", data=form(one)).status_code == 409


def test_undo_of_a_bulk_takes_all_of_it_back_but_what_others_touched(desk: Desk) -> None:
    ids = [desk.ids["flag"], desk.ids["watch"]]
    landed = triage.record_many(
        desk.store, [(id, 1) for id in ids], outcome="theo dõi", reason="chờ", note="", analyst="Bàn 1", now=now()
    )
    triage.record(desk.store, ids[1], outcome="trùng", reason="x", note="", analyst="Bàn 2", version=2, now=now())
    back, kept = triage.take_back(desk.store, "Bàn 1", landed.batch, now())
    assert [one.alert for one in back] == [ids[0]] and kept == 1
    assert state(desk, ids[0])[0] == "mới" and state(desk, ids[1])[0] == "trùng"


def test_a_colleagues_batch_cannot_be_undone(desk: Desk) -> None:
    landed = triage.record_many(desk.store, [(desk.ids["flag"], 1)], outcome="theo dõi", reason="chờ", note="", analyst="Bàn 1", now=now())
    with pytest.raises(alert_store.Conflict):
        triage.take_back(desk.store, "Bàn 2", landed.batch, now())


@hypothesis(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from(["theo dõi", "trùng", "không sai lệch", "cần phản hồi", "undo"]), max_size=8))
def test_whatever_is_decided_and_undone_the_state_is_that_of_the_last_standing_decision(steps_taken: list[str]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        desk = make_desk(Path(folder) / "data")
        id, moment, standing = desk.ids["flag"], now(), list[str]()
        for number, act in enumerate(steps_taken):
            at = moment + timedelta(seconds=number)
            if act == "undo":
                if standing:
                    triage.take_back(desk.store, "Bàn 1", "", at)
                    standing.pop()
                continue
            if act == "cần phản hồi" and standing[-1:] == [alert_store.WAITING]:
                with pytest.raises(UserError, match="đang chờ người thứ hai"):
                    triage.record(desk.store, id, outcome=act, reason="r", note="", analyst="Bàn 1", version=state(desk)[1], now=at)
                continue
            triage.record(desk.store, id, outcome=act, reason="r", note="", analyst="Bàn 1", version=state(desk)[1], now=at)
            standing.append(alert_store.WAITING if act == "cần phản hồi" else act)
        assert state(desk)[0] == (standing[-1] if standing else "mới")
        with desk.store.read() as conn:
            assert audit.verify(conn)[1] is None
        desk.store.close()


# --- two persons, two at once --------------------------------------------------------------------------------


def test_needs_a_reply_takes_two_accounts_and_undo_of_the_second_waits_again(desk: Desk) -> None:
    one, two = sign_in(desk, name="Bàn 1"), sign_in(desk, "approver", "Trưởng ban")
    decide(one, desk, "cần phản hồi")
    assert state(desk) == (alert_store.WAITING, 2)
    id = desk.ids["flag"]
    assert "Bạn đã đề nghị “cần phản hồi”" in one.get(f"/alerts/{id}").text and "Bạn đã đề nghị" not in two.get(f"/alerts/{id}").text
    again = one.post(f"/alerts/{id}", data=form(one, version="2", outcome="cần phản hồi", reason="nói lại"))
    assert again.status_code == 400 and "đang chờ người thứ hai" in again.text and "nói lại" in again.text
    bulk = one.post("/alerts/decide", data=form(one, pick=f"{id}:2", outcome="cần phản hồi", reason="nói lại"))
    assert bulk.status_code == 400 and "đang chờ người thứ hai" in bulk.text
    assert state(desk) == (alert_store.WAITING, 2), "nobody seconds himself, and the same proposal is written once"
    with desk.store.read() as conn:
        assert len(alert_store.decisions_of(conn, id)) == 1
    assert "Vịnh Bắc Bộ chia thế nào?" in two.get("/mine").text
    decide(two, desk, "cần phản hồi")
    assert state(desk)[0] == "cần phản hồi"
    two.post("/alerts/undo", data=form(two))
    assert state(desk)[0] == alert_store.WAITING


def test_a_proposal_that_was_taken_back_does_not_count_as_the_first_person(desk: Desk) -> None:
    one, two = sign_in(desk, name="Bàn 1"), sign_in(desk, name="Bàn 2")
    decide(one, desk, "cần phản hồi")
    one.post("/alerts/undo", data=form(one))
    decide(two, desk, "cần phản hồi")
    assert state(desk)[0] == alert_store.WAITING


def test_the_later_of_two_sees_who_did_what_and_keeps_the_words(desk: Desk) -> None:
    one, two, id = sign_in(desk, name="Bàn 1"), sign_in(desk, name="Bàn 2"), desk.ids["flag"]
    decide(one, desk, "theo dõi", reason="chờ bản sửa")
    late = two.post(f"/alerts/{id}", data=form(two, version="1", outcome="trùng", reason="lời của bàn hai"))
    assert late.status_code == 409
    assert "Bàn 1 đã ghi “theo dõi”" in late.text and "chờ bản sửa" in late.text and "lời của bàn hai" in late.text


def test_one_post_may_decide_the_other_open_claims_of_the_story_too(desk: Desk) -> None:
    client, id = sign_in(desk), desk.ids["flag"]
    answer = client.post(
        f"/alerts/{id}", data=form(client, version="1", outcome="theo dõi", reason="chờ", pick=f"{desk.ids['watch']}:1 "), follow_redirects=False
    )
    assert answer.headers["location"] == f"/alerts/{id}"
    assert state(desk, desk.ids["watch"])[0] == "theo dõi"


# --- assignment and notes ------------------------------------------------------------------------------------


def test_an_alert_is_given_to_a_colleague_until_a_day_and_stands_under_their_work(desk: Desk) -> None:
    one, two, id = sign_in(desk, name="Bàn 1"), sign_in(desk, name="Bàn 2"), desk.ids["flag"]
    one.post("/alerts/assign", data=form(one, pick=f"{id}:1", assignee="Bàn 2", due=today().isoformat()))
    with desk.store.begin() as conn:
        conn.execute(update(alert_work).values(due="2026-11-01"))
    text = two.get("/mine").text
    assert "Vịnh Bắc Bộ chia thế nào?" in text and "quá hạn" in text and "01/11" in text
    assert "Vịnh Bắc Bộ chia thế nào?" in two.get("/alerts?assignee=me").text
    assert "giao cho Bàn 2" in one.get(f"/alerts/{id}").text
    for bad in ({"assignee": "Không Có"}, {"assignee": "Bàn 2", "due": "mai"}, {"assignee": "Bàn 2", "due": "2026-10-31"}, {"assignee": "Bàn 2", "pick": "x:1"}):
        assert one.post("/alerts/assign", data=form(one, **{"pick": f"{id}:1", **bad})).status_code == 400
    one.post("/alerts/assign", data=form(one, pick=f"{id}:1", assignee=""))
    assert "Không có việc nào được giao" in two.get("/mine").text


def test_nothing_is_given_to_those_who_may_not_decide(desk: Desk) -> None:
    sign_in(desk, "viewer", "Người xem")
    with pytest.raises(UserError, match="đồng nghiệp"):
        triage.assign(desk.store, [desk.ids["flag"]], "Người xem", "", "Bàn 1", now())


def test_a_note_that_names_a_colleague_waits_for_them_until_they_open_the_story(desk: Desk) -> None:
    one, two, id = sign_in(desk, name="Bàn 1"), sign_in(desk, name="Trần An"), desk.ids["flag"]
    one.post(f"/alerts/{id}/note", data=form(one, text="@Trần An xem giúp <b>số</b> này; @Người Lạ không có ở đây"))
    assert "xem giúp" in two.get("/mine").text and "<b>số</b>" not in two.get("/mine").text
    assert "xem giúp" not in one.get("/mine").text
    two.get(f"/alerts/{id}")
    assert "xem giúp" not in two.get("/mine").text
    assert one.post(f"/alerts/{id}/note", data=form(one, text="  ")).status_code == 400


@pytest.mark.parametrize(
    ("text", "named"),
    [("@An", ["An"]), ("@an và @AN", ["An"]), ("@An Bình nhé", ["An Bình"]), ("@Anh", []), ("thư an@an.example", []), ("(@An)", ["An"]),
     ("@An, @Bàn 2.", ["An", "Bàn 2"]), ("@", []), ("@@An", ["An"])],
)  # fmt: skip
def test_mentions_are_whole_names_of_colleagues(text: str, named: list[str]) -> None:
    assert work.mentioned(text, ["An", "An Bình", "Bàn 2"]) == named


# --- steps of the office -------------------------------------------------------------------------------------


def test_an_office_names_its_steps_and_reasons(desk: Desk) -> None:
    named = desk.settings.model_copy(
        update={"steps": {"mới": "tiếp nhận", "đang xem": "thẩm định"}, "reasons": {"trùng": ("Đã xử lý ở số trước",)}}
    )
    text = sign_in(create_app(named, desk.store)).get(f"/alerts/{desk.ids['flag']}").text
    assert "tiếp nhận" in text and "thẩm định" in text and "Đã xử lý ở số trước" in text
    assert 'value="đang xem"' in text, "what is stored keeps the house's name"


def test_an_administrator_edits_the_ready_reasons_at_the_desk(desk: Desk) -> None:
    client = sign_in(desk, "admin", "Quản trị")
    said = {f"reason {key}": "\n".join(steps.REASONS[key]) for key in steps.KEYS} | {"reason trùng": "Đã xử lý số trước\r\n\r\nLý do <b>hai</b>"}
    assert client.post("/settings", data=form(client, reasons="1", **said), follow_redirects=False).status_code == 303
    text = client.get(f"/alerts/{desk.ids['flag']}").text
    assert "Đã xử lý số trước" in text and "Lý do &lt;b&gt;hai&lt;/b&gt;" in text and "Đăng lại bài đã có kết luận" not in text
    assert "Bài nêu để bác bỏ" in text, "lists that were left as they are stay the house's own"
    with desk.store.read() as conn:
        assert audit.verify(conn)[1] is None


def test_a_wrong_name_of_a_step_is_refused_at_the_start() -> None:
    for given_ in (Settings(steps={"xong": "x"}), Settings(reasons={"mới": ("x",)})):
        with pytest.raises(UsageError, match="không có bước"):
            steps.check(given_)


# --- decisions teach -----------------------------------------------------------------------------------------


def test_standing_decisions_become_training_labels_without_names(desk: Desk) -> None:
    decide(sign_in(desk), desk, "không sai lệch")
    rows = list(training(desk.store))
    assert [(row["sentence"], outcome) for row, outcome in rows] == [(WRONG, "không sai lệch")]
    assert "Bàn 1" not in str(rows)


def test_every_outcome_has_a_key_and_ready_reasons() -> None:
    assert set(steps.KEYS) == set(alert_store.OUTCOMES) == set(steps.REASONS)
    assert all(1 <= len(ready) <= 9 for ready in steps.REASONS.values()), "a reason is one more keystroke"


def test_an_old_folders_decisions_are_shown_though_they_cannot_be_undone(desk: Desk) -> None:
    from pipelines.store.rows import stamp

    article = add_article(desk.store, "https://cu.example/a", "Cũ", "Bài cũ", WRONG, NOON)
    id = add_alert(desk.store, article, add_story(desk.store, article), claim(WRONG, WRONG, Verdict.CONTRADICTED, ("GT-02",)))
    with desk.store.begin() as conn:
        conn.execute(decisions.insert().values(id="d" * 32, alert=id, outcome="theo dõi", reason="từ bản trước", note="", analyst="Bàn cũ", decided=stamp(now())))
    assert "từ bản trước" in sign_in(desk).get(f"/alerts/{id}").text
    with desk.store.begin() as conn, pytest.raises(alert_store.Conflict):
        work.undo(conn, "Bàn cũ", "", now())
