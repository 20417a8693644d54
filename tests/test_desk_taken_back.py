"""What was taken back, what was pressed twice, what guests see, and a desk that delivers alone."""

from __future__ import annotations

import fcntl
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from dashboards.app import create_app
from dashboards.drain import drain
from dashboards.i18n import catalogue
from pipelines.errors import UserError
from pipelines.store.schema import articles
from tests.desk import Desk, make_desk, sign_in
from tests.deskwork import decide, form, state


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "data")


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
