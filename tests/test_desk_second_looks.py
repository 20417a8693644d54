"""Second looks: drawn by chance nobody can steer, blind on every page, agreement by Cohen's kappa."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import update

from dashboards import quality, triage
from pipelines.clock import now
from pipelines.search import open_index
from pipelines.search.rebuild import rebuild
from pipelines.store import inbox, second_looks
from pipelines.store.schema import articles
from pipelines.store.schema import second_looks as second_look_table
from pipelines.store.second_looks import chosen
from tests.desk import WRONG, Desk, make_desk, sign_in
from tests.deskwork import decide, form, state


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "data")


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every decision is looked at again."""
    monkeypatch.setattr(second_looks, "chosen", lambda *_: True)


def test_one_decision_in_twenty_is_looked_at_again_by_its_id_alone() -> None:
    share = sum(chosen(f"decision-{n}") for n in range(20_000)) / 20_000
    assert 0.045 < share < 0.055
    assert [chosen(f"d{n}") for n in range(50)] == [chosen(f"d{n}") for n in range(50)]
    drawn = [[chosen(f"d{n}", secret=secret) for n in range(200)] for secret in ("a", "b")]
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
        assert two.get("/search/export", params={"q": query, "format": "jsonl"}).text == "", query
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
