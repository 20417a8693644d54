"""The written pieces of the sample newsroom, read from `articles/*.yaml` (format: docs/newsroom.md)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from pipelines.errors import UsageError
from pipelines.records import Role, Tier, Verdict

_MARK = re.compile(r"\[\[(D\d\d) ([A-Z_]+) ([A-Z_]+) ([A-Z0-9,-]+): (.+?)\]\]")


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ExpectedClaim(_Model):
    """A hand label: sentence (exact substring of the text), type D01–D18, role, verdict, reference ids."""

    sentence: str
    type: str
    role: Role
    verdict: Verdict
    refs: tuple[str, ...] = ()


class Expect(_Model):
    """What the whole chain must say of one piece."""

    tier: Tier
    provinces: tuple[str, ...] = ()
    national: bool = False
    claims: tuple[ExpectedClaim, ...] = ()


class Version(_Model):
    """One state of a piece: what its page shows."""

    title: str
    sapo: str = ""
    body: tuple[str, ...]
    captions: tuple[str, ...] = ()
    expect: Expect

    @property
    def text(self) -> str:
        """Title, sapô, paragraphs and captions, one a line."""
        return "\n".join([self.title, self.sapo, *self.body, *self.captions])


class Piece(_Model):
    """One article or post. `first` is the state before a correction, `late` comes out only after `Site.advance()`."""

    outlet: str
    slug: str
    lang: str
    hours_ago: float
    section: str
    now: Version
    first: Version | None = None
    copy_of: str | None = None
    late: bool = False
    encoding: str = "utf-8"
    trait: str = ""

    @property
    def number(self) -> int:
        """A stable article number for URLs, out of outlet and slug."""
        value = 0
        for char in f"{self.outlet}/{self.slug}":
            value = (value * 131 + ord(char)) % 900_000_007
        return value % 900_000 + 100_000


def _unmark(text: str, claims: list[ExpectedClaim]) -> str:
    """Return `text` without its `[[D06 ASSERT CONTRADICTED GT-02: …]]` marks; the labels are appended to `claims`."""

    def label(found: re.Match[str]) -> str:
        kind, role, verdict, refs, sentence = found.groups()
        known = () if refs == "-" else tuple(refs.split(","))
        claims.append(
            ExpectedClaim(sentence=sentence, type=kind, role=Role(role), verdict=Verdict(verdict), refs=known)
        )
        return sentence

    return _MARK.sub(label, unicodedata.normalize("NFC", text))


def _version(raw: dict[str, Any]) -> Version:
    claims: list[ExpectedClaim] = []
    title = _unmark(str(raw["title"]), claims)
    sapo = _unmark(str(raw.get("sapo", "")).strip(), claims)
    lines = [line.strip() for line in str(raw["body"]).splitlines() if line.strip()]
    body = tuple(_unmark(line, claims) for line in lines)
    captions = tuple(_unmark(str(line), claims) for line in raw.get("captions", ()))
    expect = Expect(
        tier=raw.get("tier", "none"),
        provinces=tuple(raw.get("about", ())),
        national=bool(raw.get("national", False)),
        claims=tuple(claims),
    )
    return Version(title=title, sapo=sapo, body=body, captions=captions, expect=expect)


_OWN = {"outlet", "slug", "lang", "hours_ago", "section", "late", "encoding", "trait", "copy_of"}
_TEXT = {"title", "sapo", "body", "captions", "tier", "about", "national"}


def _replaced(raw: dict[str, Any], changes: list[list[str]], where: str) -> dict[str, Any]:
    """Return the text fields of `raw` with each `[old, new]` of `changes` carried out exactly once or more."""
    out = {key: raw[key] for key in _TEXT if key in raw}
    for old, new in changes:
        if not any(old in str(out.get(key, "")) for key in ("title", "sapo", "body")):
            raise UsageError(f"{where}: không thấy đoạn cần thay “{old}”")
        for key in ("title", "sapo", "body"):
            if key in out:
                out[key] = str(out[key]).replace(old, new)
    return out


def _piece(raw: dict[str, Any], where: str, by_key: dict[str, dict[str, Any]]) -> Piece:
    text = dict(raw)
    if raw.get("copy_of"):
        original = by_key[raw["copy_of"]]
        text = _replaced(original, raw.get("changes", []), where) | {k: raw[k] for k in _TEXT if k in raw}
        text["body"] = str(raw.get("lead", "")) + "\n" + str(text["body"]) + "\n" + str(raw.get("tail", ""))
        raw = {"lang": original["lang"], "section": original["section"]} | raw
    unknown = set(raw) - _OWN - _TEXT - {"changes", "lead", "tail", "first"}
    if unknown:
        raise UsageError(f"{where}: trường lạ {', '.join(sorted(unknown))}")
    first = None
    if "first" in raw:
        before = dict(raw["first"])
        first = _version(_replaced(text, before.pop("changes", []), where) | before)
    own = {key: raw[key] for key in _OWN if key in raw}
    return Piece(**own, now=_version(text), first=first)


@cache
def pieces() -> tuple[Piece, ...]:
    """Return all pieces, newest first within an outlet; raises UsageError that names file and slug."""
    raws: list[tuple[str, dict[str, Any]]] = []
    folder = files("crawlers.newsroom") / "articles"
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".yaml"):
            for raw in yaml.safe_load(entry.read_text(encoding="utf-8")):
                raws.append((f"{entry.name}: {raw.get('slug', '?')}", raw))
    by_key = {f"{raw['outlet']}/{raw['slug']}": raw for _, raw in raws}
    if len(by_key) != len(raws):
        raise UsageError("crawlers/newsroom/articles: có hai bài trùng outlet và slug")
    out = []
    for where, raw in raws:
        try:
            out.append(_piece(raw, where, by_key))
        except (KeyError, ValueError) as error:
            raise UsageError(f"crawlers/newsroom/articles/{where}: {error}") from error
    return tuple(sorted(out, key=lambda piece: (piece.outlet, piece.hours_ago, piece.slug)))
