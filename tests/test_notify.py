"""Notices: flags at once, the rest in summaries, one message per story, quiet hours, nothing lost, nobody named."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from flows.checks import channels as doctor_channels
from flows.checks import deliveries as doctor_deliveries
from pipelines.errors import UsageError
from pipelines.notify import notify
from pipelines.notify.channels import check_names, tried
from pipelines.notify.hours import is_quiet, next_summary
from pipelines.notify.message import News, clean, outlet_name, summary
from pipelines.records import Tier
from pipelines.search.embedded import EmbeddedIndex
from pipelines.settings import Settings, load_settings
from pipelines.store import Store, alerts, stories, watches
from tests.notices import NOON, Sent, deliver_article, made_office, made_sent, raise_on

office = pytest.fixture(made_office)
sent = pytest.fixture(made_sent)


def test_a_flag_is_told_at_once_with_a_link_and_without_a_person(store: Store, office: Settings, sent: Sent) -> None:
    raise_on(store, "một")
    assert notify(store, office, NOON, sent).outcomes == {"sent": 1}
    ((address, title, text),) = sent.messages
    assert (address, title) == ("json://a", "Cảnh báo: Bài một")
    assert "https://desk.example/alerts/" in text and "Mâu thuẫn với tư liệu · loại D05 · tư liệu GT-02" in text
    assert "Nguyễn Văn A" not in text
    assert notify(store, office, NOON, sent).outcomes == {}


def test_a_flag_about_an_old_article_waits_for_the_summary(store: Store, office: Settings, sent: Sent) -> None:
    """An archive that is read again wakes nobody; an article of today does."""
    raise_on(store, "một")
    assert notify(store, office, NOON + timedelta(days=15), sent).outcomes == {"later": 1}
    notify(store, office, (NOON + timedelta(days=15)).replace(hour=17), sent)
    ((_, title, text),) = sent.messages
    assert title == "Tóm tắt theo dõi: 1 tin" and "Mâu thuẫn với tư liệu" in text


def test_one_message_per_story_and_channel(store: Store, office: Settings, sent: Sent) -> None:
    story = raise_on(store, "một")
    raise_on(store, "hai", story=story, kind="D06")
    notify(store, office, NOON, sent)
    raise_on(store, "ba", story=story, kind="D07")
    raise_on(store, "bốn", Tier.WATCH, story=story, kind="D08")
    assert notify(store, office, NOON + timedelta(hours=1), sent).outcomes == {}
    assert len(sent.messages) == 1


def test_a_burst_of_flags_is_gathered(store: Store, office: Settings, sent: Sent) -> None:
    """A channel is told of so many flags one by one in an hour, then in one message at most every ten minutes; none is lost."""
    office = office.model_copy(update={"notify_per_hour": 3})
    for number in range(50):
        raise_on(store, f"b{number}")
    assert notify(store, office, NOON, sent).outcomes == {"sent": 3, "gathered": 47}
    assert len(sent.messages) == 4
    _, title, text = sent.messages[-1]
    assert title == "Cảnh báo: 47 tin dồn một lúc"
    assert text.count("https://desk.example/alerts/") == 40 and "… và 7 tin khác" in text and "Máy nêu, chờ người thẩm định." in text
    assert "Nguyễn Văn A" not in text

    raise_on(store, "thêm một")
    raise_on(store, "thêm hai")
    assert notify(store, office, NOON + timedelta(minutes=5), sent).outcomes == {"held": 2}
    assert notify(store, office, NOON + timedelta(minutes=10), sent).outcomes == {"gathered": 2}
    raise_on(store, "sau một giờ")
    assert notify(store, office, NOON + timedelta(minutes=71), sent).outcomes == {"sent": 1}
    assert len(sent.messages) == 6


def test_a_gathered_message_that_was_not_taken_is_kept_whole(store: Store, office: Settings, sent: Sent) -> None:
    office = office.model_copy(update={"notify_per_hour": 1})
    raise_on(store, "một")
    notify(store, office, NOON, sent)
    for number in range(5):
        raise_on(store, f"b{number}")
    sent.away = {"json://a"}
    assert notify(store, office, NOON + timedelta(minutes=20), sent).outcomes == {"retry": 5}
    sent.away = set()
    assert notify(store, office, NOON + timedelta(minutes=21), sent).outcomes == {"gathered": 5}


def test_stories_that_joined_are_not_told_again(store: Store, office: Settings, sent: Sent) -> None:
    old = raise_on(store, "một")
    notify(store, office, NOON, sent)
    new = raise_on(store, "hai", Tier.WATCH)
    with store.begin() as conn:
        stories.merge(conn, old, new)
    raise_on(store, "ba", story=new, kind="D07")
    notify(store, office, NOON, sent)
    assert [title for _, title, _ in sent.messages] == ["Cảnh báo: Bài một"]


def test_watches_come_in_one_summary_and_a_flag_overtakes_it(store: Store, office: Settings, sent: Sent) -> None:
    for number in range(3):
        raise_on(store, f"w{number}", Tier.WATCH)
    assert notify(store, office, NOON, sent).outcomes == {"later": 3}
    story = raise_on(store, "w3", Tier.WATCH)
    notify(store, office, NOON, sent)
    raise_on(store, "w4", story=story, kind="D07")
    assert notify(store, office, NOON, sent).outcomes == {"sent": 1, "later": 4}
    four = NOON.replace(hour=16, minute=1)
    assert notify(store, office, four, sent).outcomes == {"summarised": 4}
    assert [title for _, title, _ in sent.messages] == ["Cảnh báo: Bài w4", "Tóm tắt theo dõi: 4 tin"]


def test_quiet_hours_keep_everything_until_morning(store: Store, office: Settings, sent: Sent) -> None:
    raise_on(store, "một")
    night = NOON.replace(hour=23)
    assert notify(store, office, night, sent).outcomes == {"quiet": 1}
    assert notify(store, office, night + timedelta(hours=6, minutes=59), sent).outcomes == {"quiet": 1}
    assert notify(store, office, night + timedelta(hours=7), sent).outcomes == {"sent": 1}


def test_a_channel_that_is_away_keeps_its_notices_and_stops_no_other(store: Store, office: Settings, sent: Sent, caplog: pytest.LogCaptureFixture) -> None:
    office.notify["nhom"] = "json://b"
    for number in range(3):
        raise_on(store, f"a{number}")
    sent.away = {"json://a"}
    assert notify(store, office, NOON, sent).outcomes == {"sent": 3, "retry": 1, "waiting": 2}
    assert len([r for r in caplog.records if r.levelname == "ERROR"]) == 1
    sent.away = set()
    assert notify(store, office, NOON + timedelta(hours=1), sent).outcomes == {"sent": 3}
    assert sorted(address for address, *_ in sent.messages) == ["json://a"] * 3 + ["json://b"] * 3


def test_an_absence_is_one_alarm_whatever_is_owed_meanwhile(store: Store, office: Settings, sent: Sent, caplog: pytest.LogCaptureFixture) -> None:
    """Flags that are raised while older ones wait for their next try find the channel away too, and say nothing more."""
    office = office.model_copy(update={"quiet_hours": ""})
    sent.away = {"json://a"}
    for number in range(12):
        raise_on(store, f"f{number}")
        notify(store, office, NOON + timedelta(minutes=10 * number), sent)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    own = office.model_copy(update={"database_url": str(store.engine.url)})
    assert doctor_deliveries(own).state == "missing" and "kênh “truc-ban” không nhận từ 20/11/2026 12:00; chỉ mục: 0 tin chờ; thông báo: 12 chờ" in doctor_deliveries(own).found
    sent.away = set()
    notify(store, office, NOON + timedelta(hours=4), sent)
    assert len(sent.messages) == 12 and "nhận tin trở lại" in caplog.records[-1].getMessage()
    assert doctor_deliveries(own).state == "ok"
    sent.away = {"json://a"}
    raise_on(store, "sau")
    notify(store, office, NOON + timedelta(hours=5), sent)
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING", "ERROR"]


@pytest.mark.parametrize("outcome", [alerts.NOT_DISTORTED, alerts.DUPLICATE, alerts.LOOKING])
def test_what_people_settled_before_morning_is_not_told(store: Store, office: Settings, sent: Sent, outcome: str) -> None:
    story = raise_on(store, "một")
    night = NOON.replace(hour=23)
    notify(store, office, night, sent)
    with store.begin() as conn:
        (alert,) = alerts.list_alerts(conn, story=story)
        alerts.decide(conn, alert.id, outcome=outcome, reason="đã xem", analyst="Bàn 1", version=1, now=night)
    done = notify(store, office, night + timedelta(hours=8), sent).outcomes
    if outcome == alerts.LOOKING:
        assert done == {"sent": 1} and "đang xem" in sent.messages[0][2] and "chờ người thẩm định" not in sent.messages[0][2]
    else:
        assert done == {"settled": 1} and not sent.messages


def test_what_another_process_is_sending_is_left_to_it(store: Store, office: Settings, sent: Sent) -> None:
    raise_on(store, "một")

    def while_sending(address: str, title: str, text: str) -> bool:
        assert notify(store, office, NOON, sent).outcomes == {"later": 1}
        return sent(address, title, text)

    notify(store, office, NOON, while_sending)
    assert len(sent.messages) == 1


def test_alerts_of_other_provinces_and_offices_without_channels_tell_nobody(store: Store, office: Settings, sent: Sent) -> None:
    raise_on(store, "một", provinces=("lao-cai",))
    assert notify(store, office, NOON, sent).entered == 0
    raise_on(store, "hai")
    assert notify(store, Settings(data=office.data), NOON, sent).entered == 0
    assert notify(store, office, NOON, sent).entered == 0  # a channel that is added later is not flooded


def test_a_watch_tells_of_articles_delivered_since_it_was_enabled(store: Store, office: Settings, sent: Sent, tmp_path: Path) -> None:
    index = EmbeddedIndex(tmp_path / "index.sqlite3")
    deliver_article(store, index, "trước", "tin về cảng cá")
    with store.begin() as conn:
        watch = watches.add(conn, "Cảng", "cảng near/3 cá since:7d", now=NOON)
        watches.switch(conn, watch, NOON - timedelta(minutes=1))
        watches.add(conn, "Chỉ lưu", "cảng", now=NOON)
    deliver_article(store, index, "sau", "tin về cảng cá")
    deliver_article(store, index, "khác", "tin về chợ")
    deliver_article(store, index, "cũ", "cảng cá năm ngoái", NOON - timedelta(days=2))
    assert notify(store, office, NOON, sent).outcomes == {"later": 1}
    notify(store, office, NOON.replace(hour=17), sent)
    ((_, title, text),) = sent.messages
    assert title == "Tóm tắt theo dõi: 1 tin" and "Bài sau" in text and "theo “Cảng”" in text
    index.close()


def test_a_private_watch_tells_its_own_channel_only(store: Store, office: Settings, sent: Sent, tmp_path: Path) -> None:
    office.notify["ban-2"] = "json://two"
    index = EmbeddedIndex(tmp_path / "index.sqlite3")
    with store.begin() as conn:
        watch = watches.add(conn, "Riêng", "cảng", desk="Bàn 2", channel="ban-2", now=NOON)
        watches.switch(conn, watch, NOON - timedelta(hours=1))
    deliver_article(store, index, "một", "cảng cá")
    notify(store, office, NOON, sent)
    notify(store, office, NOON.replace(hour=17), sent)
    assert [address for address, *_ in sent.messages] == ["json://two"]
    index.close()


def test_one_notice_names_every_watch_and_an_old_flag_wakes_nobody(
    store: Store, office: Settings, sent: Sent, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    index = EmbeddedIndex(tmp_path / "index.sqlite3")
    with store.begin() as conn:
        for name, query, channel in (("Cảng", "cảng cá", ""), ("Cờ", "tier:flag", ""), ("Cá", "cá", ""), ("Lạc", "cá", "kenh-cu")):
            watch = watches.add(conn, name, query, channel=channel, now=NOON)
            watches.switch(conn, watch, NOON - timedelta(hours=1))
    for number in range(2):
        deliver_article(store, index, f"bài {number}", "cảng cá")
        notify(store, office, NOON, sent)
    assert len(caplog.records) == 1 and "“kenh-cu” không còn trong cấu hình, nên tìm kiếm “Lạc”" in caplog.text
    deliver_article(store, index, "cờ cũ", "chợ", tier=Tier.FLAG)
    assert notify(store, office, NOON + timedelta(days=20), sent).outcomes == {"summarised": 2, "later": 1}
    ((_, title, text),) = sent.messages
    assert title == "Tóm tắt theo dõi: 2 tin" and text.count("theo “Cá”, “Cảng”") == 2
    index.close()


@pytest.mark.parametrize(
    ("hours", "quiet"), [("22:00-06:00", (22, 23, 0, 5)), ("12:00-13:00", (12,)), ("", ())]
)
def test_quiet_hours_run_over_midnight(hours: str, quiet: tuple[int, ...]) -> None:
    assert tuple(hour for hour in (22, 23, 0, 5, 6, 12, 13) if is_quiet(NOON.replace(hour=hour), hours)) == quiet


def test_summaries_come_at_the_times_that_were_set() -> None:
    assert next_summary(NOON, "07:30, 16:00") == NOON.replace(hour=16)
    assert next_summary(NOON.replace(hour=16), "07:30 16:00") == NOON.replace(hour=7, minute=30) + timedelta(days=1)
    assert next_summary(NOON, "") == NOON
    for hours in ("22h-6h", "22:00"):
        with pytest.raises(UsageError, match="quiet_hours"):
            is_quiet(NOON, hours)
        with pytest.raises(UsageError, match="quiet_hours"):
            load_settings(quiet_hours=hours)
    with pytest.raises(UsageError, match="summary_times"):
        load_settings(summary_times="25:00")
    assert load_settings(quiet_hours="", summary_times="7:30, 16:00").quiet_hours == ""


def test_addresses_numbers_and_accounts_are_struck_from_headlines() -> None:
    assert clean("Gọi 0912 345 678 hay a.b@c.vn, theo @ten_toi\u202e\r\nBcc: x") == "Gọi … hay …, theo … Bcc: x"
    for private in ("+84 (24) 3943-1234", "(024) 39431234", "0084912345678", "０９１２３４５６７８", "a.b＠c.vn", "https://fb.com/ten.toi", "t.me/toi", "Zalo.me/0912345678"):
        assert clean(f"gọi {private} nhé") == "gọi … nhé", private
    for harmless in ("facebook.com gỡ bài", "tọa độ 21 30 15.1244 và 108 06 04.3", "Nghị định 1653/2000 ngày 27-12-2000", "外交部：南海"):
        assert clean(harmless) == harmless
    assert clean("Cột mốc số 1.116 năm 2008; 450 km biên giới") == "Cột mốc số 1.116 năm 2008; 450 km biên giới"


def test_channels_are_checked_before_they_are_needed() -> None:
    check_names({"truc-ban": "json://127.0.0.1:9/x"})
    for name, address in (("Trực ban", "json://a"), ("a", "không-phải-địa-chỉ")):
        with pytest.raises(UsageError, match="notify"):
            check_names({name: address})


def test_a_trial_says_why_and_nothing_of_the_secrets() -> None:
    """Apprise says what went wrong on its log only."""
    taken, why = tried("json://ten-dung:mat-khau-rieng@127.0.0.1:9/duong-bi-mat", "Thử", "Thử")
    assert not taken and "127.0.0.1" in why and not any(secret in why for secret in ("ten-dung", "mat-khau-rieng", "duong-bi-mat"))


def test_every_address_in_the_documentation_is_one_that_apprise_reads() -> None:
    page = (Path(__file__).parents[1] / "docs" / "notify.md").read_text(encoding="utf-8")
    channels = tomllib.loads(re.findall(r"```toml\n(.*?)```", page, re.DOTALL)[0])["notify"]
    assert {address.partition("://")[0] for address in channels.values()} == {"mailtos", "tgram", "workflows", "jsons"}
    check_names(channels)


def test_an_unreadable_address_is_said_in_one_line_and_keeps_its_notices(store: Store, office: Settings, sent: Sent, caplog: pytest.LogCaptureFixture) -> None:
    office.notify |= {"teams": "msteams://x", "nhom": "json://b"}
    raise_on(store, "một")
    for _round in range(2):
        notify(store, office, NOON, sent)
    assert [address for address, *_ in sent.messages] == ["json://a", "json://b"]
    said = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert len(said) == 2 and all("kênh “teams” không đọc được" in line for line in said)
    office.notify["teams"] = "json://c"
    assert notify(store, office, NOON, sent).outcomes == {"sent": 1}
    check = doctor_channels(office.model_copy(update={"notify": {"teams": "msteams://x"}}))
    assert check.state == "missing" and "“teams” không đọc được" in check.found


@pytest.mark.parametrize(
    ("address", "most"), [("tgram://123456789:abcdefg_hijklmnop/12315544/", 4096), ("workflows://prod-00.example.com:443/643e69f83c8944/abcdefghijk", 1000)]
)
def test_long_notices_fit_the_service_and_what_was_taken_is_not_sent_again(
    store: Store, office: Settings, monkeypatch: pytest.MonkeyPatch, address: str, most: int
) -> None:
    """Telegram answers 400 to a text above 4,096 characters (its Bot API, sendMessage): gathered flags and summaries come in pages."""
    import requests

    monkeypatch.setattr("apprise.plugins.base.NotifyBase.request_rate_per_sec", 0)
    monkeypatch.setattr("apprise.plugins.workflows.NotifyWorkflows.request_rate_per_sec", 0)
    monkeypatch.setattr("apprise.plugins.telegram.NotifyTelegram.request_rate_per_sec", 0)
    taken: list[str] = []
    room = [2]

    def post(url: str, data: str | bytes = b"", **_: object) -> requests.Response:
        answer = requests.Response()
        text = "\n".join(_texts(json.loads(data)))
        answer.status_code = 400 if len(text) > most + 300 or room[0] == 0 else 200
        answer._content = b'{"ok": true}'
        if answer.status_code == 200:
            room[0] -= 1
            taken.append(text)
        return answer

    monkeypatch.setattr("requests.post", post)
    office.notify["truc-ban"] = address
    office = office.model_copy(update={"notify_per_hour": 0})
    names = [f"{number:02d} về chủ quyền & biển đảo “trích” " + "nội dung dài của đầu đề " * 4 for number in range(40 if most > 1000 else 12)]
    for name in names:
        raise_on(store, name)
    first = notify(store, office, NOON).outcomes
    assert len(taken) == 2 and first["gathered"] and first["gathered"] + first["retry"] == len(names)
    room[0] = 99
    assert notify(store, office, NOON + timedelta(minutes=11)).outcomes == {"gathered": first["retry"]}
    links = re.findall(r"https://desk\.example/alerts/(\w+)", "\n".join(taken))
    assert len(set(links)) == len(names)
    assert "(1/" in taken[0] and all("Máy nêu" in text and "&nbsp;" not in text for text in taken)


def _texts(body: object) -> list[str]:
    """The texts of a request: Telegram's `text`, the `text` of every block of a Teams card."""
    if isinstance(body, dict):
        return [one for key, value in body.items() for one in ([value] if key == "text" and isinstance(value, str) else _texts(value))]
    return [one for value in body for one in _texts(value)] if isinstance(body, list) else []


def test_a_summary_shows_the_verdict_and_the_watch() -> None:
    (page,) = summary([(News("Bài", "Báo Mẫu", "Mâu thuẫn với tư liệu", "https://d/1"), ("Cảng",)), (News("Hai", "Báo", "", "https://d/2"), ())], 4096)
    assert page.text == "• Bài\n  Báo Mẫu\n  Mâu thuẫn với tư liệu\n  theo “Cảng”\n  https://d/1\n\n• Hai\n  Báo\n  https://d/2"


@pytest.mark.parametrize(
    ("outlet", "url", "name"),
    [("Báo Mẫu", "https://bao.example/x", "Báo Mẫu"), ("", "https://www.bao.example/x", "bao.example"), ("@ten_toi", "https://t.example/1", "t.example"), ("", "", "nguon")],
)
def test_a_notice_without_an_outlet_names_the_site(outlet: str, url: str, name: str) -> None:
    assert outlet_name(outlet, url, "nguon") == name


@pytest.mark.postgresql
def test_all_of_it_on_postgresql(fresh_database: str, office: Settings, sent: Sent, tmp_path: Path) -> None:
    store, index = Store.open(fresh_database), EmbeddedIndex(tmp_path / "index.sqlite3")
    with store.begin() as conn:
        watches.switch(conn, watches.add(conn, "Cảng", "cảng", now=NOON), NOON - timedelta(hours=1))
    raise_on(store, "một")
    deliver_article(store, index, "hai", "cảng cá")
    assert notify(store, office, NOON, sent).outcomes == {"sent": 1, "later": 1}
    assert notify(store, office, NOON.replace(hour=17), sent).outcomes == {"summarised": 1}
    index.close()
    store.close()
