"""The pages around the desk's work: overview, quality, map, reports, watches, sources, references, about."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dashboards import overview, symmetry
from dashboards.charts import columns, spark
from dashboards.country import country
from dashboards.web.source_pages import trends
from pipelines.clock import now
from pipelines.records import Verdict
from pipelines.settings import Settings
from pipelines.store import audit
from pipelines.store import watches as watch_table
from pipelines.store.rows import stamp
from pipelines.store.schema import alerts, articles, decisions, frontier, meta, papers
from tests.desk import NOON, WRONG, Desk, add_alert, add_article, add_story, claim, make_desk, sign_in


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "data")


def post(client: Any, path: str, **fields: str) -> Any:
    token = re.search(r'name="token" value="([0-9a-f]+)"', client.get("/about").text)
    assert token
    return client.post(path, data={"token": token[1], **fields}, headers={"origin": "http://127.0.0.1:8710"}, follow_redirects=False)


# --- charts ------------------------------------------------------------------------------------------------------


def test_columns_stand_on_the_base_line_and_the_highest_reaches_the_top_line() -> None:
    chart = columns(["01/11", "02/11", "03/11"], [("flag", [0, 2, 4]), ("watch", [1, 0, 0])])
    assert chart.top == 4 and len(chart.columns) == 3, "zeros draw nothing"
    assert all(round(bar.y + bar.height, 1) == chart.base for bar in chart.columns) and min(bar.y for bar in chart.columns) == chart.head
    empty = columns(["01/11"], [("flag", [0])])
    assert empty.columns == () and empty.top == 0
    assert len(spark([0, 3, 0]).split()) == 3 and spark([]) == ""


# --- overview ----------------------------------------------------------------------------------------------------


def test_days_are_those_of_hanoi(desk: Desk) -> None:
    late = NOON.replace(hour=0, minute=30)  # 17:30 UTC of the day before
    add_article(desk.store, "https://dem.example/a", "Đêm", "Bài đêm", "Chữ.", late)
    with desk.store.read() as conn:
        found = overview.volumes(conn, NOON + timedelta(hours=3))
    at = found["days"].index("2026-11-19")
    assert found["articles"][at] == 6 and sum(found["articles"]) == 6 and found["days"][-1] == "2026-11-19"
    assert dict(found["langs"]) == {"vi": 5, "en": 1} and json.loads(json.dumps(found)) is not None


def test_time_to_decision_leaves_out_what_was_taken_back(desk: Desk) -> None:
    with desk.store.begin() as conn:
        for number, (name, hours, undone) in enumerate((("flag", 2, None), ("watch", 30, None), ("hostile", 1, stamp(NOON)))):
            conn.execute(
                decisions.insert().values(
                    id=f"d{number}", alert=desk.ids[name], outcome="trùng", reason="x", note="", analyst="Bàn 2", undone=undone,
                    decided=stamp(NOON + timedelta(hours=hours + (1 if name == "watch" else 0))),
                )
            )  # fmt: skip
        found = overview.delays(conn, NOON + timedelta(days=3))
    assert (found["alerts"], found["decided"], found["within_day"]) == (3, 2, 1) and found["to_decision"] == 16.0


def test_counts_are_kept_for_a_minute_and_then_made_anew(desk: Desk) -> None:
    client = sign_in(desk)
    assert "đang xem" not in client.get("/").text.partition("<section")[0]
    with desk.store.begin() as conn:
        conn.execute(alerts.update().values(status="đang xem"))
    assert "đang xem" not in client.get("/").text.partition("<section")[0], "still the kept ones"
    with desk.store.begin() as conn:
        kept = json.loads(conn.execute(meta.select().where(meta.c.key == "desk.overview")).mappings().one()["value"])
        kept["at"] = stamp(now() - timedelta(seconds=61))
        conn.execute(meta.update().where(meta.c.key == "desk.overview").values(value=json.dumps(kept)))
    assert "đang xem" in client.get("/").text.partition("<section")[0]
    with desk.store.begin() as conn:
        conn.execute(meta.update().where(meta.c.key == "desk.overview").values(value="{broken"))
    assert client.get("/").status_code == 200


def test_every_chart_has_its_table_and_no_inline_style(desk: Desk) -> None:
    with desk.store.begin() as conn:
        conn.execute(articles.update().values(published=stamp(now())))
    text = sign_in(desk).get("/").text
    assert text.count("<svg viewBox=\"0 0 640") == text.count("Bảng số liệu") >= 1
    assert " style=" not in text and "<style" not in text and 'role="img"' in text


# --- sources -----------------------------------------------------------------------------------------------------


def test_the_trend_counts_items_of_twenty_eight_days(desk: Desk) -> None:
    at = NOON
    with desk.store.begin() as conn:
        for number, back in enumerate((0, 0, 1, 27, 28, 90)):
            conn.execute(frontier.insert().values(url=f"https://x/{number}", source="bao-mau", host="x", discovered=stamp(at - timedelta(days=back))))
        found = trends(conn, at)
    assert found["bao-mau"][-1] == 2 and found["bao-mau"][-2] == 1 and found["bao-mau"][0] == 1 and sum(found["bao-mau"]) == 4


# --- references --------------------------------------------------------------------------------------------------


def test_references_are_browsed_by_area_and_searched_without_marks(desk: Desk) -> None:
    client = sign_in(desk)
    text = client.get("/references", params={"area": "gulf_of_tonkin", "q": "dien tich vinh"}).text
    assert "GT-02" in text and "PCA-01" not in text and "Vịnh Bắc Bộ" in text
    assert "Không có mục nào khớp" in client.get("/references", params={"q": "khongcodau"}).text
    assert "GT-02" not in client.get("/references", params={"contested": "1"}).text


# --- quality -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "differs", "expected"),
    [
        ("Vịnh chia đôi.", "bài viết: 53 % cho Trung Quốc — tư liệu GT-02: 53,23 % cho Việt Nam", symmetry.OTHERS),
        ("The gulf belongs to Vietnam.", "", symmetry.VIET_NAM),
        ("Toàn bộ vịnh thuộc Việt Nam, không thuộc Trung Quốc.", "", symmetry.UNCLEAR),
        ("Hội nghị khai mạc.", "", symmetry.UNCLEAR),
    ],
)
def test_the_direction_is_whom_the_sentence_gives_something_to(sentence: str, differs: str, expected: str) -> None:
    assert symmetry.direction(sentence, differs) == expected


def test_false_alarms_are_counted_over_conclusions(desk: Desk) -> None:
    with desk.store.begin() as conn:
        conn.execute(alerts.update().where(alerts.c.id == desk.ids["flag"]).values(status="không sai lệch"))
        conn.execute(alerts.update().where(alerts.c.id == desk.ids["watch"]).values(status="cần phản hồi"))
        found = symmetry.tables(conn, NOON + timedelta(days=1), {})
    outlets = {row["name"]: row for row in found["outlet"]}
    assert outlets[symmetry.FOREIGN] == {"name": symmetry.FOREIGN, "raised": 1, "concluded": 1, "false": 0, "share": 0.0}
    assert outlets[symmetry.DOMESTIC]["false"] == 1 and outlets[symmetry.DOMESTIC]["raised"] == 2
    assert {row["name"] for row in found["lang"]} == {"vi", "en"}
    text = sign_in(desk).get("/quality").text
    assert "nước ngoài" in text and "100 %" in text and "Chưa có lần xem lại độc lập" in text


# --- map ---------------------------------------------------------------------------------------------------------


def test_hoang_sa_and_truong_sa_are_always_drawn_and_named(desk: Desk) -> None:
    ids = {area.id for area in country().areas}
    assert {"hoang-sa", "truong-sa"} <= ids
    for table in (alerts,):
        with desk.store.begin() as conn:
            conn.execute(table.update().values(status="trùng"))
    text = sign_in(desk).get("/map").text
    assert "Quần đảo Hoàng Sa" in text and "Quần đảo Trường Sa" in text and "Việt Nam" in text
    assert all(0 <= area.x <= country().width and 0 <= area.y <= country().height for area in (*country().areas, *country().dots))


def test_every_province_is_on_the_map_and_the_legend_says_what_it_lacks(desk: Desk) -> None:
    from pipelines.settings import profile_names

    ids = [area.id for area in country().dots]
    assert len(ids) == len(set(ids)) == 34 and {name for name in profile_names() if "/" not in name} <= set(ids)
    with desk.store.begin() as conn:
        conn.execute(alerts.update().where(alerts.c.id == desk.ids["flag"]).values(provinces=["ca-mau"]))
    text = sign_in(desk).get("/map").text
    assert text.count('class="dots') == 34 and "Cà Mau: 1" in text, "a province without an outline is shaded and counted all the same"
    assert "28 tỉnh, thành khác chưa có đường bao" in text


# --- reports -----------------------------------------------------------------------------------------------------


def test_a_report_is_made_listed_and_handed_out_only_unaltered(desk: Desk) -> None:
    client = sign_in(desk)
    assert post(client, "/reports", profile="ninh-binh", kind="adhoc", start="2026-11-18", end="2026-11-20").status_code == 303
    page = client.get("/reports").text
    assert "18/11/2026 – 20/11/2026" in page
    with desk.store.read() as conn:
        row = conn.execute(papers.select().where(papers.c.kind == "report")).mappings().one()
    for form in ("docx", "pdf", "csv"):
        answer = client.get(f"/reports/{row['id']}/{form}")
        assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"]
    Path(row["path"]).with_suffix(".csv").write_bytes(b"khac")
    assert client.get(f"/reports/{row['id']}/csv").status_code == 410
    Path(row["path"]).unlink()
    assert client.get(f"/reports/{row['id']}/docx").status_code == 410
    assert client.get(f"/reports/{row['id']}/exe").status_code == client.get("/reports/x/pdf").status_code == 404
    with desk.store.read() as conn:
        assert sum(line["action"] == "export" for line in audit.find(conn)) == 3


@pytest.mark.parametrize(
    "fields",
    [{"kind": "adhoc", "start": "", "end": ""}, {"kind": "adhoc", "start": "2026-11-20", "end": "2026-11-01"}, {"kind": "hằng giờ"}, {"kind": "weekly", "profile": "khong-co"}],
)
def test_an_odd_report_is_refused_in_words(desk: Desk, fields: dict[str, str]) -> None:
    client = sign_in(desk)
    answer = post(client, "/reports", **{"profile": "ninh-binh", "start": "", "end": "", **fields})
    assert answer.status_code == 400 and 'role="alert"' in answer.text


def test_a_guest_sees_reports_and_watches_but_makes_none(desk: Desk) -> None:
    guest = sign_in(desk, role="guest", name="Khách")
    assert "Lập báo cáo</button>" not in guest.get("/reports").text and "/watches/change" not in guest.get("/watches").text
    assert post(guest, "/reports", kind="weekly", profile="ninh-binh").status_code == 403
    assert post(guest, "/watches", name="a", query="vịnh").status_code == 403


# --- watches -----------------------------------------------------------------------------------------------------


def test_a_watch_is_tried_saved_enabled_and_removed(desk: Desk) -> None:
    from pipelines.search import open_index
    from pipelines.search.rebuild import rebuild

    with desk.store.begin() as conn:
        conn.execute(articles.update().values(assessed_with="m r", published=stamp(now() - timedelta(days=1))))
    index = open_index(desk.settings, desk.store)
    rebuild(desk.store, index)
    index.close()
    desk.settings = Settings(**{**desk.settings.model_dump(), "notify": {"truc": "json://127.0.0.1:9/"}})
    client = sign_in(desk)
    assert "2 bài, 1 câu chuyện trong 30 ngày qua." in client.get("/watches/preview", params={"query": "vịnh"}).text
    assert client.get("/watches/preview", params={"query": "("}).status_code == 400
    assert client.get("/watches/preview", params={"query": ""}).status_code == 400
    assert post(client, "/watches", name="Vịnh", query="vịnh", channel="truc", own="1", enable="1").status_code == 303
    with desk.store.read() as conn:
        (watch,) = watch_table.listed(conn)
    assert watch.desk == "Bàn 1" and watch.enabled and watch.channel == "truc"
    other = sign_in(desk, name="Bàn 2")
    assert "Vịnh</th>" not in other.get("/watches").text, "private to its owner"
    assert post(other, "/watches/change", name="Vịnh", act="remove").status_code == 400
    for act in ("disable", "share", "own", "remove"):
        assert post(client, "/watches/change", name="Vịnh", act=act).status_code == 303
    assert post(client, "/watches/change", name="Vịnh", act="enable").status_code == 400
    assert post(client, "/watches/change", name="Vịnh", act="nổ").status_code == 400
    with desk.store.read() as conn:
        assert watch_table.listed(conn) == []


def test_a_save_that_cannot_be_enabled_saves_nothing(desk: Desk) -> None:
    answer = post(sign_in(desk), "/watches", name="Vịnh", query="vịnh", enable="1")
    assert answer.status_code == 400 and "chưa có kênh thông báo" in answer.text and 'value="vịnh"' in answer.text
    with desk.store.read() as conn:
        assert watch_table.listed(conn) == []


# --- about -------------------------------------------------------------------------------------------------------


def test_about_tells_how_often_the_machine_is_wrong(desk: Desk) -> None:
    folder = desk.settings.data / "models"
    folder.mkdir(parents=True)
    card = {
        "version": "m1", "sentences": 1200, "calibration": {"ece": 0.02},
        "cross_validated": {"flag": {"precision": 0.94, "recall": 0.6}, "alert": {"precision": 0.8, "recall": 0.7}, "verdict_accuracy": 0.81},
    }  # fmt: skip
    (folder / "a.json").write_text(json.dumps(card), encoding="utf-8")
    (folder / "b.json").write_text("{broken", encoding="utf-8")
    text = sign_in(desk).get("/about").text
    assert "94 %" in text and "6 %" in text and "1.200 câu mẫu" in text and "Mô hình m1" in text


def test_hostile_names_are_shown_harmlessly(desk: Desk) -> None:
    bad = "<script>alert(1)</script>"
    body = f"Câu. {WRONG}"
    article = add_article(desk.store, "https://x.example/h", bad, bad, body, now() - timedelta(hours=1))
    add_alert(desk.store, article, add_story(desk.store, article), claim(body, WRONG, Verdict.CONTRADICTED, ("GT-02",)))
    client = sign_in(desk)
    assert post(client, "/watches", name=bad, query='"><svg onload=alert(1)>').status_code in (303, 400)
    for path in ("/", "/map", "/quality", "/watches", f"/watches/preview?query={bad}", "/health?status=<b>", "/references?area=<b>&q=<b>", "/digests?month=<b>"):
        text = client.get(path).text
        assert bad not in text and "<svg onload" not in text and "<b>\"" not in text, path


def test_every_act_of_the_audit_log_has_a_name() -> None:
    import ast

    from dashboards.labels import ACTION_VI

    found: set[str] = set()
    root = Path(__file__).parent.parent
    for path in (path for room in ("dashboards", "flows", "pipelines", "classifiers") for path in (root / room).rglob("*.py")):
        if "action=" not in (text := path.read_text(encoding="utf-8")):
            continue
        tree = ast.parse(text)
        named = {t.id: n.value.value for n in tree.body if isinstance(n, ast.Assign) and isinstance(n.value, ast.Constant) for t in n.targets if isinstance(t, ast.Name)}
        for call in (n for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr == "append"):
            for word in (k.value for k in call.keywords if k.arg == "action"):
                found |= {str(word.value)} if isinstance(word, ast.Constant) else {str(named[word.id])} if isinstance(word, ast.Name) and word.id in named else set()
    assert len(found) > 15 and found - set(ACTION_VI) == set()
