"""Selectors learnt from a few article pages: candidates are tried on all of them and held against what the pages say.

Voices that judge: JSON-LD, Open Graph and the feed for title, sapô and date; our own reading, resiliparse and
trafilatura for the body. A selector is proposed only when the pages agree on it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cached_property, partial
from typing import Any

from crawlers.discover.candidates import ancestors, names_of, within
from pipelines.dates import parse_date
from pipelines.extract import Extracted, FeedHint, declared, dom, generic
from pipelines.extract.metadata import Metadata, read_metadata

MOST_BODIES = 24
# Below this agreement with the other readers a body is not proposed.
FEWEST_SHARED = 0.75
_TITLES = "h1, h2, h3, [itemprop=headline], [class*=title], [class*=headline], [class*=tieu-de], [class*=tit]"
_SAPOS = "p, h2, h3, h4, div, strong, [itemprop=description]"
_MARKED_SAPOS = ", ".join(f"[class*={word}]" for word in ("sapo", "excerpt", "summary", "standfirst", "lead", "intro", "tom-tat", "mo-bai"))
_DATES = (
    "time, [itemprop=datePublished], [class*=date], [class*=time], [class*=ngay], [class*=publish], [class*=luc], [class*=meta], "
    "[class*=post-info], [id*=date], [id*=time], span, p, div, li"
)
_BARE = "không ghi giờ"
_DATED = re.compile(r"date|time|publish|ngay|posted", re.I)
_CAPTION = re.compile(r"caption|chu-?thich|img[_-]?desc|photo-?desc|image-?desc|desc[_-]?(?:img|image)|wp-caption-text", re.I)


@dataclass
class Sample:
    """One article page as captured, and how it was read without any selector of its outlet."""

    url: str
    text: str
    read: Extracted
    hint: FeedHint | None = None
    body: bytes = field(default=b"", repr=False)
    content_type: str = ""
    fetched: datetime | None = None

    def tree(self) -> Any:
        """Return a fresh tree: selectors leave marks in the one they were tried on."""
        return dom.parse(self.text)

    @cached_property
    def metadata(self) -> Metadata:
        return read_metadata(self.tree())

    @cached_property
    def titles(self) -> list[str]:
        """What the page, its metadata and the feed call the article, as keys."""
        ld = self.metadata.ld
        said = [ld.headline if ld else "", self.metadata.first("title"), self.hint.title if self.hint else "", self.read.title]
        return [key for text in said if len(key := generic.key(dom.clean_text(text))) >= 8]

    @cached_property
    def sapos(self) -> list[str]:
        """The summaries that metadata and feed give, else what the page marks as one, as keys."""
        ld = self.metadata.ld
        said = [ld.description if ld else "", self.metadata.first("description", "description2"), self.hint.sapo if self.hint else "", self.read.sapo]
        known = [key for text in said if len(key := generic.key(dom.clean_text(text))) >= 12]
        if not known:
            marked = (dom.text_of(node) for node in dom.select(self.tree().body, _MARKED_SAPOS)[:20])
            known = [generic.key(text) for text in marked if 40 <= len(text) <= 800][:1]
        return known

    @cached_property
    def bodies(self) -> list[list[str]]:
        """The words of the body as each reader sees it."""
        read = [self.read.body, "\n".join(generic.by_resiliparse(self.tree())), "\n".join(generic.by_trafilatura(self.text))]
        return [words for text in read if len(words := words_of(text)) >= 30]


@dataclass(frozen=True)
class Learnt:
    """Selectors by field, on how many pages each one held, and what stayed unsure, in Vietnamese."""

    selectors: dict[str, str]
    held: dict[str, int]
    unsure: tuple[str, ...]
    agreement: float = 0.0


def words_of(text: str) -> list[str]:
    """Return the words of a text; a Chinese letter is one word."""
    return re.findall(r"[\u3400-\u9fff]|\w+", text.lower())


def rouge_l(one: list[str], other: list[str]) -> float:
    """Return ROUGE-L F1 of two lists of words, from 0 to 1."""
    from rapidfuzz.distance import LCSseq

    return 2 * LCSseq.similarity(one, other) / (len(one) + len(other)) if one and other else 0.0


def learn(samples: list[Sample], zone: tzinfo, now: datetime) -> Learnt:
    """Learn selectors from article pages of one outlet; a field on which they do not agree is left out and named."""
    unsure: list[str] = []
    selectors: dict[str, str] = {}
    held: dict[str, int] = {}

    def take(name: str, found: tuple[str, int] | None, missing: str) -> None:
        if found is None:
            unsure.append(missing)
            return
        selectors[name], held[name] = found
        if found[1] < len(samples):
            unsure.append(f"{name}: {found[0]} chỉ đúng ở {found[1]}/{len(samples)} trang")

    take("title", _title(samples), "title: không có bộ chọn nào cho đúng tít")
    take("sapo", _sapo(samples), "sapo: không thấy phần sapô riêng")
    body = _body(samples)
    agreement = 0.0
    if body is None:
        unsure.append("body: không phần tử nào khớp với cách đọc của resiliparse và trafilatura; bài sẽ được đọc tự động")
    else:
        selectors["body"], agreement = body
        held["body"] = len(samples)
        if drop := _drop(samples, selectors["body"], agreement):
            selectors["drop"] = ", ".join(drop)
        captions = _captions(samples, selectors["body"])
        if captions:
            selectors["captions"], held["captions"] = captions
        else:
            unsure.append("captions: các trang này không có chú thích ảnh")
    take("date", _date(samples, zone, now), "date: không thấy ngày đăng viết trên trang")
    if not any(sample.read.date_origin.value in {"json-ld", "meta"} for sample in samples):
        unsure.append("date: trang không có ngày cho máy đọc (JSON-LD, meta); hãy so ngày bằng mắt")
    return Learnt(selectors, held, tuple(unsure), agreement)


def _says(text: str, known: list[str], share: float) -> bool:
    """Tell whether `text` is what one of the keys says, as a whole or as its beginning."""
    key = generic.key(text)
    return bool(key) and any(
        key == other or (min(len(key), len(other)) >= 12 and (other.startswith(key) or key.startswith(other)) and share * max(len(key), len(other)) <= min(len(key), len(other)))
        for other in known
    )


def _vote(
    samples: list[Sample], wanted: str, names: Callable[[Any], list[str]], fits: Callable[[Sample, str], bool], longest: int
) -> Counter[str]:
    """Count on how many pages each candidate name belongs to an element whose text fits."""
    votes: Counter[str] = Counter()
    for sample in samples:
        mine: dict[str, None] = {}
        for node in dom.select(sample.tree().body, wanted)[:4000]:
            if len(node.text_content or "") <= longest and fits(sample, dom.text_of(node)):
                mine |= dict.fromkeys(names(node))
        votes.update(list(mine))
    return votes


def _first(samples: list[Sample], name: str, fits: Callable[[Sample, str], bool], field_name: str) -> tuple[int, int, float]:
    """Return on how many pages the first text found by `name` fits, on how many it misleads, and how lonely it is."""
    good = bad = 0
    lonely = 0.0
    for sample in samples:
        tree = sample.tree()
        parts = declared.apply(tree, {field_name: name})
        text = str(getattr(parts, field_name))
        if text:
            good, bad = good + fits(sample, text), bad + (not fits(sample, text))
            lonely += 1 / max(1, len(dom.select(tree.document, name)[:50]))
    return good, bad, lonely


def _best(samples: list[Sample], votes: Counter[str], fits: Callable[[Sample, str], bool], field_name: str, fewest: int) -> tuple[str, int] | None:
    ranked = []
    for order, (name, _) in enumerate(votes.most_common(30)):
        good, bad, lonely = _first(samples, name, fits, field_name)
        if good >= fewest and good > 2 * bad:
            ranked.append((good - bad, round(lonely, 2), "[itemprop" in name, bool(_DATED.search(name)) and field_name == "date", any(mark in name for mark in ".#["), -name.count(" "), -name.count("."), -order, name, good))
    if not ranked:
        return None
    best = max(ranked)
    return str(best[-2]), int(best[-1])


def _title(samples: list[Sample]) -> tuple[str, int] | None:
    def fits(sample: Sample, text: str) -> bool:
        return _says(text, sample.titles, 0.6)

    votes = _vote(samples, _TITLES, lambda node: [*names_of(node), *(within(node) + ["h1"] if node.tag == "h1" else [])], fits, 600)
    return _best(samples, votes, fits, "title", len(samples) // 2 + 1)


def _sapo(samples: list[Sample]) -> tuple[str, int] | None:
    def fits(sample: Sample, text: str) -> bool:
        key, whole = generic.key(text), generic.key(sample.read.body)
        # A post whose whole text is its summary has no sapô of its own.
        return 15 <= len(text) <= 1500 and not (len(key) > 0.6 * len(whole) and key in whole) and any(
            len(key) <= 2.5 * len(other) + 20 and (key[:60] == other[:60] or other[:50] in key[:90]) for other in sample.sapos
        )

    def names(node: Any) -> list[str]:
        return names_of(node) + (within(node) if node.tag in {"h2", "h3", "h4"} else [])

    return _best(samples, _vote(samples, _SAPOS, names, fits, 4000), fits, "sapo", len(samples) // 2 + 1)


def _body(samples: list[Sample]) -> tuple[str, float] | None:
    """Return the selector whose text agrees best with the two readers nearest to it, and by how much."""
    votes: Counter[str] = Counter()
    for sample in samples:
        longest = {generic.key(block) for block in sorted(sample.read.body.split("\n"), key=len)[-4:] if len(block) >= 60}
        mine: dict[str, None] = {}
        for node in dom.select(sample.tree().body, "p, div, section, td, span, li")[:6000]:
            if len(node.text_content or "") <= 5000 and generic.key(dom.text_of(node)) in longest:
                for outer in ancestors(node):
                    mine |= dict.fromkeys(names_of(outer))
                    if outer.tag in {"article", "main"}:
                        mine[outer.tag] = None
        votes.update(list(mine))
    fewest = len(samples) // 2 + 1
    ranked = []
    for order, (name, count) in enumerate(votes.most_common(MOST_BODIES)):
        if count >= fewest:
            shares = [_agreement(sample, {"body": name}) for sample in samples]
            if min(shares) >= FEWEST_SHARED - 0.25:
                ranked.append((round(sum(shares) / len(shares), 2), "articleBody" in name, any(mark in name for mark in ".#["), -name.count("."), -order, name, sum(shares) / len(shares)))
    best = max(ranked, default=None)
    return (best[-2], best[-1]) if best is not None and best[-1] >= FEWEST_SHARED else None


def _agreement(sample: Sample, rules: dict[str, str]) -> float:
    """Return how far the body by `rules` agrees with the readers: the mean of the two nearest."""
    words = words_of("\n".join(declared.apply(sample.tree(), rules).body))
    shares = sorted((rouge_l(words, other) for other in sample.bodies), reverse=True)[:2]
    return sum(shares) / len(shares) if shares else 0.0


def _drop(samples: list[Sample], body: str, agreement: float) -> list[str]:
    """Return what looks like a box inside the body and can go without losing text that the readers have."""
    votes: Counter[str] = Counter()
    for sample in samples:
        for root in dom.select(sample.tree().document, body)[:3]:
            for node in dom.select(root, "[class], [id]")[:2000]:
                if node.tag not in dom.SKIP and dom.is_box(node, generic=True):
                    # Only a name that says what it is: a class of layout may hold the text itself on the next page.
                    votes.update([name for name in names_of(node) if dom.names_a_box(re.sub(r"^\w+[.#]", "", name))][:1])
    kept: list[str] = []
    best = agreement
    for name, _ in votes.most_common(12):
        rules = {"body": body, "drop": ", ".join([*kept, name])}
        share = sum(_agreement(sample, rules) for sample in samples) / len(samples)
        if share >= best - 0.001:
            kept, best = [*kept, name], max(best, share)
    return kept[:8]


def _captions(samples: list[Sample], body: str) -> tuple[str, int] | None:
    votes: Counter[str] = Counter()
    for sample in samples:
        mine: set[str] = set()
        for root in dom.select(sample.tree().document, body)[:3]:
            for node in dom.select(root, "figcaption, [class]")[:3000]:
                marks = f"{node.getattr('class') or ''}" if node.hasattr("class") else ""
                if (node.tag == "figcaption" or _CAPTION.search(marks)) and 3 <= len(dom.text_of(node)) <= 600:
                    named = ["figcaption"] if node.tag == "figcaption" else [name for name in names_of(node) if _CAPTION.search(name)][:1]
                    mine |= set(named)
        votes.update(list(mine))
    if not votes:
        return None
    return ", ".join(f"{body} {name}" for name, _ in votes.most_common(3)), max(votes.values())


def _date(samples: list[Sample], zone: tzinfo, now: datetime) -> tuple[str, int] | None:
    """Return the selector of a moment that agrees with the metadata's; without metadata, of one that differs by page."""
    sure = [sample for sample in samples if sample.read.published and sample.read.date_origin.value in {"json-ld", "meta", "feed"}]

    def agrees(sample: Sample, text: str, *, bare: bool) -> bool:
        found = parse_date(text, now=now, zone=zone)
        if found is None or found.confidence <= 0.5 or len(text) > 120:
            return False
        known = sample.read.published if sample in sure else None
        if known is None:
            return True
        if _BARE in sample.read.date_note or (bare and _BARE in found.note):
            # A bare day near midnight may be that of another zone.
            return abs((found.value.date() - known.astimezone(zone).date()).days) <= 1
        return abs((found.value - known).total_seconds()) < 90

    def names(node: Any) -> list[str]:
        return names_of(node) or within(node)

    # To the minute first: the day alone agrees with today's date in the head of a page, too.
    for bare in (False, True):
        fits = partial(agrees, bare=bare)
        found = _best(samples, _vote(samples, _DATES, names, fits, 300), fits, "date", len(samples) // 2 + 1)
        if found is not None and (len(_texts(samples, found[0])) >= 2 or (sure and not bare)):
            return found
    return None


def _texts(samples: Iterable[Sample], name: str) -> set[str]:
    return {declared.apply(sample.tree(), {"date": name}).date for sample in samples}
