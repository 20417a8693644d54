"""A card: drafted from a reference entry, measured, approved by two persons, and given out only as approved.

An approval is an entry of the audit log, so that it can neither be changed nor lost; it holds for one version of the
reference entry and falls when the entry changes or is due for review (DUTIES 7.1, stale facts).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from classifiers.referencebase import Reference
from dashboards.shown import visible
from pipelines.errors import UserError
from pipelines.store import audit
from pipelines.store.schema import audit as audit_table
from pipelines.text import fold

ACTION = "factcard.approve"
LANGS = ("vi", "en", "zh")


@dataclass(frozen=True)
class Format:
    """A form of a card: what it is for and its limit in characters or in spoken syllables, least and most (0: none)."""

    title: str
    characters: int = 0
    syllables: int = 0
    least: int = 0


# Syllables a minute of a newsreader at a loudspeaker (a figure of ours, to be tried with the loudspeaker of the place), greeting
# and breath within: 140 to 160 syllables last about a minute and never longer.
PACE = 160
FORMATS = {
    "radio": Format("bài đọc truyền thanh 60 giây", syllables=160, least=140),
    "sms160": Format("tin nhắn 160 ký tự", characters=160),
    "sms500": Format("tin nhắn 500 ký tự", characters=500),
    "web": Format("đoạn cho trang thông tin", characters=2000),
}
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
# “km2” for phones that have no “²”: no number of its own.
_UNIT = re.compile(r"\b(k?m)[23]\b")
OPENING = "Kính thưa bà con và các bạn. Sau đây là thông tin về chủ quyền, biên giới, biển, đảo."
AGAIN = "Xin nhắc lại để bà con tiện nghe:"
ENDING = "Thông tin đến đây là hết. Cảm ơn bà con và các bạn đã lắng nghe."
# What fills the minute, in the order in which it is left out first; none says anything that the entry does not hold.
ADVICE = (
    "Khi nghe hoặc đọc được tin khác với nội dung này, bà con chưa vội tin, chưa vội chia sẻ.",
    "Bà con hãy xem tin do nơi nào đưa, đưa ngày nào, có dẫn văn bản hay không.",
    "Cần hỏi thêm, xin bà con liên hệ Ủy ban nhân dân xã.",
    "Mời bà con ghi lại nguồn vừa nêu để tra khi cần.",
    "Mời bà con nói lại cho người trong nhà cùng biết.",
    "Điều chưa rõ, xin bà con hỏi lại cho rõ.",
    "Xin cảm ơn bà con.",
)


def draft(entry: Reference, form: str, lang: str = "vi") -> str:
    """Return a text to start from, never cut; UserError where the base has no words in `lang`."""
    said = {"vi": named(entry), "en": entry.statement_en, "zh": entry.statement_zh}[lang].strip()
    if not said:
        raise UserError(f"{entry.id}: cơ sở tư liệu chưa có câu tiếng {lang}; tự viết bằng --text")
    source = ", ".join(part for part in (entry.source.title, entry.source.number) if part)
    stated = {"vi": "Tư liệu tính đến ngày", "en": "As of", "zh": "资料截至"}[lang]
    label = {"vi": "Nguồn", "en": "Source", "zh": "来源"}[lang]
    if form == "radio":
        return _script(said, source) if lang == "vi" else f"{said} {label}: {source}."
    if form == "sms160":
        # The shorter of number and title; what is longer than the message stays whole, for a person to shorten.
        return f"{said} {label}: {entry.source.number or entry.source.title}."
    if form == "sms500":
        return f"{said} {label}: {source}."
    sides = "".join(f"\n{side.party}: {side.position_vi}" for side in entry.sides) if entry.contested and lang == "vi" else ""
    where = f" {entry.source.url}" if entry.source.url else ""
    return f"{said}{sides}\n{label}: {source}{', ' + entry.source.article if entry.source.article else ''}.{where}\n({stated} {entry.as_of:%d/%m/%Y})"


def named(entry: Reference) -> str:
    """Return the Vietnamese statement; in those on the Gulf of Tonkin (GT) “Vịnh” alone is named in full: a card stands by itself."""
    return re.sub(r"\bVịnh\b(?! Bắc Bộ)", "Vịnh Bắc Bộ", entry.statement_vi) if entry.id.startswith("GT-") else entry.statement_vi


def _script(said: str, source: str) -> str:
    """Return a script for the loudspeaker that lasts a minute: the fact, its source, the fact again, advice as there is room."""
    core = [OPENING, said, f"Thông tin này theo {source}."]
    again = [AGAIN, said]
    room = FORMATS["radio"].syllables - syllables(" ".join((*core, ENDING)))
    middle = again if syllables(" ".join(again)) <= room else []
    advice: list[str] = []
    for line in ADVICE:
        if syllables(" ".join((*middle, *advice, line))) <= room:
            advice.append(line)
    return " ".join((*core, *advice[:2], *middle, *advice[2:], ENDING))


def syllables(text: str) -> int:
    """Return how many syllables a newsreader speaks: a word each, a number of n digits 2n − 1, capitals of a short name two."""
    count = 0
    for word in text.split():
        numbers = _NUMBER.findall(word)
        if numbers or re.search(r"\d", word):
            count += sum(2 * len(group) - 1 for group in re.findall(r"\d+", word)) + len(re.findall(r"[./,:-](?=\w)", word)) + len(re.findall(r"[^\W\d_]+", word))
        elif any(char.isalpha() for char in word):
            # UNCLOS and the like are spelt or read out; a hyphen joins two words.
            count += len([part for part in re.split(r"[-–/]", word) if part]) + (word.strip(".,;:()“”").isascii() and word.strip(".,;:()“”").isupper() and len(word) > 2)
    return count


def faults(entry: Reference, form: str, text: str, today: date, lang: str = "vi") -> list[str]:
    """Return why `text` cannot be a card: its length, a stale or contested entry, no source, a number that the entry does not hold."""
    limit, found = FORMATS[form], []
    if entry.due(today):
        found.append(f"tư liệu đến hạn xem lại ({entry.review_by:%d/%m/%Y}); cập nhật tư liệu trước")
    if entry.contested and form != "web":
        found.append("tư liệu còn tranh luận: phải nêu các bên, chỉ làm thẻ web")
    if entry.contested and form == "web" and not all(side.party in text for side in entry.sides):
        found.append("tư liệu còn tranh luận: thiếu quan điểm của một bên")
    if not text.strip() or visible(text) != text:
        found.append("văn bản trống hoặc có ký tự điều khiển")
    if limit.characters and len(text) > limit.characters:
        found.append(f"dài {len(text)} ký tự, nhiều nhất {limit.characters}; viết gọn lại, máy không tự cắt")
    spoken = syllables(text)
    if limit.syllables and spoken > limit.syllables:
        found.append(f"dài {spoken} âm tiết, nhiều nhất {limit.syllables} cho 60 giây ({PACE} âm tiết một phút)")
    if limit.least and lang == "vi" and spoken < limit.least:
        found.append(f"ngắn {spoken} âm tiết, ít nhất {limit.least} cho 60 giây ({PACE} âm tiết một phút)")
    if form != "web" and not _sourced(entry, text):
        found.append("chưa nêu nguồn: ghi “Nguồn: …”, “theo …” hoặc số hiệu văn bản")
    held = " ".join((
        entry.statement_vi, entry.statement_en, entry.statement_zh, entry.note, *(side.position_vi for side in entry.sides),
        entry.source.title, entry.source.number, entry.source.article, entry.source.date, entry.source.url,
        *(str(value.value) for value in entry.values), f"{entry.as_of:%d/%m/%Y}",
    ))  # fmt: skip
    known = {_plain(number) for number in _NUMBER.findall(held)}
    strange = [number for number in _NUMBER.findall(_UNIT.sub(r"\1", text)) if _plain(number) not in known]
    if strange:
        found.append(f"số không có trong tư liệu: {', '.join(dict.fromkeys(strange))}")
    return found


def _sourced(entry: Reference, text: str) -> bool:
    """Tell whether a text names its source, with or without marks."""
    bare = fold(text)
    names = [fold(part) for part in (entry.source.number, entry.source.title) if part]
    return any(name in bare for name in names) or bool(re.search(r"\b(nguon|theo|source)\b|来源", bare))


def _plain(number: str) -> str:
    return re.sub(r"[.,]", "", number).lstrip("0")


def approve(
    conn: Connection, entry: Reference, form: str, lang: str, text: str, first: str, second: str, now: datetime, today: date
) -> None:
    """Write the approval of two different persons into the audit log; UserError when the text has faults."""
    names = [" ".join(unicodedata.normalize("NFC", name).split())[:60] for name in (first, second)]
    if not all(names) or names[0].casefold() == names[1].casefold():
        raise UserError("thẻ cần hai người duyệt khác nhau: --by và --second")
    text = unicodedata.normalize("NFC", text).strip()
    wrong = faults(entry, form, text, today, lang)
    if wrong:
        raise UserError(f"{entry.id} {form} {lang}: {'; '.join(wrong)}")
    details = {"format": form, "lang": lang, "text": text, "entry": entry.version, "second": names[1]}
    audit.append(conn, actor=names[0], action=ACTION, thing=entry.id, details=details, now=now)


def approved(conn: Connection, entry: Reference, form: str, lang: str, today: date) -> Mapping[str, Any]:
    """Return the last approval (`text`, `by`, `second`, `at`) that still holds; UserError that says why there is none."""
    query = select(audit_table).where(audit_table.c.action == ACTION, audit_table.c.object == entry.id).order_by(audit_table.c.seq.desc())
    rows = [row for row in conn.execute(query).mappings() if (row["details"]["format"], row["details"]["lang"]) == (form, lang)]
    how = f"duyệt bằng: cotmoc factcard approve {entry.id} --format {form} --lang {lang} --by … --second …"
    if not rows:
        raise UserError(f"{entry.id} {form} {lang}: chưa có hai người duyệt; {how}")
    if rows[0]["details"]["entry"] != entry.version:
        raise UserError(f"{entry.id} {form} {lang}: tư liệu đã thay đổi sau khi duyệt; xem lại rồi {how}")
    if entry.due(today):
        raise UserError(f"{entry.id}: tư liệu đến hạn xem lại ({entry.review_by:%d/%m/%Y}), không phát thẻ")
    return {"text": rows[0]["details"]["text"], "by": rows[0]["actor"], "second": rows[0]["details"]["second"], "at": rows[0]["at"]}


# GSM 03.38 basic set and its extension (an extension letter takes two places). Of the Vietnamese letters only à è é ì ò ù É
# are among them: “ă â đ ê ô ơ ư” and all tone marks but these send the whole message as UCS-2.
GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€\f")


@dataclass(frozen=True)
class Sms:
    """What a text costs by SMS: its coding, its length in that coding's places, and how many messages that makes."""

    coding: str
    places: int
    messages: int


def sms_of(text: str) -> Sms:
    """Return the cost: GSM-7 takes 160 places (153 each in a chain), UCS-2, needed for Vietnamese marks, 70 (67)."""
    if all(char in GSM7 or char in EXTENDED for char in text):
        # An extension letter is never torn apart by the end of a message.
        return _chained("GSM-7", [2 if char in EXTENDED else 1 for char in text], 160, 153)
    return _chained("UCS-2", [len(char.encode("utf-16-le")) // 2 for char in text], 70, 67)


def _chained(coding: str, places: list[int], one: int, chained: int) -> Sms:
    total = sum(places)
    if total <= one:
        return Sms(coding, total, 1)
    messages, room = 1, chained
    for place in places:
        if place > room:
            messages, room = messages + 1, chained
        room -= place
    return Sms(coding, total, messages)


def parts_of_sms(text: str) -> int:
    """Return how many messages a text takes."""
    return sms_of(text).messages


def seconds_of(text: str) -> int:
    """Return how long a newsreader needs for a text, at `PACE` syllables a minute."""
    return -(-60 * syllables(text) // PACE)


# What GSM-7 lacks and plain letters say as well: one “²” would send the whole message as UCS-2.
PLAIN = str.maketrans({"đ": "d", "Đ": "D", "²": "2", "³": "3", "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "\u00a0": " ", "×": "x", "±": "+/-", "°": " do"})


def unmarked(text: str) -> str:
    """Return a Vietnamese text without marks, as phones of old need it; a draft that a person has to read and approve."""
    plain = unicodedata.normalize("NFD", text.translate(PLAIN))
    return unicodedata.normalize("NFC", "".join(char for char in plain if not unicodedata.combining(char)))
