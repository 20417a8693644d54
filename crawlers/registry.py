"""The registry of sources: one YAML declaration per outlet or channel of an organisation, checked field by field."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date as Day
from datetime import tzinfo
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from crawlers.mistakes import Problems, doubled, mistakes, parsed
from crawlers.polite import Rules
from crawlers.urls import clean_url, site_of
from pipelines.errors import UsageError
from pipelines.settings import Settings

SHIPPED = Path(__file__).parent / "sources"
NOT_LIVE = "not verified live"

Protocol = Literal["rss", "youtube", "reddit", "mastodon", "bluesky", "telegram"]
OwnerClass = Literal[
    "central press", "provincial press", "city press", "official", "journal", "think tank", "foreign press",
    "foreign state media", "foreign public broadcaster", "wire", "fact-checker", "organisation channel", "portal",
]  # fmt: skip
Kind = Literal["press", "official", "broadcast", "journal", "analysis", "video", "channel", "blog", "fact-check"]

# The only shapes under which a public channel of an organisation may be followed. No login, no comments, no groups.
CHANNEL_SHAPES: dict[str, str] = {
    "youtube": r"https://www\.youtube\.com/feeds/videos\.xml\?channel_id=UC[\w-]+",
    "reddit": r"https://www\.reddit\.com/r/\w+/(?:new/)?\.rss",
    "bluesky": r"https://bsky\.app/profile/[\w.:-]+/rss",
    "telegram": r"https://t\.me/s/\w+",
    "mastodon": r"https://[\w.-]+/(?:@\w+|tags/\w+)\.rss",
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _selector(value: str) -> str:
    """Return a CSS selector that can be parsed; ValueError for another."""
    import cssselect

    if value:
        try:
            cssselect.parse(value)
        except cssselect.SelectorError as error:
            raise ValueError(f"“{value}” không phải bộ chọn CSS đúng cú pháp") from error
    return value


class ListPage(_Part):
    """A page that lists articles: CSS selector of the links, and a pattern that their addresses match.

    `older`: address of its further pages with `{n}` for 2, 3, … (`?page={n}`, `trang-{n}.html`); read for `--since` only.
    `when`: `always`; `backup` when no other way into the source gave anything; `history` for `--since` only.
    """

    url: str
    link: str = "a[href]"
    match: str = ""
    older: str = ""
    when: Literal["always", "backup", "history"] = "always"

    @field_validator("url")
    @classmethod
    def _web(cls, value: str) -> str:
        if clean_url(value) is None:
            raise ValueError(f"“{value}” không phải địa chỉ http(s)")
        return value

    @field_validator("older")
    @classmethod
    def _numbered(cls, value: str) -> str:
        if value and (value.count("{n}") != 1 or clean_url(value.replace("{n}", "2")) is None):
            raise ValueError(f"“{value}” không phải địa chỉ http(s) có đúng một {{n}}")
        return value

    @field_validator("match")
    @classmethod
    def _pattern(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"“{value}” không phải mẫu (biểu thức chính quy) đúng cú pháp") from error
        return value

    @field_validator("link")
    @classmethod
    def _css(cls, value: str) -> str:
        return _selector(value)

    def asked(self, history: bool) -> bool:
        """Tell whether the page is asked in every round, or in one that also looks for older articles."""
        return self.when == "always" or (history and (self.when == "history" or bool(self.older)))


class Selectors(_Part):
    """CSS selectors of one version of an outlet's pages; used for captures up to `valid_until`."""

    version: str
    valid_until: Day | None = None
    title: str = ""
    sapo: str = ""
    body: str = ""
    captions: str = ""
    date: str = ""
    drop: str = ""

    @field_validator("title", "sapo", "body", "captions", "date", "drop")
    @classmethod
    def _css(cls, value: str) -> str:
        return _selector(value)


class Source(_Part):
    """One outlet, or one public channel of an organisation; never a person."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,60}$")]
    name: str
    home: str
    kind: Kind = "press"
    owner_class: OwnerClass
    lang: Annotated[tuple[str, ...], Field(min_length=1)] = ("vi",)
    zone: Annotated[str | None, Field(description="IANA name of the zone in which the outlet writes times without one")] = None
    protocol: Protocol = "rss"
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    archives: Annotated[tuple[str, ...], Field(description="sitemaps of older articles, asked for --since only")] = ()
    lists: tuple[ListPage, ...] = ()
    hosts: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[a-z0-9.-]+\.[a-z0-9-]+$")], ...],
        Field(description="further hosts on which articles of this outlet lie"),
    ] = ()
    generic: Annotated[bool, Field(description="true: no selectors are known, its pages are read without any")] = False
    selectors: tuple[Selectors, ...] = ()
    rhythm: Annotated[int, Field(ge=5, le=1440, description="minutes between polls before anything is learnt")] = 60
    delay: Annotated[float | None, Field(ge=0, description="seconds between requests")] = None
    allow_private: bool = False
    pages: Annotated[bool, Field(description="false: only the feed's own summary is kept (paywall)")] = True
    enabled: bool = True
    verified: str = NOT_LIVE
    notes: str = ""
    notes_date: Day | None = None

    @field_validator("home", "feeds", "sitemaps", "archives")
    @classmethod
    def _web(cls, value: Any) -> Any:
        for url in (value,) if isinstance(value, str) else value:
            if clean_url(url) is None:
                raise ValueError(f"“{url}” không phải địa chỉ http(s)")
        return value

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                ZoneInfo(value)
            except (ZoneInfoNotFoundError, ValueError, OSError) as error:
                raise ValueError(f"“{value}” không có trong danh sách múi giờ IANA; ví dụ đúng: Asia/Ho_Chi_Minh") from error
        return value

    @field_validator("verified")
    @classmethod
    def _honest(cls, value: str) -> str:
        if value != NOT_LIVE:
            try:
                Day.fromisoformat(value)
            except ValueError as error:
                raise ValueError(f"phải là “{NOT_LIVE}” hoặc ngày đã kiểm chứng, dạng 2026-11-21") from error
        return value

    @model_validator(mode="after")
    def _whole(self) -> Source:
        found: list[tuple[str, str]] = []
        if self.delay is not None and self.delay < 5 and not self.allow_private:
            found.append(("delay", "dưới 5 giây chỉ khi allow_private: true"))
        shape = CHANNEL_SHAPES.get(self.protocol)
        if shape and not self.allow_private:
            odd = [url for url in self.feeds if not re.fullmatch(shape, url)]
            found += [("feeds", f"{self.protocol}: “{url}” không đúng dạng công khai {shape}") for url in odd]
        if shape and (self.sitemaps or self.lists or self.archives):
            found.append(("protocol", f"{self.protocol}: kênh chỉ được theo bằng feed, không bằng sơ đồ trang hay danh mục"))
        if not (self.feeds or self.sitemaps or any(page.when == "always" for page in self.lists)):
            found.append(("nguồn", "không có gì để thu: ghi feeds, sitemaps hoặc lists (danh mục không phải backup, history)"))
        if self.generic and self.selectors:
            found.append(("generic", "đã có selectors thì không ghi generic: true"))
        if found:
            raise Problems(found)
        return self

    @property
    def is_channel(self) -> bool:
        """True for a channel on a platform: its posts are taken from the feed and stripped of people."""
        return self.protocol != "rss"

    @property
    def clock(self) -> tzinfo | None:
        """The zone of times that are written without one; None lets the address decide (pipelines.extract.dating)."""
        return ZoneInfo(self.zone) if self.zone else None

    def rules(self, default_delay: float) -> Rules:
        """Return the manners for this source; the house's pause holds unless the source is a private one."""
        delay = default_delay if self.delay is None else self.delay
        if not self.allow_private:
            delay = max(delay, default_delay)
        return Rules(delay=delay, allow_private=self.allow_private)

    def selectors_on(self, day: Day) -> Selectors | None:
        """Return the selectors in force on `day`: the oldest version that is still valid then."""
        versions = sorted(self.selectors, key=lambda s: s.valid_until or Day.max)
        return next((s for s in versions if s.valid_until is None or day <= s.valid_until), None)


@dataclass(frozen=True)
class Registry:
    """The sources in force, by id."""

    sources: tuple[Source, ...]

    @cached_property
    def _by_id(self) -> dict[str, Source]:
        return {source.id: source for source in self.sources}

    @cached_property
    def _by_site(self) -> dict[str, Source]:
        own = [source for source in reversed(self.sources) if not source.is_channel]
        # An outlet may have moved, or keep its feeds elsewhere; where another one is at home it is not looked for.
        ways = {site_of(url): source for source in own for url in (*source.feeds, *source.sitemaps, *(page.url for page in source.lists))}
        return ways | {site_of(source.home): source for source in own}

    def __iter__(self) -> Iterator[Source]:
        return iter(self.sources)

    def ids(self) -> list[str]:
        """Return the ids of all sources."""
        return list(self._by_id)

    def get(self, name: str) -> Source | None:
        """Return the source of that id, or None."""
        return self._by_id.get(name)

    def describe(self, name: str) -> Source:
        """Return the source of that id; an unknown one (a manual address, a removed file) as a plain portal."""
        found = self._by_id.get(name)
        return found or Source(id="manual", name=name, home="https://example.invalid/", owner_class="portal",
                               lists=(ListPage(url="https://example.invalid/"),))  # fmt: skip

    def choose(self, names: list[str] | None) -> list[Source]:
        """Return the named sources, or all that are enabled; UsageError that names an unknown one."""
        if names is None:
            return [source for source in self.sources if source.enabled]
        unknown = [name for name in names if name not in self._by_id]
        if unknown:
            raise UsageError(f"nguồn “{unknown[0]}” không có; xem tên các nguồn bằng `cotmoc sources list`")
        return [self._by_id[name] for name in names]

    def only(self, names: Sequence[str]) -> Registry:
        """Return the part that a profile has chosen; no names means all. UsageError that names an unknown one."""
        return Registry(tuple(self.choose(list(names)))) if names else self

    def owner_of(self, url: str) -> Source | None:
        """Return the source on whose site `url` lies (the longest match), or None."""
        site = site_of(url)
        while site:
            if site in self._by_site:
                return self._by_site[site]
            _, _, site = site.partition(".")
        return None

    def shard(self, index: int, count: int) -> Registry:
        """Return the part for worker `index` of `count`; sources of one site stay together, so politeness holds."""

        def part(source: Source) -> int:
            digest = hashlib.sha256(site_of(source.feeds[0] if source.is_channel and source.feeds else source.home).encode())
            return int.from_bytes(digest.digest()[:4], "big") % count

        return Registry(tuple(source for source in self.sources if part(source) == index))


def own_folder(settings: Settings) -> Path:
    """Return the folder of the office's own declarations: `DATA/sources`."""
    return settings.data / "sources"


def sources_of(settings: Settings) -> Registry:
    """Return the sources of an office: those of `sources` in its settings, else the shipped ones, and its own."""
    return load_sources(settings.sources, own_folder(settings))


def load_sources(folder: Path | None = None, own: Path | None = None) -> Registry:
    """Read every `*.yaml` of `folder` (default: the shipped ones) and of `own`; UsageError names file, line and field.

    A file of `own`, which may be absent, replaces the declaration of the same id in `folder`.
    """
    root = folder or SHIPPED
    if not root.is_dir():
        raise UsageError(f"{root}: không có thư mục nguồn này; hãy sửa mục sources trong cấu hình")
    found = _load(root)
    if own is not None and own.is_dir() and own.resolve() != root.resolve():
        found |= _load(own)
    return Registry(tuple(found.values()))


def declaration_files(folder: Path) -> list[Path]:
    """Return the declarations that lie in `folder` itself, by name; an absent folder has none."""
    return sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])


def _load(folder: Path) -> dict[str, Source]:
    found: dict[str, Source] = {}
    for path in declaration_files(folder):
        source = load_source(path)
        if source.id in found:
            raise UsageError(f"{path}:1: id: trùng mã nguồn “{source.id}” với một tệp khác")
        found[source.id] = source
    return found


def load_source(path: Path) -> Source:
    """Read one declaration; UsageError `file:line: field: what` in one line, which counts further mistakes."""
    source, found = read_source(path)
    if source is None:
        more = f" (và {len(found) - 1} lỗi nữa; xem hết bằng `cotmoc sources check {path}`)" if len(found) > 1 else ""
        raise UsageError(f"{path}:{found[0]}{more}")
    return source


def read_source(path: Path) -> tuple[Source | None, list[str]]:
    """Read one declaration; return it, or None and every mistake in it as `line: field: what`."""
    import yaml

    try:
        text = path.read_text(encoding="utf-8")
        raw = parsed(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return None, [f"{mark.line + 1 if mark else 1}: YAML không đúng cú pháp: xem thụt dòng, dấu hai chấm, ngoặc và nháy ở dòng này và dòng trên"]
    except (yaml.YAMLError, ValueError):
        return None, ["1: tệp không phải YAML bằng UTF-8; hãy lưu lại bằng UTF-8"]
    except OSError as error:
        return None, [f" không mở được tệp nguồn ({error.strerror})"]
    if not isinstance(raw, dict):
        return None, ["1: tệp nguồn phải là các dòng `trường: giá trị`"]
    found = doubled(text)
    try:
        source = Source.model_validate(raw)
    except ValidationError as error:
        return None, sorted([*found, *mistakes(text, error)], key=lambda line: int(line.partition(":")[0]))
    return (None, found) if found else (source, [])


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a declaration, as it stands in `sources/source.schema.json`."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Source.model_json_schema()}
