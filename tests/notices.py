"""What the tests of notices raise, deliver and send with."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from pipelines.clock import HANOI
from pipelines.deliver import deliver
from pipelines.records import Alert, Assessment, Claim, Places, Role, Tier, Verdict
from pipelines.search.embedded import EmbeddedIndex
from pipelines.search.owe import owe_articles
from pipelines.settings import Settings
from pipelines.store import Store, alerts, assessments, outbox, stories
from tests.desk import add_article, add_story

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=HANOI)


class Sent:
    """A channel that remembers, and refuses while `away`."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str, str]] = []
        self.away: set[str] = set()

    def __call__(self, address: str, title: str, text: str) -> bool:
        if address in self.away:
            return False
        self.messages.append((address, title, text))
        return True


def made_sent() -> Sent:
    return Sent()


def made_office(tmp_path: Path) -> Settings:
    """Return the settings of an office with one channel."""
    return Settings(data=tmp_path, notify={"truc-ban": "json://a"}, dashboard_url="https://desk.example/")


def raise_on(store: Store, name: str, tier: Tier = Tier.FLAG, *, story: str = "", kind: str = "D05", provinces: tuple[str, ...] = ("ninh-binh",), **more: object) -> str:
    """Store an article with an alert as the assess step does, and return the story."""
    with store.read() as conn:
        known = stories.story_of(conn, story) if story else None
    found = add_article(store, f"https://bao.example/{name}", "Báo Mẫu", f"Bài {name}", "Ông Nguyễn Văn A nói sai.", NOON, **more)
    if known:
        with store.begin() as conn:
            stories.save(conn, known, known, "Báo Mẫu", [found.id])
    else:
        known = add_story(store, found)
    verdict = Verdict.CONTRADICTED if tier is Tier.FLAG else Verdict.UNVERIFIED
    claim = Claim(sentence="Ông Nguyễn Văn A nói sai.", start=0, end=5, type=kind, role=Role.ASSERT, verdict=verdict, refs=("GT-02",))
    alert = Alert(
        id=alerts.alert_id(known, f"{kind}{tier}"), story=known, article=found.id, revision=1, tier=claim.tier, claim=claim, provinces=provinces,
        title=found.title, outlet=found.outlet, url=found.url, published=NOON, raised=NOON,
    )  # fmt: skip
    with store.begin() as conn:
        if alerts.raise_alert(conn, alert):
            outbox.put(conn, "tell", alert.id, 1, "")
    return known


def deliver_article(store: Store, index: EmbeddedIndex, name: str, body: str, first_seen: datetime = NOON, tier: Tier = Tier.NONE) -> str:
    found = add_article(store, f"https://bao.example/{name}", "Báo Mẫu", f"Bài {name}", body, first_seen - timedelta(minutes=10))
    add_story(store, found)
    with store.begin() as conn:
        made = Assessment(article=found.id, revision=1, tier=tier, model_version="v", reference_version="r")
        assessments.save(conn, found.id, 1, outcome="clear", version="v", places=Places(about=("ninh-binh",)), assessment=made)
        owe_articles(conn, [found.id], NOON)
    deliver(store, index, now=NOON)
    return found.id
