"""The matcher: from a text to the places that it is about, that it mentions, and the mark `national`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache

from pipelines import gazetteer
from pipelines.legacy import repaired, repaired_apart
from pipelines.places.about import Balance, decide, weigh
from pipelines.places.communes import sort_communes
from pipelines.places.find import Hit, Page, find, page
from pipelines.places.gate import plain_typed, rejoined, touches
from pipelines.places.lexicon import Lexicon, Sense, lexicon
from pipelines.places.markers import markers
from pipelines.places.national import is_national
from pipelines.places.resolve import resolve
from pipelines.places.spam import is_spam
from pipelines.records import Mention, Places
from pipelines.text import Normalised, aligned, chained

MAX_MENTIONS = 2_000
MAX_CHARS = 400_000  # the longest honest page of the shared data has 106,000; more is a dump or an attack


@dataclass(frozen=True)
class Reading:
    """Everything that led to a decision, kept for `explain`."""

    clean: Normalised
    sheet: Page
    hits: list[Hit]
    balance: Balance
    places: Places
    when: str = ""


class Matcher:
    """Reads texts with one shared lexicon; safe to share between threads, cheap to fork."""

    def __init__(self, words: Lexicon) -> None:
        self._lexicon = words

    @classmethod
    def load(cls) -> Matcher:
        """Return the matcher of this process, built on first call (about 0.3 s)."""
        return _shared()

    def touches(self, html_or_text: str) -> bool:
        """Tell whether the raw page may concern a followed province or a national topic."""
        return touches(html_or_text)

    def resolve(
        self,
        title: str,
        sapo: str,
        body: str,
        published: datetime | date | str | None,
        outlet: str = "",
        lang: str = "vi",
        captions: Sequence[str] = (),
    ) -> Places:
        """Return the places of one text; offsets refer to title + newline + sapo + newline + body as given."""
        return self.read(title, sapo, body, published, outlet, lang, captions).places

    def read(
        self,
        title: str,
        sapo: str,
        body: str,
        published: datetime | date | str | None,
        outlet: str = "",
        lang: str = "vi",
        captions: Sequence[str] = (),
    ) -> Reading:
        """Like `resolve`, with all that led to the decision."""
        full = f"{title}\n{sapo}\n{body}"[:MAX_CHARS]
        end = len(full)
        given = "\n".join((full, *captions)) if captions else full
        original = given
        if "\n" in title or "\n" in sapo:  # a wrapped title is one line; lengths stay
            flat = "\n".join(part.replace("\n", " ") for part in (title, sapo))
            given = (flat + given[len(flat) :])[: len(given)]
        old = repaired(given) or repaired_apart(given, (len(title) + 1, len(title) + len(sapo) + 2, end))
        clean = aligned(given) if old is None else chained(old, aligned(old.text))
        clean = Normalised(rejoined(plain_typed(clean.text)), original, clean.starts, clean.origins, clean.coded)
        sheet = page(clean.text, lang)
        hits = find(sheet, self._lexicon)
        when = published if isinstance(published, str) else published.isoformat() if published else ""
        resolve(sheet, hits, when[:10], outlet)
        numbered = markers(sheet, hits)
        if numbered:
            hits = sorted((*hits, *numbered), key=lambda hit: hit.start)
        title_end = clean.text.find("\n")
        lead_end = max(
            title_end + 1, clean.text.find("\n", title_end + 1), min(len(clean.text), title_end + 300)
        )
        balance = weigh(sheet, hits, title_end, lead_end, when[:10], len(clean.text) if not captions else _clean_end(clean, end))
        about, mentioned = decide(balance)
        communes, named = sort_communes(hits, about, lead_end)
        spam = is_spam(sheet, hits)
        if spam:
            about, communes, mentioned = [], [], sorted({*about, *mentioned})
        mentions = tuple(
            _mention(clean, hit, when[:10])
            for hit in hits[:MAX_MENTIONS]
            if hit.sense and hit.sense.profile and clean.origin(hit.start) < end
        )
        places = Places(
            about=(*about, *communes),
            mentioned=(*mentioned, *named),
            national=is_national(sheet, bool(about)),
            spam=spam,
            mentions=mentions,
        )
        return Reading(clean, sheet, hits, balance, places, when[:10])


def _clean_end(clean: Normalised, end: int) -> int:
    """Return where in the clean text the captions begin, which stand behind `end` of the original."""
    low, high = 0, len(clean.text)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if clean.origin(middle) < end else (low, middle)
    return low


@cache
def _shared() -> Matcher:
    return Matcher(lexicon())


def _mention(clean: Normalised, hit: Hit, when: str) -> Mention:
    assert hit.sense is not None
    start, end = clean.span(hit.start, hit.end)
    unit, now = units(hit.sense, when)
    return Mention(
        start=start,
        end=end,
        as_written=clean.original[start:end],
        unit=unit,
        unit_now=now,
        confidence=round(hit.confidence, 2),
    )


@cache
def _districts() -> dict[tuple[str, str], tuple[Sense, ...]]:
    """Return the districts and towns of the followed provinces by written name and profile, the last to end behind."""
    found: dict[tuple[str, str], list[Sense]] = {}
    for entry in lexicon().entries:
        for sense in entry.senses:
            if sense.kind == "unit" and sense.profile and sense.rank == 2:
                found.setdefault((sense.name, sense.profile), []).append(sense)
    return {key: tuple(sorted(senses, key=lambda sense: sense.until or "9999")) for key, senses in found.items()}


@lru_cache(8192)
def units(sense: Sense, when: str) -> tuple[str, str]:
    """Return `labels` of the district that a landmark's name meant at that time ("Sa Pa"), or else of the landmark."""
    same = _districts().get((sense.name, sense.profile), ()) if sense.kind == "strong" else ()
    valid = [district for district in same if when and (not district.until or when < district.until)]
    return labels((valid[:1] or same[-1:] or (sense,))[0])


@cache
def labels(sense: Sense) -> tuple[str, str]:
    """Return the unit as the text's time knew it and today's unit: `huyện Hải Hậu, Nam Định` and `tỉnh Ninh Bình`."""
    provinces, communes = gazetteer.province_names(), gazetteer.commune_names()
    then = provinces.get(sense.province, sense.province)
    today = provinces.get(sense.profile, then)
    if sense.rank == 3:
        return f"{sense.level} {sense.name}", f"tỉnh {today}"
    parts = [f"{sense.level} {sense.name}", *([sense.district] if sense.district else []), then]
    named = [f"{communes[code][0]} {communes[code][1]}" for code in sense.now.split(";") if code in communes]
    now = f"{' / '.join(named)}, {today}" if named else f"tỉnh {today}"
    return ", ".join(parts), now
