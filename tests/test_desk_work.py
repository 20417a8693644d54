"""Workflow: second persons, undo, assignment, notes with mentions, conflict, steps of the office, second looks and agreement."""

from __future__ import annotations

import fcntl
import re
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from sqlalchemy import select, update
from starlette.testclient import TestClient

from dashboards import quality, steps, triage
from dashboards.app import create_app
from dashboards.drain import drain
from dashboards.i18n import catalogue
from flows.decided import decisions as training
from pipelines.clock import now
from pipelines.errors import UsageError, UserError
from pipelines.records import Verdict
from pipelines.search import open_index
from pipelines.search.rebuild import rebuild
from pipelines.settings import Settings
from pipelines.store import alerts as alert_store
from pipelines.store import audit, inbox, second_looks, work
from pipelines.store.schema import alert_work, articles, decisions, outbox
from pipelines.store.schema import second_looks as second_look_table
from tests.desk import NOON, WRONG, Desk, add_alert, add_article, add_story, claim, make_desk, sign_in


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "data")


@pytest.fixture(autouse=True)
def no_second_looks(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Whether a decision is looked at again hangs on its id; here only where a test asks for it."""
    every = request.node.get_closest_marker("usefixtures")
    monkeypatch.setattr(second_looks, "chosen", lambda *_: bool(every and "looked_at" in every.args))


@pytest.fixture
def looked_at() -> None:
    """Every decision is looked at again."""


def form(client: TestClient, **values: object) -> dict[str, object]:
    found = re.search(r'name="token" value="(\w+)"', client.get("/mine").text)
    assert found
    return {"token": found[1], **values}


def decide(client: TestClient, desk: Desk, outcome: str, id: str = "", reason: str = "đã đối chiếu") -> None:
    id = id or desk.ids["flag"]
    with desk.store.read() as conn:
        found = alert_store.get_alert(conn, id)
    assert found
    answer = client.post(f"/alerts/{id}", data=form(client, version=found[1], outcome=outcome, reason=reason), follow_redirects=False)
    assert answer.status_code == 303, answer.text[-600:]


def state(desk: Desk, id: str = "") -> tuple[str, int]:
    with desk.store.read() as conn:
        found = alert_store.get_alert(conn, id or desk.ids["flag"])
    assert found
    return found[0].status, found[1]


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
        id, moment, standing = desk.ids["flag"], now(), []
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
    one.post("/alerts/assign", data=form(one, pick=f"{id}:1", assignee="Bàn 2", due=now().date().isoformat()))
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


# --- second looks --------------------------------------------------------------------------------------------


def test_one_decision_in_twenty_is_looked_at_again_by_its_id_alone() -> None:
    from importlib import reload

    fresh = reload(second_looks)
    share = sum(fresh.chosen(f"decision-{n}") for n in range(20_000)) / 20_000
    assert 0.045 < share < 0.055
    assert [fresh.chosen(f"d{n}") for n in range(50)] == [fresh.chosen(f"d{n}") for n in range(50)]
    drawn = [[fresh.chosen(f"d{n}", secret=secret) for n in range(200)] for secret in ("a", "b")]
    assert drawn[0] != drawn[1], "each store draws by a secret of its own"


@pytest.mark.usefixtures("looked_at")
def test_the_second_analyst_sees_the_evidence_and_nothing_of_the_decision_until_answered(desk: Desk) -> None:
    two = sign_in(desk, name="Bàn 2")
    one, id = sign_in(desk, name="Bàn 1"), desk.ids["flag"]
    decide(one, desk, "không sai lệch", reason="lý do bí mật")
    with desk.store.read() as conn:
        look = second_looks.waiting(conn, "Bàn 2")[0]["decision"]
        assert second_looks.waiting(conn, "Bàn 1") == [], "nobody answers himself"
    assert "Vịnh Bắc Bộ chia thế nào?" not in two.get("/alerts?status=all").text, "its state in a list would tell"
    assert "không sai lệch" not in two.get(f"/articles/{desk.ids['first']}").text and "chờ bạn xem lại" in two.get(f"/articles/{desk.ids['first']}").text
    closed = two.get(f"/alerts/{id}", follow_redirects=False)
    assert closed.headers["location"] == f"/second-looks/{look}", "the full page opens only after the answer"
    text = two.get(f"/second-looks/{look}").text
    assert WRONG in text and "GT-02" in text and "lý do bí mật" not in text and "Bàn 1" not in text
    assert one.get(f"/second-looks/{look}").status_code == 404
    refused = two.post(f"/second-looks/{look}", data=form(two, outcome="trùng", reason=""))
    assert refused.status_code == 400 and "lý do" in refused.text
    two.post(f"/second-looks/{look}", data=form(two, outcome="không sai lệch", ready="Bài nêu để bác bỏ"))
    assert "lý do bí mật" in two.get(f"/alerts/{id}").text
    assert two.post(f"/second-looks/{look}", data=form(two, outcome="trùng", reason="x")).status_code == 404
    assert state(desk)[0] == "không sai lệch", "a second look measures, it does not decide"
    with desk.store.read() as conn:
        found = quality.agreement(conn)
    assert (found.count, found.share) == (1, 1.0)


@pytest.mark.usefixtures("looked_at")
def test_no_list_tells_a_proposal_to_who_must_judge_it_blind(desk: Desk) -> None:
    two = sign_in(desk, name="Bàn 2")
    one, id = sign_in(desk, name="Bàn 1"), desk.ids["flag"]
    decide(one, desk, "cần phản hồi", reason="lý do bí mật")
    one.post("/alerts/assign", data=form(one, pick=f"{id}:2", assignee="Bàn 2"))
    one.post(f"/alerts/{id}/note", data=form(one, text="@Bàn 2 tôi thấy cần phản hồi gấp"))
    for path in ("/", "/today", "/alerts", "/alerts?status=all", "/alerts?assignee=me&status=all", "/map"):
        assert "Vịnh Bắc Bộ chia thế nào?" not in two.get(path).text, path
    with desk.store.begin() as conn:
        conn.execute(update(articles).values(assessed_with="m1/r1"))
    with closing(open_index(desk.settings, desk.store)) as index:
        rebuild(desk.store, index)
    for query in ('status:"chờ người thứ hai"', "vịnh", f"story:{desk.ids['story']}"):
        assert "Không thấy bài nào" in two.get("/search", params={"q": query}).text, query
        assert "Vịnh Bắc Bộ chia thế nào?" in sign_in(desk, "viewer", "Người xem").get("/search", params={"q": query}).text
    preview = two.get("/watches/preview", params={"query": "vịnh", "name": "x"}).text
    assert "Vịnh Bắc Bộ chia thế nào" not in preview
    head = sign_in(desk, "admin", "Quản trị")
    assert "lý do bí mật" in head.get("/audit").text
    with desk.store.begin() as conn:
        conn.execute(update(second_look_table).values(second="Quản trị"))
    assert "lý do bí mật" not in head.get("/audit").text and "Bàn 1" in head.get("/audit").text
    with desk.store.begin() as conn:
        conn.execute(update(second_look_table).values(second="Bàn 2"))
    text = two.get("/mine").text
    assert "phản hồi gấp" not in text and "hiện sau khi bạn xem lại" in text and "chờ người thứ hai" not in text


@pytest.mark.usefixtures("looked_at")
def test_who_acts_on_the_alert_after_all_gives_the_second_look_back(desk: Desk) -> None:
    one, two = sign_in(desk, name="Bàn 1"), sign_in(desk, name="Bàn 2")
    decide(one, desk, "theo dõi")
    triage.note(desk.store, desk.ids["flag"], "từ trang mở sẵn", "Bàn 2", now())
    assert two.get(f"/alerts/{desk.ids['flag']}").status_code == 200
    assert "Không có mục nào chờ bạn" in two.get("/second-looks").text
    assert "Vịnh Bắc Bộ chia thế nào?" in sign_in(desk, name="Người mới").get("/second-looks").text


@pytest.mark.usefixtures("looked_at")
def test_a_look_without_a_free_colleague_waits_for_whoever_comes_and_ends_with_undo(desk: Desk) -> None:
    one = sign_in(desk, name="Bàn 1")
    decide(one, desk, "theo dõi")
    late, viewer = sign_in(desk, name="Người mới"), sign_in(desk, "viewer", "Người xem")
    assert "Vịnh Bắc Bộ chia thế nào?" in late.get("/second-looks").text
    assert "/second-looks/" in late.get(f"/alerts/{desk.ids['flag']}", follow_redirects=False).headers["location"], "whoever may answer is to answer blind"
    assert "Vịnh Bắc Bộ chia thế nào?" not in late.get("/alerts?status=all").text
    assert viewer.get(f"/alerts/{desk.ids['flag']}").status_code == 200 and "Vịnh Bắc Bộ chia thế nào?" in viewer.get("/alerts?status=all").text
    one.post("/alerts/undo", data=form(one))
    assert "Không có mục nào chờ bạn" in late.get("/second-looks").text


@pytest.mark.usefixtures("looked_at")
def test_who_has_read_the_decision_cannot_answer_a_look_that_becomes_free(desk: Desk) -> None:
    one, id = sign_in(desk, name="Bàn 1"), desk.ids["flag"]
    sign_in(desk, name="Bàn 2")
    decide(one, desk, "theo dõi")
    reader, fresh = sign_in(desk, name="Người đọc"), sign_in(desk, name="Người mới")
    assert reader.get(f"/alerts/{id}").status_code == 200, "given to another: the page is open"
    reader.post(f"/alerts/{id}/unread", data=form(reader))
    with desk.store.read() as conn:
        assert inbox.count(conn, inbox.Wanted(analyst="Người đọc", status=inbox.ALL, unread=True)) == 3, "unread again"
    triage.note(desk.store, id, "từ trang mở sẵn", "Bàn 2", now())
    assert "Không có mục nào chờ bạn" in reader.get("/second-looks").text, "that it was read stays known"
    assert reader.get(f"/alerts/{id}").status_code == 200
    assert "Vịnh Bắc Bộ chia thế nào?" in fresh.get("/second-looks").text


@pytest.mark.parametrize(
    ("pairs", "kappa"),
    [([], None), ([("a", "a")] * 5, None), ([("a", "a"), ("b", "b")], 1.0), ([("a", "b"), ("b", "a")], -1.0),
     # Cohen's own kind of table: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no give 0.4.
     ([("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15, 0.4)],
)  # fmt: skip
def test_cohens_kappa(pairs: list[tuple[str, str]], kappa: float | None) -> None:
    found = quality.cohen(pairs).kappa
    assert found == (pytest.approx(kappa) if kappa is not None else None)


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


# --- what was taken back, what was pressed twice, what guests see --------------------------------------------------


def test_undo_on_the_page_of_a_story_takes_back_that_storys_own_decision_and_names_it(desk: Desk) -> None:
    one, id, other = sign_in(desk), desk.ids["flag"], desk.ids["watch"]
    decide(one, desk, "trùng")
    decide(one, desk, "theo dõi", other)
    answer = one.post("/alerts/undo", data=form(one, alert=id, next=f"/alerts/{id}"), follow_redirects=False)
    assert (state(desk)[0], state(desk, other)[0]) == ("mới", "theo dõi"), "not the newest: the one of this story"
    said = one.get(answer.headers["location"]).text
    assert "Đã hoàn tác “trùng” ở" in said and 'role="status" id="undone"' in said
    again = one.post("/alerts/undo", data=form(one, alert=id, next=f"/alerts/{id}"))
    assert again.status_code == 409 and "ở câu chuyện này" in again.text and state(desk, other)[0] == "theo dõi"
    listed = one.post("/alerts/undo", data=form(one, next="/alerts?status=all"))
    assert "Đã hoàn tác “theo dõi” ở" in listed.text and "A view on the islands" in listed.text and "undone=" in str(listed.url)
    assert "Đã hoàn tác" not in sign_in(desk, name="Bàn 2").get(f"/alerts?undone={id}").text, "an address alone says nothing"
    assert "Đã hoàn tác" in one.get(f"/today?profile=ninh-binh&undone={other}").text


def test_an_answer_pressed_twice_is_not_blamed_on_a_colleague(desk: Desk) -> None:
    one, two, id = sign_in(desk), sign_in(desk, name="Bàn 2"), desk.ids["flag"]
    text = one.get("/today?profile=ninh-binh").text
    assert re.search(r'<li class="card[^>]*>(?:(?!</li>).)*<form class="answers"', text, re.DOTALL), "the answers stand in the card"
    press = {"pick": f"{id}:1", "outcome": "theo dõi", "quick": "1", "next": "/today?profile=ninh-binh"}
    for _ in range(2):
        said = one.post("/alerts/decide", data=form(one, **press)).text
        assert "người khác" not in said
    card = one.post("/alerts/decide", data=form(one, **press, card="1"), headers={"hx-request": "true"}).text
    assert 'class="answers"' not in card and "người khác" not in card and "/alerts/undo" in card, "answered: nothing left but to take it back"
    assert "người khác" in two.post("/alerts/decide", data=form(two, **press)).text


def test_a_guest_sees_what_was_concluded_but_no_reason_note_or_name(desk: Desk) -> None:
    one, two, id = sign_in(desk), sign_in(desk, name="Trần An"), desk.ids["flag"]
    decide(one, desk, "theo dõi", reason="lý do nội bộ")
    one.post("/alerts/assign", data=form(one, pick=f"{id}:2", assignee="Trần An"))
    guest = sign_in(desk, "guest", "Khách")
    one.post(f"/alerts/{id}/note", data=form(one, text="@Khách bàn riêng"))
    assert "bàn riêng" not in guest.get("/mine").text
    for path in (f"/alerts/{id}", "/alerts?status=all", "/today?profile=ninh-binh"):
        text = guest.get(path).text
        assert not any(word in text for word in ("lý do nội bộ", "Bàn 1", "Trần An", "bàn riêng")), path
    assert "theo dõi" in guest.get(f"/alerts/{id}").text and "lý do nội bộ" in two.get(f"/alerts/{id}").text


def test_the_inbox_is_narrowed_by_day_and_language(desk: Desk) -> None:
    client = sign_in(desk)
    for query, found in (("lang=en", 1), ("lang=vi", 2), ("since=2026-11-20", 0), ("from=2026-11-19", 3), ("since=7&lang=en", 1), ("since=x", 3)):
        assert client.get(f"/alerts?{query}").text.count("data-item") == found, query
    assert "since=2026-11-19" in client.get("/alerts?from=2026-11-19").text, "the saved filter keeps the day"


def test_the_desk_alone_delivers_what_was_decided(desk: Desk) -> None:
    with desk.store.begin() as conn:
        conn.execute(update(articles).values(assessed_with="m1/r1"))
    one = sign_in(desk)
    decide(one, desk, "không sai lệch")
    assert drain(desk.settings, desk.store) == 2, "both copies of the story"
    assert "Vịnh Bắc Bộ chia thế nào" in one.get("/search", params={"q": 'status:"không sai lệch"'}).text
    assert drain(desk.settings, desk.store) == 0
    with held_elsewhere(desk.settings.data / "locks" / "drain"):
        decide(one, desk, "theo dõi", desk.ids["watch"])
        assert drain(desk.settings, desk.store) == 0, "another desk is at it"


@contextmanager
def held_elsewhere(path: Path) -> Iterator[None]:
    with path.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def test_the_thread_of_the_desk_ends_with_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboards import drain as module

    asked = threading.Event()

    def refuse(*_: object) -> int:
        asked.set()
        raise UserError("kho dữ liệu bận")

    monkeypatch.setattr(module, "SECONDS", 0.01)
    monkeypatch.setattr(module, "drain", refuse)
    with TestClient(create_app(desk.settings, desk.store), base_url="http://127.0.0.1:8710") as client:
        assert asked.wait(10) and client.get("/healthz").status_code == 200, "a failure breaks no page"
    assert not any(thread.name == "drain" for thread in threading.enumerate())


def test_a_list_of_outcomes_in_a_refusal_is_said_in_english() -> None:
    said = catalogue("en").said("kết luận “x” không có; chọn một trong: đang xem, theo dõi, trùng")
    assert not re.search("[đõù]", said), said
