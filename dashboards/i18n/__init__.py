"""Languages of the desk: Vietnamese is the message itself, English comes from `dashboards/locale/en.po`, read without a build step.

Words made in Python (labels, errors, reasons) stay Vietnamese where they are made, because papers and the command line use them too;
pages turn them over at the last moment: whole messages by the catalogue, finished sentences by the message they were made from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

LANGUAGES: Mapping[str, str] = {"vi": "Tiếng Việt", "en": "English"}
DEFAULT = "vi"
LOCALE = Path(__file__).parent.parent / "locale"
_FIELD = re.compile(r"%\((\w+)\)s")
# What is said of one address or reference: “https://…/rss.xml: máy chủ trả 404”.
_OF = re.compile(r"(?P<where>https?://\S+: )(?P<what>.+)", re.DOTALL)
# Longer finished sentences are not looked for among the patterns: nothing that we say is that long.
LONGEST = 600


@dataclass(frozen=True)
class Catalogue:
    """Messages of one language; `patterns` are those with fields, the one with the most fixed text first; `tails` are ends of sentences."""

    messages: Mapping[str, str]
    patterns: tuple[tuple[re.Pattern[str], str], ...] = ()
    tails: tuple[tuple[re.Pattern[str], str], ...] = ()

    def text(self, message: str) -> str:
        """Return the translation of a message, else the message."""
        return self.messages.get(message, message)

    def plural(self, one: str, many: str, count: int) -> str:
        """Return the translation of the form for `count`; Vietnamese has one form."""
        return self.text(one if count == 1 else many)

    def _field(self, value: str, deeper: int) -> str:
        """Return a message inside of a sentence, where its first letter may have become small, or several that are listed there."""
        found = self.messages.get(value)
        if found is None and (found := self.messages.get(value[:1].upper() + value[1:])):
            found = found[:1].lower() + found[1:]
        if found is None and len(parts := value.split(", ")) > 1 and all(part in self.messages for part in parts):
            return ", ".join(self.messages[part] for part in parts)
        return found or (self.said(value, deeper) if deeper and " " in value else value)

    def said(self, sentence: str, deeper: int = 3) -> str:
        """Return the translation of a finished sentence: as a message, else by the pattern that made it, else as it is.

        What stood in the fields is turned over too where it is itself a message (“lý do”, a role's name) or was made
        from one, `deeper` times; of sentences joined by semicolons each.
        """
        found = self.messages.get(sentence)
        if found is not None or len(sentence) > LONGEST:
            return found or sentence
        for tail, wanted in self.tails if deeper else ():
            if hit := tail.fullmatch(sentence):
                given = hit.groupdict()
                return self.said(given.pop("head"), deeper - 1) + _filled(wanted, given)
        for pattern, wanted in self.patterns:
            hit = pattern.fullmatch(sentence)
            if hit:
                fields = {name: self._field(value, deeper - 1) for name, value in hit.groupdict().items()}
                return _filled(wanted, fields)
        if deeper and (of := _OF.fullmatch(sentence)):
            return of["where"] + self.said(of["what"], deeper - 1)
        parts = sentence.split("; ", 1) if deeper else []
        return "; ".join(self.said(part, deeper - 1 if n == 0 else deeper) for n, part in enumerate(parts)) if len(parts) > 1 else sentence


def _filled(wanted: str, fields: Mapping[str, str]) -> str:
    return "".join(part.replace("%%", "%") if n % 2 == 0 else fields.get(part, "") for n, part in enumerate(_FIELD.split(wanted)))


def _pattern(message: str, before: str = "") -> re.Pattern[str]:
    parts = _FIELD.split(message)
    seen: set[str] = set()
    out = []
    for number, part in enumerate(parts):
        if number % 2 == 0:
            out.append(re.escape(part.replace("%%", "%")))
        else:
            # A field that ends a sentence right behind a word is a further sentence, or none: “13 mục, 0 mục mới”.
            bare = number == len(parts) - 2 and not parts[-1] and parts[number - 1][-1:].isalpha()
            out.append(f"(?P={part})" if part in seen else f"(?P<{part}>{'.*?' if bare else '.+?'})")
            seen.add(part)
    return re.compile(before + "".join(out), re.DOTALL)


@cache
def catalogue(language: str) -> Catalogue:
    """Return the messages of `language`; Vietnamese and anything unknown have none of their own."""
    if language == DEFAULT or language not in LANGUAGES:
        return Catalogue({})
    with (LOCALE / f"{language}.po").open("rb") as source:
        entries = [entry for entry in read_po(source, locale=language) if entry.id and entry.string]
    messages = {str(entry.id): str(entry.string) for entry in entries}
    fixed = sorted((m for m in messages if _FIELD.search(m)), key=lambda m: -len(_FIELD.sub("", m)))
    tails = tuple((_pattern(message, "(?P<head>.+?)"), messages[message]) for message in messages if message[0] in ",;")
    return Catalogue(messages, tuple((_pattern(message), messages[message]) for message in fixed if message[0] not in ",;"), tails)
