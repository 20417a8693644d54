"""What channels are remembered to have been told, and to be away: nothing settled counts as told, no alarm is lost or outlives its channel."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from flows.checks import deliveries as doctor_deliveries
from pipelines.notify import notify
from pipelines.notify.away import all_away, note_away
from pipelines.records import Tier
from pipelines.settings import Settings
from pipelines.store import Store, alerts, watches, work
from tests.notices import NOON, Sent, made_office, made_sent, raise_on

office = pytest.fixture(made_office)
sent = pytest.fixture(made_sent)


def _decide(store: Store, story: str, outcome: str, version: int, now: datetime) -> None:
    with store.begin() as conn:
        (alert,) = alerts.list_alerts(conn, story=story)
        alerts.decide(conn, alert.id, outcome=outcome, reason="đã xem", analyst="Bàn 1", version=version, now=now)


@pytest.mark.parametrize("tier", [Tier.FLAG, Tier.WATCH])
def test_what_was_settled_was_not_told_a_later_alert_of_the_story_is(store: Store, office: Settings, sent: Sent, tier: Tier) -> None:
    story = raise_on(store, "một", tier)
    notify(store, office, NOON, Sent()) if tier is Tier.WATCH else notify(store, office, NOON.replace(hour=23), sent)
    _decide(store, story, alerts.NOT_DISTORTED, 1, NOON)
    morning = (NOON + timedelta(days=1)).replace(hour=8)
    assert notify(store, office, morning, sent).outcomes == {"settled": 1}
    assert notify(store, office, morning, sent).outcomes == {}
    raise_on(store, "hai", tier, story=story, kind="D01")
    notify(store, office, morning, sent)
    assert notify(store, office, morning.replace(hour=17), sent).outcomes == ({"summarised": 1} if tier is Tier.WATCH else {})
    assert len(sent.messages) == 1 and "D01" in sent.messages[0][2]


@pytest.mark.parametrize("how", ["decided", "undone"])
@pytest.mark.parametrize("told", [False, True])
def test_a_decision_that_is_reopened_is_told_unless_it_was(store: Store, office: Settings, sent: Sent, how: str, told: bool) -> None:
    story = raise_on(store, "một")
    if told:
        notify(store, office, NOON, sent)
    _decide(store, story, alerts.NOT_DISTORTED, 1, NOON)
    notify(store, office, NOON, sent)
    assert len(sent.messages) == told
    if how == "decided":
        _decide(store, story, alerts.LOOKING, 2, NOON)
    else:
        with store.begin() as conn:
            batch = work.last_batch(conn, "Bàn 1", NOON)
            assert batch
            work.undo(conn, "Bàn 1", batch, NOON)
    assert notify(store, office, NOON, sent).outcomes == ({} if told else {"sent": 1})
    assert len(sent.messages) == 1


def test_settled_flags_use_up_no_flags_of_the_hour(store: Store, office: Settings, sent: Sent) -> None:
    office = office.model_copy(update={"notify_per_hour": 2})
    for story in [raise_on(store, f"s{number}") for number in range(3)]:
        _decide(store, story, alerts.NOT_DISTORTED, 1, NOON)
    for number in range(2):
        raise_on(store, f"f{number}")
    assert notify(store, office, NOON, sent).outcomes == {"settled": 3, "sent": 2}


def test_a_second_absence_gives_its_alarm_though_older_notices_had_been_tried(
    store: Store, office: Settings, sent: Sent, caplog: pytest.LogCaptureFixture
) -> None:
    office = office.model_copy(update={"quiet_hours": ""})
    sent.away = {"json://a"}
    raise_on(store, "một")
    for minute in (0, 1, 3, 8, 16, 33):
        notify(store, office, NOON + timedelta(minutes=minute), sent)
    sent.away = set()
    raise_on(store, "hai")
    assert notify(store, office, NOON + timedelta(minutes=34), sent).outcomes == {"sent": 1, "later": 1}
    sent.away = {"json://a"}
    for hour in range(1, 6):
        notify(store, office, NOON + timedelta(hours=hour), sent)
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING", "ERROR"]


def test_the_alarm_of_a_channel_that_was_taken_out_ends(store: Store, office: Settings, sent: Sent) -> None:
    sent.away = {"json://a"}
    story = raise_on(store, "một")
    notify(store, office, NOON, sent)
    other = office.model_copy(update={"notify": {"khac": "json://b"}, "database_url": str(store.engine.url)})
    assert doctor_deliveries(other).found == "chỉ mục: 0 tin chờ; thông báo: 1 chờ"  # even before the next round
    assert notify(store, other, NOON + timedelta(hours=1), sent).outcomes == {"forgotten": 1}
    with store.read() as conn:
        assert not all_away(conn, office.notify)
    # Put back, the channel hears of what comes: it was not told of the story.
    sent.away = set()
    raise_on(store, "hai", story=story, kind="D01")
    assert notify(store, office, NOON + timedelta(hours=2), sent).outcomes == {"sent": 1}


def test_the_alarm_of_a_channel_that_a_watch_names_stands(store: Store, office: Settings, sent: Sent) -> None:
    with store.begin() as conn:
        watch = watches.add(conn, "Lạc", "cá", channel="kenh-cu", now=NOON)
        watches.switch(conn, watch, NOON)
        note_away(conn, "kenh-cu", "không còn", NOON)
    for enabled in (True, False):
        notify(store, office, NOON, sent)
        with store.begin() as conn:
            assert bool(all_away(conn, office.notify)) is enabled
            watches.switch(conn, watch, None)
