"""OPML, the exchange format of feed readers (opml.org, 2.0): our sources out, other people's lists in.

Read by the standard library's expat with document types and entities refused: no expansion, no outside file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from pydantic import ValidationError

from crawlers.discover.naming import home_of
from crawlers.discover.platforms import channel_of, id_of, refusal
from crawlers.discover.zones import guess
from crawlers.mistakes import explained
from crawlers.registry import Registry, Source
from crawlers.urls import clean_url, site_of
from pipelines.errors import UsageError
from pipelines.text import normalize

MAX_BYTES = 5_000_000
MAX_OUTLINES = 5000
MAX_DEPTH = 50
ORGANISATION = "organisation channel"


@dataclass(frozen=True)
class Outline:
    """One line of an OPML file: where it stands and its attributes."""

    line: int
    facts: dict[str, str]


@dataclass
class Imported:
    """What became of every line that names an address: added, known or refused; the three add up to `lines`."""

    lines: int = 0
    sources: list[Source] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def read_outlines(path: Path) -> list[Outline]:
    """Return the outlines of an OPML file; UsageError that names file and line for one that is none, or is hostile."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path}: không mở được tệp OPML ({error.strerror})") from error
    if len(content) > MAX_BYTES:
        raise UsageError(f"{path}: tệp OPML lớn hơn {MAX_BYTES // 1_000_000} MB")
    found: list[Outline] = []
    state: dict[str, Any] = {"depth": 0, "root": ""}
    parser = expat.ParserCreate()

    def refuse(*_given: Any) -> None:
        raise UsageError(f"{path}:{parser.CurrentLineNumber}: OPML có DOCTYPE hoặc thực thể XML, không nhận; hãy bỏ phần đó")

    def start(name: str, facts: dict[str, str]) -> None:
        state["root"] = state["root"] or name.lower()
        state["depth"] += 1
        if state["depth"] > MAX_DEPTH:
            raise UsageError(f"{path}:{parser.CurrentLineNumber}: OPML lồng nhau quá {MAX_DEPTH} tầng")
        if name.lower() == "outline":
            if len(found) >= MAX_OUTLINES:
                raise UsageError(f"{path}:{parser.CurrentLineNumber}: OPML có hơn {MAX_OUTLINES} dòng; hãy chia nhỏ")
            found.append(Outline(parser.CurrentLineNumber, {key.lower(): value[:4000] for key, value in facts.items()}))

    def end(_name: str) -> None:
        state["depth"] -= 1

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise UsageError(f"{path}:{error.lineno}: không phải XML đúng ({expat.ErrorString(error.code)})") from error
    except (ValueError, LookupError) as error:
        raise UsageError(f"{path}:1: bảng mã của tệp OPML không đọc được; hãy lưu lại bằng UTF-8") from error
    if state["root"] != "opml":
        raise UsageError(f"{path}:1: không phải tệp OPML (gốc là <{state['root'][:30]}>)")
    return found


def import_outlines(path: Path, registry: Registry, today: str) -> Imported:
    """Turn the outlines that name feeds into declarations, one per site; nothing is asked of the network.

    A channel on a platform is taken only from a list that marks it as an organisation's, as our own export does.
    """
    result = Imported()
    feeds = {url for source in registry for url in source.feeds}
    taken = set(registry.ids())
    rows: dict[str, dict[str, Any]] = {}
    for outline in read_outlines(path):
        feed, home = outline.facts.get("xmlurl", ""), outline.facts.get("htmlurl", "") or outline.facts.get("url", "")
        if not feed and not home:
            continue
        result.lines += 1
        where = f"{path}:{outline.line}: {(feed or home)[:200]}"
        url = clean_url(feed) if feed else None
        if url is None:
            known_home = clean_url(home) if home else None
            if not feed and known_home and registry.owner_of(known_home) is not None:
                result.known.append(where)
            else:
                result.refused.append(f"{where}: " + ("địa chỉ feed không phải http(s)" if feed else "không có feed; dùng `cotmoc sources add`"))
            continue
        organisation = ORGANISATION in outline.facts.get("category", "")
        reason = refusal(url, organisation) or (refusal(home, organisation) if home else "")
        channel = channel_of(url)
        if not reason and channel is not None and not organisation:
            reason = "kênh trên nền tảng: danh sách không ghi là của tổ chức; dùng `cotmoc sources add --organisation`"
        if reason:
            result.refused.append(f"{where}: {reason}")
        elif url in feeds or (channel is not None and channel[1] in feeds):
            result.known.append(where)
        else:
            refused = _take(rows, taken, outline, channel, url, clean_url(home) if home else None, today)
            feeds.add(url)
            (result.refused if refused else result.added).append(f"{where}: {refused}" if refused else where)
    result.sources = [Source.model_validate(row) for row in rows.values()]
    return result


def _take(
    rows: dict[str, dict[str, Any]], taken: set[str], outline: Outline, channel: tuple[str, str] | None, url: str, home: str | None, today: str
) -> str:
    """Put a feed into the row of its site, or begin one; returns why it cannot be declared, or an empty string."""
    home = home if channel and home else home_of(home or url)
    key = channel[1] if channel else site_of(home)
    row = rows.get(key)
    fresh = row is None
    if row is None:
        name = " ".join(normalize(outline.facts.get("title") or outline.facts.get("text") or site_of(home)).split())[:120]
        lang = (outline.facts.get("language") or "vi").split("-")[0].lower()[:3]
        lang = lang if lang.isascii() and lang.isalpha() and len(lang) >= 2 else "vi"
        row = {
            "id": id_of(home, taken), "name": name, "home": home, "owner_class": ORGANISATION if channel else "portal", "lang": [lang],
            "zone": guess(home, lang), "feeds": [],
            "notes": "Imported from an OPML list; owner class and rhythm are not known yet.", "notes_date": today,
        }  # fmt: skip
        if channel:
            row |= {"protocol": channel[0], "kind": "video" if channel[0] == "youtube" else "channel"}
    trial = row | {"feeds": [*row["feeds"], channel[1] if channel else url]}
    try:
        Source.model_validate(trial)
    except ValidationError as error:
        return next(explained(error))[1][:200]
    if fresh:
        rows[key] = row
        taken.add(row["id"])
    row["feeds"] = trial["feeds"]
    return ""


def export(sources: Iterable[Source]) -> bytes:
    """Return an OPML 2.0 document: one line per feed, grouped by owner class; a source without a feed as a link to its home."""
    root = ElementTree.Element("opml", version="2.0")
    head = ElementTree.SubElement(root, "head")
    ElementTree.SubElement(head, "title").text = "Nguồn tin của Cột Mốc"
    body = ElementTree.SubElement(root, "body")
    groups: dict[str, ElementTree.Element] = {}
    for source in sources:
        group = groups.get(source.owner_class)
        if group is None:
            group = groups[source.owner_class] = ElementTree.SubElement(body, "outline", text=source.owner_class)
        facts = {"text": source.name, "title": source.name, "htmlUrl": source.home, "language": source.lang[0], "category": f"/{source.owner_class}"}
        if source.is_channel:
            facts["category"] = f"/{ORGANISATION}"
        for feed in source.feeds:
            ElementTree.SubElement(group, "outline", {"type": "rss", "xmlUrl": feed} | facts)
        if not source.feeds:
            ElementTree.SubElement(group, "outline", {"type": "link", "url": source.home} | facts)
    ElementTree.indent(root, " ")
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
