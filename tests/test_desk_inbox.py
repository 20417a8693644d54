"""The inbox: stories in their order, filters and facets in the address, unread, what changed, saved filters, bulk, the day of a commune."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pipelines.clock import now
from pipelines.records import Places, Verdict
from pipelines.store import alerts as alert_store
from pipelines.store import inbox, work
from pipelines.store.inbox import ALL, Wanted
from tests.desk import NOON, WRONG, Desk, add_alert, add_article, add_story, claim, make_desk, sign_in


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "data")


def one_more(desk: Desk, name: str, *, confidence: float = 0.9, hours: int = 0, about: tuple[str, ...] = ("ninh-binh",)) -> str:
    article = add_article(
        desk.store, f"https://{name}.example/a", name, f"Bài {name}", f"Mở đầu {name}.\n{WRONG}", NOON + timedelta(hours=hours),
        places=Places(about=about),
    )  # fmt: skip
    return add_alert(
        desk.store, article, add_story(desk.store, article), claim(article.body, WRONG, Verdict.CONTRADICTED, ("GT-02",), confidence=confidence)
    )


def form(client: TestClient, **values: object) -> dict[str, object]:
    found = re.search(r'name="token" value="(\w+)"', client.get("/mine").text)
    assert found
    return {"token": found[1], **values}


def titles(text: str) -> list[str]:
    return re.findall(r'<h3><a href="/alerts/\w+">([^<]*)</a></h3>', text)


def picks(text: str) -> dict[str, str]:
    """Return the title → `id:version` of the cards of a page."""
    return {
        title: pick
        for pick, title in re.findall(r'data-picks="([^"]*)".*?<h3><a href="/alerts/\w+">([^<]*)</a></h3>', text, re.S)
    }


# --- order, filters, facets ----------------------------------------------------------------------------------


def test_flags_come_first_then_the_newest_day_then_the_most_certain(desk: Desk) -> None:
    one_more(desk, "chắc", confidence=0.95)
    one_more(desk, "ngờ", confidence=0.55)
    one_more(desk, "cũ", confidence=0.99, hours=-48)
    shown = [t for t in titles(sign_in(desk).get("/alerts").text) if t.startswith("Bài")]
    assert shown == ["Bài chắc", "Bài ngờ", "Bài cũ"]
    assert titles(sign_in(desk).get("/alerts").text)[-1] == "A view on the islands", "a watch stands below all flags"


def test_several_claims_of_one_story_are_one_entry(desk: Desk) -> None:
    article = add_article(desk.store, "https://hai.example/a", "Hai", "Bài hai câu", f"{WRONG}\nCâu hai sai về vịnh.", NOON)
    story = add_story(desk.store, article)
    add_alert(desk.store, article, story, claim(article.body, WRONG, Verdict.CONTRADICTED, ("GT-02",)))
    with desk.store.begin() as conn:
        from pipelines.records import Alert

        second = claim(article.body, "Câu hai sai về vịnh.", Verdict.UNSUPPORTED, ("GT-02",), type="D06")
        alert_store.raise_alert(
            conn,
            Alert(
                id=alert_store.alert_id(story, "hai"), story=story, article=article.id, revision=1, tier=second.tier, claim=second,
                title=article.title, outlet=article.outlet, url=article.url, published=article.published, raised=NOON,
            ),
        )  # fmt: skip
    text = sign_in(desk).get("/alerts").text
    assert titles(text).count("Bài hai câu") == 1 and "thêm 1 câu" in text
    assert len(picks(text)["Bài hai câu"].split()) == 2, "a decision on the entry is a decision on both"


def test_facets_count_stories_as_if_they_alone_were_not_narrowed(desk: Desk) -> None:
    one_more(desk, "Quảng", about=("quang-tri",))
    with desk.store.read() as conn:
        found = inbox.facets(conn, Wanted(tier="watch"))
        assert dict(found["tier"]) == {"flag": 3, "watch": 1}
        assert dict(found["claim_type"]) == {"D01": 1}
        assert dict(inbox.facets(conn, Wanted())["province"])["ninh-binh"] == 4
    text = sign_in(desk).get("/alerts", params={"tier": "watch"}).text
    assert titles(text) == ["A view on the islands"] and "Gắn cờ (3)" in text


@pytest.mark.parametrize(
    "wanted",
    [Wanted(), Wanted(status=ALL), Wanted(tier="flag"), Wanted(province="ninh-binh"), Wanted(province="national"), Wanted(province="ninh-binh/lien-minh"),
     Wanted(status="mới", verdict="CONTRADICTED"), Wanted(outlet="Báo Mẫu", tier="watch"), Wanted(analyst="Bàn 1", unread=True)],
)  # fmt: skip
def test_every_facet_counts_what_choosing_it_would_show(desk: Desk, wanted: Wanted) -> None:
    one_more(desk, "Quảng", about=("quang-tri",))
    with desk.store.begin() as conn:
        conn.execute(alert_store.alerts.update().where(alert_store.alerts.c.title == "Bài Quảng").values(provinces=[], national=1))
        # A story with three alerts counts once for what they share.
        row = dict(conn.execute(alert_store.alerts.select().where(alert_store.alerts.c.id == desk.ids["flag"])).mappings().one())
        for number, status in enumerate(("mới", "trùng")):
            conn.execute(alert_store.alerts.insert().values({**row, "id": f"{number:032x}", "claim_type": "D07", "status": status}))
    with desk.store.read() as conn:
        facets, total = inbox.counted(conn, wanted)
        assert total == inbox.count(conn, wanted)
        for name, values in facets.items():
            for value, many in values:
                chosen = inbox.count(conn, replace(wanted, **{name: value}))
                if name == "province" and value != "national":
                    assert many <= chosen, "a province also shows national topics about no place"
                else:
                    assert many == chosen, (name, value)


def test_a_page_beyond_the_last_is_the_last(desk: Desk) -> None:
    client = sign_in(desk)
    assert titles(client.get("/alerts?page=2").text) == titles(client.get("/alerts").text) != []
    assert titles(client.get("/alerts?page=9&tier=watch").text) == ["A view on the islands"]
    assert titles(client.get("/alerts?page=9&outlet=nobody").text) == []


def test_decided_stories_leave_the_open_list_and_stay_under_all(desk: Desk) -> None:
    client = sign_in(desk)
    pick = picks(client.get("/alerts").text)["Vịnh Bắc Bộ chia thế nào?"]
    client.post("/alerts/decide", data=form(client, pick=pick, outcome="trùng", reason="đã có"))
    assert "Vịnh Bắc Bộ chia thế nào?" not in titles(client.get("/alerts").text)
    assert "Vịnh Bắc Bộ chia thế nào?" in titles(client.get("/alerts?status=all").text)
    assert titles(client.get("/alerts", params={"status": "trùng"}).text) == ["Vịnh Bắc Bộ chia thế nào?"]


def test_a_commune_sees_what_its_province_sees_and_national_topics_about_no_place(desk: Desk) -> None:
    article = add_article(desk.store, "https://chung.example/a", "Chung", "Bài chung", WRONG, NOON, places=Places(national=True))
    with desk.store.begin() as conn:
        from pipelines.records import Alert

        judged = claim(WRONG, WRONG, Verdict.CONTRADICTED, ("GT-02",))
        alert_store.raise_alert(
            conn,
            Alert(id="n" * 32, story=article.id, article=article.id, revision=1, tier=judged.tier, claim=judged, national=True,
                  title=article.title, outlet="Chung", url=article.url, published=NOON, raised=NOON),
        )  # fmt: skip
    one_more(desk, "Lào", about=("lao-cai",))
    with desk.store.begin() as conn:
        conn.execute(alert_store.alerts.update().where(alert_store.alerts.c.title == "Bài Lào").values(provinces=["lao-cai"]))
    shown = titles(sign_in(desk).get("/alerts", params={"province": "ninh-binh/lien-minh"}).text)
    assert "Vịnh Bắc Bộ chia thế nào?" in shown and "Bài chung" in shown and "Bài Lào" not in shown


# --- unread and changed --------------------------------------------------------------------------------------


def test_a_story_is_unread_until_opened_and_again_after_a_colleague_decided(desk: Desk) -> None:
    one, two, id = sign_in(desk, name="Bàn 1"), sign_in(desk, name="Bàn 2"), desk.ids["flag"]

    def unread(client: TestClient) -> bool:
        return "Vịnh Bắc Bộ chia thế nào?" in titles(client.get("/alerts?unread=1&status=all").text)

    assert unread(one)
    one.get(f"/alerts/{id}")
    assert not unread(one) and unread(two), "reading is each one's own"
    pick = picks(two.get("/alerts").text)["Vịnh Bắc Bộ chia thế nào?"]
    two.post("/alerts/decide", data=form(two, pick=pick, outcome="theo dõi", reason="chờ"))
    assert unread(one) and not unread(two), "one's own act is no news"
    one.get(f"/alerts/{id}")
    one.post(f"/alerts/{id}/unread", data=form(one))
    assert unread(one)


def test_what_changed_since_my_last_visit(desk: Desk) -> None:
    one, two = sign_in(desk, name="Bàn 1"), sign_in(desk, name="Bàn 2")
    assert "Đổi từ lần xem trước" not in one.get("/alerts").text, "nothing before the first visit"
    with desk.store.begin() as conn:
        earlier = now() - timedelta(hours=9)
        work.visited(conn, "Bàn 1", earlier)
        from sqlalchemy import update

        from pipelines.store.rows import stamp
        from pipelines.store.schema import visits

        conn.execute(update(visits).values(at=stamp(earlier), previous=None))
    pick = picks(two.get("/alerts").text)["A view on the islands"]
    two.post("/alerts/decide", data=form(two, pick=pick, outcome="theo dõi", reason="chờ"))
    text = one.get("/alerts").text
    assert re.search(r"Đổi từ lần xem trước <b>1</b>", text)
    assert titles(one.get("/alerts?changed=1&status=all").text) == ["A view on the islands"]
    assert "Đổi từ lần xem trước <b>1</b>" in one.get("/alerts").text, "within one visit it stays"


def test_a_visit_ends_with_a_pause_of_half_an_hour(desk: Desk) -> None:
    start = now()
    with desk.store.begin() as conn:
        assert work.visited(conn, "Bàn 1", start) is None
        assert work.visited(conn, "Bàn 1", start + timedelta(minutes=20)) is None
        assert work.visited(conn, "Bàn 1", start + timedelta(hours=2)) == start + timedelta(minutes=20)
        assert work.visited(conn, "Bàn 1", start + timedelta(hours=2, minutes=5)) == start + timedelta(minutes=20)


def test_news_says_what_came_in_after_the_page_was_made(desk: Desk) -> None:
    client, moment = sign_in(desk), now().isoformat()
    assert "câu chuyện mới" not in client.get("/alerts/news", params={"since": moment}).text
    article = add_article(desk.store, "https://moi.example/a", "Mới", "Bài mới", WRONG, NOON)
    add_alert(desk.store, article, add_story(desk.store, article), claim(WRONG, WRONG, Verdict.CONTRADICTED, ("GT-02",)), raised=now())
    assert "Có 1 câu chuyện mới" in client.get("/alerts/news", params={"since": moment}).text
    assert client.get("/alerts/news", params={"since": "hôm qua"}).status_code == 400


# --- saved filters -------------------------------------------------------------------------------------------


def test_a_filter_is_saved_under_a_name_shared_or_not_and_forgotten_by_its_owner(desk: Desk) -> None:
    one, two = sign_in(desk, name="Bàn 1"), sign_in(desk, name="Bàn 2")
    one.post("/alerts/filters", data=form(one, name="Cờ Ninh Bình", query="tier=flag&province=ninh-binh"))
    one.post("/alerts/filters", data=form(one, name="Chung", query="tier=watch", shared="1"))
    assert 'href="/alerts?tier=flag&amp;province=ninh-binh"' in one.get("/alerts").text
    text = two.get("/alerts").text
    assert "Chung" in text and "Cờ Ninh Bình" not in text
    id = re.search(r'name="id" value="(\w+)"', one.get("/alerts").text)
    assert id
    two.post("/alerts/filters/forget", data=form(two, id=id[1]))
    assert "Chung" in one.get("/alerts").text and "Cờ Ninh Bình" in one.get("/alerts").text
    one.post("/alerts/filters/forget", data=form(one, id=id[1]))
    assert one.post("/alerts/filters", data=form(one, name=" ", query="x")).status_code == 400


# --- bulk and cards ------------------------------------------------------------------------------------------


def test_bulk_decides_what_nobody_changed_and_says_how_many_it_left(desk: Desk) -> None:
    one, two = sign_in(desk, name="Bàn 1"), sign_in(desk, name="Bàn 2")
    a, b = one_more(desk, "Một"), one_more(desk, "Hai")
    cards = picks(one.get("/alerts").text)
    two.post("/alerts/decide", data=form(two, pick=cards["Bài Hai"], outcome="theo dõi", reason="chờ"))
    answer = one.post(
        "/alerts/decide", data=form(one, pick=[cards["Bài Một"], cards["Bài Hai"]], outcome="không sai lệch", ready="Bài nêu để bác bỏ", next="/alerts?tier=flag"),
        follow_redirects=False,
    )  # fmt: skip
    assert answer.status_code == 303 and answer.headers["location"].startswith("/alerts?tier=flag&batch=") and "kept=1" in answer.headers["location"]
    with desk.store.read() as conn:
        states = [alert_store.get_alert(conn, id)[0].status for id in (a, b)]  # type: ignore[index]
        assert alert_store.decisions_of(conn, a)[0].reason == "Bài nêu để bác bỏ"
    assert states == ["không sai lệch", "theo dõi"]
    assert "1 cảnh báo không ghi được" in one.get(answer.headers["location"]).text


@pytest.mark.parametrize(
    ("said", "words"),
    [({"outcome": "trùng", "reason": " "}, "lý do"), ({"outcome": "xử phạt", "reason": "x"}, "kết luận"),
     ({"outcome": "trùng", "ready": "Bài nêu để bác bỏ"}, "thuộc kết luận khác"), ({"outcome": "trùng", "reason": "x", "pick": ""}, "chọn")],
)  # fmt: skip
def test_a_bulk_decision_without_reason_outcome_or_pick_changes_nothing(desk: Desk, said: dict[str, str], words: str) -> None:
    client = sign_in(desk)
    pick = picks(client.get("/alerts").text)["A view on the islands"]
    answer = client.post("/alerts/decide", data=form(client, **{"pick": pick, **said}))
    assert answer.status_code == 400 and words in answer.text
    with desk.store.read() as conn:
        assert alert_store.decisions_of(conn, desk.ids["watch"]) == []


def test_htmx_gets_the_card_back_with_undo_or_with_what_the_other_did(desk: Desk) -> None:
    one, two = sign_in(desk, name="Bàn 1"), sign_in(desk, name="Bàn 2")
    pick = picks(one.get("/alerts").text)["Vịnh Bắc Bộ chia thế nào?"]
    asked = {"HX-Request": "true"}
    done = one.post("/alerts/decide", data=form(one, pick=pick, outcome="theo dõi", reason="chờ bản sửa", card="1"), headers=asked)
    assert done.text.strip().startswith("<li") and "Hoàn tác" in done.text and "theo dõi" in done.text
    late = two.post("/alerts/decide", data=form(two, pick=pick, outcome="trùng", reason="x", card="1"), headers=asked)
    assert "Bàn 1 đã ghi “theo dõi”" in late.text and "chờ bản sửa" in late.text and ":2" in late.text


def test_viewers_and_guests_see_and_decide_nothing(desk: Desk) -> None:
    for role in ("viewer", "guest"):
        client = sign_in(desk, role, f"Người {role}")
        text = client.get("/alerts").text
        assert "Ghi cho các mục đã chọn" not in text and 'name="pick"' not in text
        pick = picks(text)["A view on the islands"]
        for path in ("/alerts/decide", "/alerts/undo", "/alerts/assign", f"/alerts/{desk.ids['watch']}/note"):
            assert client.post(path, data=form(client, pick=pick, outcome="trùng", reason="x", text="x")).status_code == 403


# --- the ten minutes of a commune ----------------------------------------------------------------------------


def test_today_shows_few_items_with_answers_that_take_one_press(desk: Desk) -> None:
    for number in range(10):
        one_more(desk, f"Báo {number}")
    client = sign_in(desk)
    text = client.get("/today?profile=ninh-binh/lien-minh").text
    assert len(titles(text)) == 8 and "8 việc cần xem trước" in text and "Xã Liên Minh" in text
    pick = next(iter(picks(text).values()))
    client.post("/alerts/decide", data=form(client, pick=pick, outcome="không sai lệch", quick="1", ready=""))
    with desk.store.read() as conn:
        assert alert_store.decisions_of(conn, pick.split(":")[0])[0].reason == "Bài chỉ dẫn lời, không tán đồng"
    assert client.get("/today?profile=khong-co").status_code == 404


def test_an_empty_day_says_so(tmp_path: Path) -> None:
    from pipelines.settings import Settings
    from pipelines.store import Store

    config = Settings(data=tmp_path / "trống")
    store = Store.open(config.store_url)
    client = sign_in(Desk(config, store, {}))
    assert "Xong phần hôm nay" in client.get("/today").text
    assert "Không còn cảnh báo nào đang mở" in client.get("/alerts").text
    store.close()


def test_status_all_counts_every_alert(desk: Desk) -> None:
    with desk.store.read() as conn:
        assert inbox.count(conn, Wanted(status=ALL)) == inbox.count(conn, Wanted()) == 3


@pytest.mark.postgresql
def test_a_nul_in_address_or_form_is_no_fault_of_the_server(fresh_database: str, tmp_path: Path) -> None:
    from pipelines.settings import Settings
    from pipelines.store import Store

    config = Settings(data=tmp_path / "data", database_url=fresh_database)
    store = Store.open(config.store_url)
    client = sign_in(Desk(config, store, {}))
    assert client.get("/alerts?outlet=%00x&assignee=%00").status_code == 200
    assert client.get("/alerts/a%00b").status_code == 400
    assert client.post("/alerts/filters", data=form(client, name="a\x00b", query="tier=flag"), follow_redirects=False).status_code == 303
    store.close()
