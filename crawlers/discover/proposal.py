"""A declaration out of what was found: checked by the registry's own rules, written as YAML that says what is unsure."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from crawlers.discover.finding import Finder, Found
from crawlers.discover.learning import Learnt, Sample, learn, rouge_l, words_of
from crawlers.discover.links import tail_pattern
from crawlers.discover.platforms import channel_of, id_of, refusal
from crawlers.discover.zones import is_sure
from crawlers.fetch import Fetcher
from crawlers.guard import Resolver, resolve
from crawlers.mistakes import explained
from crawlers.polite import Rules
from crawlers.registry import Registry, Source
from crawlers.urls import clean_url, site_of
from pipelines.clock import local
from pipelines.clock import now as clock_now
from pipelines.errors import UsageError, UserError
from pipelines.extract import Extracted, extract
from pipelines.settings import Settings


@dataclass(frozen=True)
class Wish:
    """What the person who adds the source says of it; empty means: find out, or take the plainest."""

    url: str
    name: str = ""
    id: str = ""
    kind: str = ""
    owner_class: str = ""
    zone: str = ""
    organisation: bool = False
    allow_private: bool = False


@dataclass(frozen=True)
class Proposal:
    """A sound declaration, its YAML, how its selectors did on the samples, and what a person has to look at."""

    source: Source
    text: str
    found: Found | None
    learnt: Learnt | None
    checks: tuple[str, ...]
    unsure: tuple[str, ...]
    samples: tuple[Sample, ...] = field(default=(), repr=False)


def propose(
    settings: Settings, registry: Registry, wish: Wish, *, say: Callable[[str], None], resolver: Resolver = resolve, again: bool = False
) -> Proposal:
    """Discover the site of `wish` and propose its declaration; UserError or UsageError in one line when that cannot be."""
    url = clean_url(wish.url if re.match(r"(?i)^[a-z][a-z0-9+.-]*:", wish.url) else f"https://{wish.url}")
    if url is None:
        raise UsageError(f"“{wish.url[:200]}” không phải địa chỉ http hay https; hãy chép địa chỉ trang chủ")
    if reason := refusal(url, wish.organisation):
        raise UserError(f"{url}: {reason}")
    channel = channel_of(url)
    if channel is not None and wish.organisation:
        return _channel(registry, wish, url, *channel)
    known = registry.owner_of(url)
    if known is not None and site_of(known.home) == site_of(url) and not again:
        raise UserError(f"{url}: đã có nguồn này, mã “{known.id}” ({known.name}); muốn khai lại, thêm --again --id {known.id}")
    if known is not None and again and not wish.id and site_of(known.home) == site_of(url):
        wish = replace(wish, id=known.id)
    moment = clock_now()
    found = asyncio.run(_find(settings, wish, url, moment, say, resolver))
    return build(registry, wish, found, moment)


async def _find(settings: Settings, wish: Wish, url: str, moment: datetime, say: Callable[[str], None], resolver: Resolver) -> Found:
    async with Fetcher(settings, resolver=resolver) as fetcher:
        rules = Rules(delay=settings.delay, allow_private=wish.allow_private)
        return await Finder(fetcher, rules, wish.zone, moment, wish.organisation, say).find(url)


def build(registry: Registry, wish: Wish, found: Found, moment: datetime) -> Proposal:
    """Turn what was found into a declaration; UserError when there is nothing to collect."""
    unsure = list(found.unsure)
    if not (found.feeds or found.sitemaps or found.lists):
        raise UserError(f"{found.home}: không thấy feed, sơ đồ trang tin hay danh mục bài nào; nguồn này phải khai bằng tay (docs/sources.md)")
    learnt = learn(found.samples, ZoneInfo(found.zone), moment) if found.samples else None
    day = local(moment).date()
    row: dict[str, Any] = {
        "id": wish.id or id_of(found.home, set(registry.ids())),
        "name": _plain(wish.name or found.name or urlsplit(found.home).hostname or "nguồn"),
        "home": found.home,
        "kind": wish.kind or "press",
        "owner_class": wish.owner_class or ("official" if re.search(r"\.(?:gov|go)\.\w\w$", urlsplit(found.home).hostname or "") else "portal"),
        "lang": [_lang(found)],
        "zone": found.zone,
    }
    if not wish.owner_class:
        unsure.append(f"owner_class: “{row['owner_class']}” là tạm ghi; hãy ghi đúng loại chủ quản (docs/sources.md)")
    if not wish.zone and not is_sure(found.home):
        unsure.append(f"zone: {found.zone} là đoán; chỉ quan trọng khi trang viết giờ không kèm múi giờ")
    if found.feeds:
        row["feeds"] = list(found.feeds)
    if found.sitemaps:
        row["sitemaps"] = list(found.sitemaps)
    if found.plain_sitemaps:
        row["archives"] = found.plain_sitemaps[:2]
    pattern = tail_pattern(list(found.articles))
    if found.feeds or found.sitemaps:
        # Without a pattern a list is a guess: good enough where there is nothing else, not as a second way.
        if pattern and found.lists:
            row["lists"] = [{"url": next(iter(found.lists)), "match": pattern, "when": "backup"}]
    else:
        row["lists"] = [{"url": url} | ({"match": pattern} if pattern else {}) for url in found.lists]
        unsure.append("lists: không có feed hay sơ đồ trang tin, nguồn được theo bằng trang danh mục; ngày đăng chỉ lấy được từ trang bài")
    if any(not item.published or item.confidence <= 0.5 for feed in found.feeds.values() for item in feed.items[:20]):
        unsure.append("feeds: có mục không ghi ngày đọc chắc được")
    if learnt is not None:
        unsure += learnt.unsure
        if learnt.selectors.get("body"):
            row["selectors"] = [{"version": f"{day:%Y-%m}"} | {name: learnt.selectors[name] for name in _ORDER if name in learnt.selectors}]
    if "selectors" not in row:
        row["generic"] = True
    row["rhythm"] = _rhythm(found)
    if wish.allow_private:
        row["allow_private"] = True
    row |= {"verified": day.isoformat(), "notes": "", "notes_date": day.isoformat()}
    source = _sound(row)
    checks, doubts, sound = _tried(source, found.samples)
    if not sound:
        del row["selectors"]
        row["generic"] = True
        unsure.append("selectors: bộ chọn học được không đứng vững khi đọc lại các bài mẫu nên không đề nghị; bài sẽ được đọc tự động")
        source = _sound(row)
        checks, doubts, _ = _tried(source, found.samples)
    row["notes"] = _notes(found, "selectors" in row)
    source = _sound(row)
    return Proposal(source, _yaml(row, found, [*unsure, *doubts]), found, learnt, tuple(checks), (*unsure, *doubts), tuple(found.samples))


_ORDER = ("title", "sapo", "body", "captions", "date", "drop")


def _channel(registry: Registry, wish: Wish, url: str, protocol: str, feed: str) -> Proposal:
    """Propose the declaration of an organisation's channel: by its public feed alone, no page of the platform is asked."""
    day = local(clock_now()).date()
    if any(feed in source.feeds for source in registry):
        raise UserError(f"{url}: đã có kênh này")
    if not wish.name:
        raise UsageError("kênh của tổ chức phải có --name: tên của tổ chức, không phải tên người")
    row: dict[str, Any] = {
        "id": wish.id or id_of(f"https://{protocol}-{re.sub('[^a-z0-9]+', '-', wish.name.lower()).strip('-') or 'kenh'}.vn", set(registry.ids())),
        "name": _plain(wish.name), "home": url, "kind": "video" if protocol == "youtube" else "channel",
        "owner_class": wish.owner_class or "organisation channel", "lang": ["vi"], "zone": wish.zone or "Asia/Ho_Chi_Minh",
        "protocol": protocol, "feeds": [feed], "rhythm": 240, "verified": "not verified live",
        "notes": "Channel of an organisation, by the word of the one who added it; followed by its public feed only.",
        "notes_date": day.isoformat(),
    }  # fmt: skip
    source = _sound(row)
    return Proposal(source, _yaml(row, None, ["kênh: chưa hỏi thử; chạy `cotmoc sources check --live`"]), None, None, (), ("kênh: chưa hỏi thử",))


def _sound(row: dict[str, Any]) -> Source:
    try:
        return Source.model_validate(row)
    except ValidationError as error:
        where, what = next(explained(error))
        raise UsageError(f"khai báo không dựng được: {'.'.join(str(part) for part in where) or 'nguồn'}: {what}") from error


def _tried(source: Source, samples: list[Sample]) -> tuple[list[str], list[str], bool]:
    """Read the samples by the proposal; say how that agrees with the reading without it, and whether it stands."""
    checks, doubts, sound = [], [], True
    rules = source.selectors[0].model_dump() if source.selectors else None
    for number, sample in enumerate(samples, 1):
        read = extract(sample.body, sample.url, content_type=sample.content_type, selectors=rules, feed=sample.hint, now=sample.fetched or clock_now(), zone=source.clock)
        if not isinstance(read, Extracted):
            sound = sound and rules is None
            doubts.append(f"bài {number}: với bộ chọn đề nghị thì không đọc được thành bài ({read.reason})")
            continue
        share = rouge_l(words_of(read.body), words_of(sample.read.body))
        used = "bộ chọn" if read.parser.split()[1:2] and "selectors:" in read.parser else "tự động"
        when = f"{local(read.published):%d/%m/%Y %H:%M}" if read.published else "không rõ ngày"
        checks.append(f"bài {number} ({used}): “{read.title[:70]}”, {when} ({read.date_origin.value}), thân {len(read.body)} chữ cái, khớp {share:.2f}, {len(read.captions)} chú thích, {len(read.images)} ảnh")
        if read.published is None:
            doubts.append(f"bài {number}: không có ngày đăng ({sample.url})")
        sound = sound and (rules is None or share >= 0.6)
        if rules is not None and share < 0.9:
            doubts.append(f"bài {number}: thân bài theo bộ chọn chỉ khớp {share:.2f} với cách đọc tự động; hãy so bằng mắt ({sample.url})")
    return checks, doubts, sound


def _lang(found: Found) -> str:
    seen = Counter(sample.read.lang for sample in found.samples)
    return seen.most_common(1)[0][0] if seen else found.lang or "vi"


def _rhythm(found: Found) -> int:
    """Return minutes between polls by how often the feeds' items appeared; 60 when they do not say."""
    times = sorted(item.published for feed in found.feeds.values() for item in feed.items if item.published and item.confidence > 0.5)
    if len(times) < 5:
        return 60
    days = max((times[-1] - times[0]).total_seconds() / 86400, 0.05)
    per_day = len(times) / days
    return 15 if per_day >= 48 else 30 if per_day >= 12 else 60 if per_day >= 3 else 240


def _notes(found: Found, declared: bool) -> str:
    ways = f"{len(found.feeds)} feeds, {len(found.sitemaps)} news sitemaps, {len(found.lists)} list pages seen"
    held = f"selectors learnt from {len(found.samples)} articles" if declared else "no selectors"
    return f"Proposed by `cotmoc sources add`: {ways}; {held}."


def _yaml(row: dict[str, Any], found: Found | None, unsure: list[str]) -> str:
    import yaml

    lines = ["# Đề nghị bởi `cotmoc sources add`; hãy đọc lại trước khi dùng."]
    lines += [f"# chưa chắc: {_plain(item)}" for item in unsure]
    if found is not None:
        lines += [f"# feed khác, chưa lấy: {_plain(url)}" for url in found.unread_feeds[:30]]
        if row.get("archives"):
            lines.append("# archives: sơ đồ trang thường, có cả bài cũ; chỉ hỏi khi thu với --since")
        if row.get("feeds") or row.get("sitemaps"):
            lines += [f"# trang danh mục đã xem, {count} bài: {_plain(url)}" for url, count in found.lists.items()]
    return "\n".join(lines) + "\n" + yaml.safe_dump(row, allow_unicode=True, sort_keys=False, width=120)


def _plain(text: str) -> str:
    """Return one printable line: what comes from the web never starts a line of its own in the file or on the terminal."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:300]
