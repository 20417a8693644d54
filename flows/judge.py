"""One article through the gates: place, topic, claims; then its alerts and its document, in the caller's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection

from pipelines.clock import now
from pipelines.records import Alert, Article, Assessment, Claim, Places, TextLine, Tier

if TYPE_CHECKING:
    from flows.chain import Chain

OUTCOME = {Tier.FLAG: "flagged", Tier.WATCH: "watch", Tier.NONE: "clear"}


def version(chain: Chain) -> str:
    """Return the tag of models and reference base that an assessment was made with (at most 80 characters)."""
    return f"{chain.assessor.model_version}/{chain.assessor.reference_version}"[:80]


def line_of(article: Article) -> TextLine:
    """Return the article in the shape that the classifiers read."""
    return TextLine(
        id=article.id, title=article.title, sapo=article.sapo, text=article.body, published=article.published,
        url=article.canonical, outlet=article.outlet, lang=article.lang, kind=article.kind, captions=article.captions,
    )  # fmt: skip


def examine(chain: Chain, article: Article) -> tuple[str, Places, Assessment | None]:
    """Return the outcome, the places and (for a text on the topic) the assessment of one article."""
    text = "\n".join((article.title, article.sapo, article.body, *article.captions))
    on_topic = chain.assessor.on_topic(text)
    if not on_topic and not chain.matcher.touches(text):
        return "not-ours", Places(), None
    places = chain.matcher.resolve(
        article.title, article.sapo, article.body, article.published,
        outlet=article.outlet, lang=article.lang, captions=article.captions,
    )  # fmt: skip
    if places.spam:
        return "spam", places, None
    if not on_topic:
        # Not a word of the topic: news about the province for the digest, or nothing of ours at all.
        return ("off-topic" if places.about or places.mentioned else "not-ours"), places, None
    assessment = chain.assessor.assess(line_of(article), places)
    assessment = assessment.model_copy(update={"article": article.id, "revision": article.revision})
    return OUTCOME[assessment.tier], places, assessment


def claim_key(claim: Claim) -> str:
    """Return what makes a claim the same in a copy with other wording: type, verdict, first reference."""
    return f"{claim.type}|{claim.verdict.value}|{claim.refs[0] if claim.refs else ''}"


def judge(chain: Chain, conn: Connection, article: Article, tag: str) -> str:
    """Examine one article and land everything that follows from it; return the outcome."""
    from pipelines.search.owe import owe_articles, owe_story
    from pipelines.store import alerts, assessments, outbox, stories

    outcome, places, assessment = examine(chain, article)
    assessments.save(
        conn, article.id, article.revision, outcome=outcome, version=tag, places=places, assessment=assessment
    )
    known = stories.story_of(conn, article.id)
    story = known or article.id
    for claim in assessment.claims if assessment else ():
        if claim.tier is not Tier.NONE:
            alert = _alert(article, places, story, claim)
            if alerts.raise_alert(conn, alert):
                outbox.put(conn, "tell", alert.id, 1, "")
    # The whole story: an alert changes the state of all its copies, and reading may have joined or renamed it.
    if known:
        owe_story(conn, known, now())
    else:
        owe_articles(conn, [article.id], now())
    return outcome


def _alert(article: Article, places: Places, story: str, claim: Claim) -> Alert:
    from pipelines.store import alerts

    return Alert(
        id=alerts.alert_id(story, claim_key(claim)), story=story, article=article.id, revision=article.revision,
        tier=claim.tier, claim=claim, provinces=places.about, national=places.national, title=article.title,
        outlet=article.outlet, url=article.canonical, published=article.published, raised=now(),
    )  # fmt: skip
