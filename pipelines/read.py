"""The step "read": one capture, or one text line, becomes an article, a revision, or nothing, with a named outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, Protocol

from sqlalchemy import Connection

from pipelines.clock import HANOI, local
from pipelines.dates import DOUBTFUL, OLDEST
from pipelines.duplicates import Signature, copies, sign
from pipelines.extract import UNREADABLE, Extracted, FeedHint, NotArticle, extract, version_on
from pipelines.language import SUPPORTED, detect
from pipelines.records import Article, Capture, DateOrigin, TextLine
from pipelines.revisions import says_the_same
from pipelines.search.owe import owe_articles
from pipelines.store import articles, captures
from pipelines.stories import place, text_of
from pipelines.text import normalize
from pipelines.urls import clean

NEW, COPY, REVISION, UNCHANGED = "new", "copy", "revision", "unchanged"
NOT_ARTICLE, UNREADABLE_PAGE, NOT_HTML = "not-article", "unreadable", "not-html"
EMPTY = "empty"

_HTML = ("text/html", "application/xhtml", "text/plain", "application/octet-stream", "")


class SourceLike(Protocol):
    """What reading needs to know of a source; crawlers.registry.Source is one."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def lang(self) -> Sequence[str]: ...
    @property
    def selectors(self) -> Sequence[Any]: ...
    @property
    def clock(self) -> tzinfo | None: ...


class HintLike(Protocol):
    """What a feed, sitemap or list said of a page; pipelines.store.captures.Hint is one."""

    @property
    def title(self) -> str: ...
    @property
    def sapo(self) -> str: ...
    @property
    def published(self) -> datetime | None: ...
    @property
    def date_origin(self) -> str: ...


def read_capture(
    conn: Connection, capture: Capture, headers: Mapping[str, str], body: bytes, source: SourceLike,
    hint: HintLike | None, now: datetime,
) -> tuple[str, str]:  # fmt: skip
    """Read one capture into the store; return (outcome, reason). Run twice, it leaves the same tables."""
    if capture.status != 200:
        return NOT_ARTICLE, f"máy chủ trả lời {capture.status}"
    content_type = capture.content_type or _header(headers, "content-type")
    if not content_type.split(";")[0].strip().lower().startswith(_HTML[:-1]) and content_type.strip():
        return NOT_HTML, content_type.split(";")[0].strip()[:80]
    if _is_feed(body):
        return NOT_HTML, "nguồn tin RSS, Atom hoặc JSON, không phải trang"
    day = local(capture.fetched).date()
    feed = FeedHint(hint.title, hint.sapo, hint.published, hint.date_origin) if hint else None
    found = extract(
        body, capture.final_url or capture.url, content_type=content_type, selectors=version_on(source.selectors, day),
        feed=feed, now=now, captured=day, zone=source.clock,
    )  # fmt: skip
    if isinstance(found, NotArticle):
        if found.kind == "binary":
            return NOT_HTML, found.reason
        return (UNREADABLE_PAGE if found.kind in UNREADABLE else NOT_ARTICLE), found.reason
    article = _article(found, capture, source)
    own = _own(conn, article)
    return _land(conn, own, now), captures.SHARED_CANONICAL if own.id != article.id else ""


def _own(conn: Connection, article: Article) -> Article:
    """Return `article` under the address it came from when the address that it declares holds another text from elsewhere.

    A template that prints one rel=canonical on all pages would fold all stories of an outlet into one article.
    """
    own = clean(article.url) or article.url
    if article.canonical == own:
        return article
    known = articles.revisions(conn, article.id)
    if not known or any(clean(old.url) == own or old.capture == article.capture for old in known):
        return article
    text = text_of(article)
    mine = sign(text)
    if any(says_the_same(article, old) or _is_copy(mine, text, text_of(old)) for old in known):
        return article
    return article.model_copy(update={"canonical": own, "id": articles.article_id(own)})


def _is_copy(mine: Signature, text: str, other: str) -> bool:
    return copies(mine, sign(other), lambda: (text, other))


def read_line(conn: Connection, line: TextLine, now: datetime) -> str:
    """Read one text line into the store; return the outcome. Lines without an address are known by their id."""
    title, sapo = normalize(line.title).strip(), normalize(line.sapo).strip()
    body = "\n".join(filter(None, (normalize(part).strip() for part in line.text.split("\n"))))
    if not body and not title:
        return EMPTY
    url = clean(line.url) if line.url else None
    canonical = url or f"urn:cotmoc:line:{line.id}"
    published, confidence = _given_date(line.published, now)
    article = Article(
        id=articles.article_id(canonical), url=url or canonical, canonical=canonical, source="ingest",
        outlet=line.outlet or "", kind=line.kind or "press", lang=line.lang or detect(f"{title}\n{body}"),
        title=title or body[:120], sapo=sapo, body=body, captions=tuple(filter(None, map(normalize, line.captions))),
        published=published, date_origin=DateOrigin.FEED if published else DateOrigin.NONE, date_confidence=confidence,
        parser="line-1", first_seen=now,
    )  # fmt: skip
    return _land(conn, article, now)


def _article(found: Extracted, capture: Capture, source: SourceLike) -> Article:
    lang = found.lang
    stated = [source.lang] if isinstance(source.lang, str) else list(source.lang)
    # Two lines of a post are too few to tell the language by; the source knows it.
    if stated and lang not in stated and (len(found.body) + len(found.sapo) < 200 or lang not in SUPPORTED):
        lang = stated[0]
    return Article(
        id=articles.article_id(found.canonical), url=capture.final_url or capture.url, canonical=found.canonical,
        source=capture.source, outlet=source.name, kind=source.kind, lang=lang[:8], title=found.title, sapo=found.sapo,
        body=found.body, captions=found.captions, images=found.images, published=found.published,
        date_origin=found.date_origin, date_confidence=found.date_confidence, modified=found.modified,
        section=found.section[:200], parser=found.parser, capture=capture.id, first_seen=capture.fetched,
    )  # fmt: skip


def _land(conn: Connection, article: Article, now: datetime) -> str:
    """Store an article as new, as a revision or not at all, and put it into its story.

    A capture that was read before gives its outcome again. An older capture than the newest one read (a WARC read
    afterwards) is kept as a revision, but does not become the current one.
    """
    known = articles.revisions(conn, article.id)
    if not known:
        articles.save(conn, article)
        return COPY if place(conn, article).is_copy else NEW
    again = next((old for old in known if article.capture is not None and old.capture == article.capture), None)
    if again is not None:
        newest = articles.get(conn, article.id) or again
        placed = place(conn, newest)
        if again.revision == 1:
            return COPY if placed.is_copy and placed.first_article != article.id else NEW
        return REVISION
    current = articles.get(conn, article.id) or known[-1]
    late = _seen(article) < _seen(current)
    if says_the_same(article, current) or (late and any(says_the_same(article, old) for old in known)):
        _better_date(conn, article, current, now)
        return UNCHANGED
    edited = article.model_copy(update={"revision": known[-1].revision + 1})
    articles.save(conn, edited, current=not late)
    if not late:
        place(conn, edited)
    return REVISION


def _better_date(conn: Connection, article: Article, current: Article, now: datetime) -> None:
    """Take over a date that is more certain than the one we had: the feed came after the page, for one."""
    if article.published is not None and article.date_confidence > current.date_confidence:
        better = {name: getattr(article, name) for name in ("published", "date_origin", "date_confidence")}
        dated = current.model_copy(update=better)
        articles.redate(conn, dated)
        place(conn, dated)
        owe_articles(conn, [article.id], now)


def _seen(article: Article) -> datetime:
    assert article.first_seen is not None
    return article.first_seen


def _given_date(given: datetime | date | None, now: datetime) -> tuple[datetime | None, float]:
    """Return the moment of a text line with its confidence; without a zone it is Vietnamese time."""
    if given is None:
        return None, 0.0
    if isinstance(given, datetime):
        moment, confidence = (given if given.tzinfo else given.replace(tzinfo=HANOI)), 1.0
    else:
        moment, confidence = datetime(given.year, given.month, given.day, tzinfo=HANOI), 0.8
    if moment.year < OLDEST or moment > now + timedelta(days=1):
        confidence = DOUBTFUL
    return moment, confidence


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((str(value) for key, value in headers.items() if key.lower() == name), "")


def _is_feed(body: bytes) -> bool:
    head = body[:600].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<rss", b"<feed", b"<rdf:rdf", b"<urlset", b"<sitemapindex")):
        return True
    if head.startswith(b"<?xml"):
        return any(mark in head for mark in (b"<rss", b"<feed", b"<rdf:rdf", b"<urlset", b"<sitemapindex"))
    return head.startswith((b"{", b"[{"))
