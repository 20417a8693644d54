"""Alerts as ClaimReview (schema.org, JSON-LD). The author of a claim is the outlet, an organisation, and never a person."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from classifiers.referencebase import ReferenceBase, load_references
from dashboards.shown import one_line, safe_url
from pipelines.notify.message import outlet_name
from pipelines.records import VERDICT_VI, Alert, Verdict
from pipelines.settings import Profile, Settings, load_profile
from pipelines.store import Store, alerts

# Of these a person has said that there is nothing to review.
SETTLED = (alerts.NOT_DISTORTED, alerts.DUPLICATE)
# On the scale of Google's guide to ClaimReview (1 false … 5 true); the other verdicts are words only.
RATING = {Verdict.CONTRADICTED: 1, Verdict.UNSUPPORTED: 2}


def reviews(store: Store, settings: Settings, documents: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give one ClaimReview for each alert of the stories found, each story once."""
    base, office = load_references(), load_profile(settings.profile)
    done: set[str] = set()
    for document in documents:
        if document["story"] in done or document["tier"] == "none":
            continue
        done.add(document["story"])
        with store.read() as conn:
            found = alerts.list_alerts(conn, story=document["story"])
        for alert in found:
            if alert.status not in SETTLED:
                yield review(alert, base, office, settings.desk_url)


def review(alert: Alert, base: ReferenceBase, office: Profile, desk_url: str) -> dict[str, Any]:
    """Return one alert as ClaimReview; until two persons have said that it needs a reply, it is a draft."""
    claim = alert.claim
    rating: dict[str, Any] = {"@type": "Rating", "alternateName": VERDICT_VI[claim.verdict]}
    if claim.verdict in RATING:
        rating |= {"ratingValue": RATING[claim.verdict], "bestRating": 5, "worstRating": 1}
    url = safe_url(alert.url)
    appearance: dict[str, Any] = {"@type": "CreativeWork", "headline": one_line(alert.title), **({"url": url} if url else {})}
    reviewed: dict[str, Any] = {
        "@type": "Claim",
        **({"author": {"@type": "Organization", "name": name}} if (name := one_line(outlet_name(alert.outlet, alert.url), 120)) else {}),
        "appearance": appearance,
    }
    if alert.published:
        reviewed["datePublished"] = appearance["datePublished"] = alert.published.isoformat()
    return {
        "@type": "ClaimReview",
        "@id": f"{desk_url}/alerts/{alert.id}",
        "url": f"{desk_url}/alerts/{alert.id}",
        "inLanguage": "vi",
        "claimReviewed": one_line(claim.sentence, 2000),
        "author": _agency(office),
        "datePublished": alert.raised.isoformat(),
        "creativeWorkStatus": "Published" if alert.status == alerts.NEEDS_REPLY else "Draft",
        "itemReviewed": reviewed,
        "reviewRating": rating,
        "reviewBody": one_line(". ".join(part.strip().rstrip(".") for part in (claim.differs, claim.why) if part.strip()) + ".", 2000),
        "citation": [_citation(base, id_) for id_ in claim.refs if id_ in base],
    }


def _agency(office: Profile) -> dict[str, Any]:
    above = {"parentOrganization": {"@type": "Organization", "name": office.agency_parent}} if office.agency_parent else {}
    return {"@type": "Organization", "name": office.agency, **above}


def _citation(base: ReferenceBase, id_: str) -> dict[str, Any]:
    entry = base.get(id_)
    url = safe_url(entry.source.url)
    return {
        "@type": "CreativeWork", "identifier": id_, "name": entry.source.title, "text": entry.statement_vi,
        **({"url": url} if url else {}),
    }  # fmt: skip


def write_claimreview(found: Iterable[Mapping[str, Any]], out: BinaryIO) -> int:
    """Write one JSON-LD document with a graph of reviews; returns how many."""
    out.write(b'{"@context": "https://schema.org", "@graph": [')
    count = 0
    for count, one in enumerate(found, 1):
        out.write(("," if count > 1 else "").encode() + b"\n" + json.dumps(one, ensure_ascii=False).encode())
    out.write(b"\n]}\n")
    return count
