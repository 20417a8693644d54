"""Numbers with units and hedges, as written in Vietnamese, English, Chinese and Lao.

"1.449,566 km", "1,449.566 km", "hơn một nghìn bốn trăm cây số", "53,23 phần trăm", "两千五百座", "ໜຶ່ງ" digits.
A number whose reading is open (1.400: thousand or decimal?) carries both readings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from classifiers import vague
from classifiers.spelled import remarked

UNITS: dict[str, str] = {
    "km2": r"km\s?²|km2|km vuông|cây số vuông|ki\W?l[oô]\W?m[eé]t vuông|sq\.? ?km|square (?:kilomet(?:re|er)s?|km)|平方公里|平方千米|ກິໂລແມັດມົນທົນ|ກິໂລຕາແມັດມົນທົນ|ຕາລາງກິໂລແມັດ",
    "ha": r"ha\b|héc ?ta|hectares?|公顷",
    "km": r"km\b(?!\s?(?:²|2|vuông|/h))|cây số(?! vuông)|ki\W?l[oô]\W?m[eé]t(?! vuông)|kilomet(?:re|er)s?|公里|千米|ກິໂລແມັດ(?!ມົນທົນ)|ກິໂລຕາແມັດ(?!ມົນທົນ)|ກມ",
    "nm": r"hải l[ýí]|hai ly|hl[ýy]|nautical miles?|nm\b|海里|ໄມທະເລ",
    "pct": r"%|％|phần trăm|per ?cent|percent|ເປີເຊັນ|个百分点",
    "markers": r"(?:cái |chiếc |cây )?(?:cột )?mốc(?: và cọc dấu| quốc giới| giới| biên giới)?|cọc dấu|(?:border |boundary )?(?:markers?|stones?|posts?|pillars?)|座?(?:界碑|界桩)|块界碑|ຫຼັກໝາຍ|ຫຼັກເຂດ|ຫຼັກ",
    "positions": r"vị trí|positions?|locations?|sites?|处|个位置|ຈຸດ|ຕຳແໜ່ງ",
    "points": r"(?:tọa độ |toạ độ )?điểm|(?:turning |fixed |base)?points?|个(?:定点|坐标点|点)|ຈຸດ",
    "dashes": r"đoạn|vạch|nét đứt|khúc|gạch|dash(?:es)?|段|ຂີດ",
    "people": r"(?:cán bộ|chiến sĩ|bộ đội|người lính|liệt sĩ|quân nhân|người|anh(?= nằm| ngã| hy| em)|đồng đội|tử sĩ|lính|sĩ quan|thủy thủ)|(?:\w+ )?(?:soldiers?|sailors?|servicemen|troops|men|people|personnel|marines|seamen|deaths?|dead|lives|martyrs)|(?:名|位|人)(?:官兵|士兵|军人|战士)?|ຄົນ|ທະຫານ",
    "cities": r"thành phố(?: trực thuộc trung ương)?|(?:centrally-run )?cities|个直辖市",
    "provinces": r"(?:đơn vị (?:hành chính )?cấp tỉnh|tỉnh,? (?:và )?thành(?: phố)?|tỉnh thành|tỉnh|provincial(?:-level)? units?|provinces?(?: and cities)?|个省级行政区|个省级|个省市|个省|ແຂວງ)",
    "communes": r"(?:đơn vị (?:hành chính )?cấp xã|xã,? phường(?:,? đặc khu)?(?: biên giới)?|phường,? xã(?: biên giới)?|xã biên giới|xã|communes?(?: and wards)?|commune-level units|border communes|个乡级|个乡|个社|ຕາແສງ)",
    "dackhu": r"đặc khu|special zones?|个特区|ເຂດພິເສດ",
    "gates": r"(?:cặp )?cửa khẩu quốc tế|international (?:border |land )?(?:gates?|crossings?|checkpoints?)|[个对]国际(?:性)?(?:陆路)?口岸|ດ່ານສາກົນ",
    "chapters": r"chương|chapters?|章",
    "articles": r"điều(?! \d)|articles|条",
    "years": r"năm(?! \d{4})|years?|年(?!\d)|ປີ",
    "parties": r"(?:bên|nước|quốc gia|parties|states|countries|claimants)(?= (?:yêu sách|tranh chấp|có yêu sách|cùng|claim)| ?(?:,|\.|and|$))",
    "billion": r"tỷ (?:đô|usd|đô la)|billion",
}
UNIT_RE = {unit: re.compile(pattern, re.I) for unit, pattern in UNITS.items()}
HEDGE = re.compile(
    r"(hơn|trên|gần|khoảng|chừng|xấp xỉ|ngót|tầm|cỡ|độ|ước|non|hon|gan|khoang|tren|xap xi|about|around|roughly|nearly|almost|"
    r"more than|over|some|approximately|just over|just under|close to|under|at least|up to|tới|约|大约|将近|近|超过|逾|多达|ປະມານ|ກວ່າ|ເກືອບ|ຫຼາຍກວ່າ)\s*$",
    re.I,
)
AFTER_HEDGE = re.compile(r"^\s*(?:có lẻ|trở lên|mấy|ngoài|lẻ|or so|odd|多|余|左右|ກວ່າ|ປາຍ)", re.I)
DIGITS = re.compile(r"(?<![\d.,/A-Za-zÀ-ỹ])(?:\d{1,3}(?:[.,\u00a0 ]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)(?![\d/])(?:\s?(nghìn|ngàn|vạn|triệu|thousand|million|万|ພັນ|k)(?![a-zà-ỹ]))?", re.I)
SCALE = {"nghìn": 1e3, "ngàn": 1e3, "thousand": 1e3, "vạn": 1e4, "万": 1e4, "triệu": 1e6, "million": 1e6, "ພັນ": 1e3, "k": 1e3}
LAO_DIGITS = {0x0ED0 + digit: str(digit) for digit in range(10)}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written: possible values, unit (key of UNITS or ""), span in the given text, hedge before or after."""

    values: tuple[float, ...]
    unit: str
    start: int
    end: int
    hedge: str
    written: str

    @property
    def value(self) -> float:
        """The likelier reading."""
        return self.values[0]


def readings(written: str) -> tuple[float, ...]:
    """Return the possible values of digits with separators, the likelier first; empty for nonsense."""
    body = written.replace("\u00a0", "").replace(" ", "")
    marks = [c for c in body if c in ".,"]
    if not marks:
        return (float(body),) if body.isdigit() and len(body) < 16 else ()
    try:
        if len(set(marks)) == 2:
            last = max(body.rfind("."), body.rfind(","))
            whole = body[:last].replace(".", "").replace(",", "")
            return (float(f"{whole}.{body[last + 1:]}"),)
        mark = marks[0]
        groups = body.split(mark)
        thousands = all(len(group) == 3 for group in groups[1:]) and groups[0] != "0" and len(groups[0]) <= 3
        if len(marks) > 1:
            return (float(body.replace(mark, "")),) if thousands else ()
        decimal = float(body.replace(",", "."))
        return (float(body.replace(mark, "")), decimal) if thousands else (decimal,)
    except ValueError:
        return ()


VI_WORDS = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7,
    "bẩy": 7, "tám": 8, "chín": 9, "mười": 10,
}
VI_NUMBER = re.compile(
    r"(?<!\w)(?:(?:một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|mươi|chục|trăm|nghìn|ngàn|linh|lẻ|mốt|tư|lăm|không(?=\s+trăm))(?:\s+|(?=\W|$)))+", re.I
)
VI_DIGITS = "không|một|mốt|hai|ba|bốn|tư|năm|lăm|sáu|bảy|bẩy|tám|chín|mười|mươi"
# "năm mươi ba phẩy hai ba phần trăm", "53 phẩy 23", "fifty-three point two three": the whole before, the digits after.
VI_DECIMAL = re.compile(VI_NUMBER.pattern + rf"(?:phẩy|phảy)\s+(?P<after>(?:(?:{VI_DIGITS})(?:\s+|(?=\W|$)))+)", re.I)
DIGIT_DECIMAL = re.compile(r"(?<![\d.,/A-Za-zÀ-ỹ])(?P<whole>\d{1,4})\s+(?:phẩy|phảy|phay|point)\s+(?P<after>\d{1,4})(?![\d/])", re.I)
EN_WORDS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}
EN_NUMBER = re.compile(r"(?<!\w)(?:(?:" + "|".join(EN_WORDS) + r"|hundred|thousand|and|a(?= hundred| thousand))[\s-]*)+(?!\w)", re.I)
ZH_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0, "○": 0}
ZH_NUMBER = re.compile(r"(?:百分之)?[零一二三四五六七八九两〇十百千万]{2,}|百分之[一二三四五六七八九十百]+|[二两三四五六七八九十](?=海里|公里|座|段|名|个)")


def vi_value(words: list[str]) -> float | None:
    """Return the value of Vietnamese number words, None when they do not form a number."""
    total, current, seen, hundreds = 0, 0, False, False
    for word, last in zip(words, ["", *words], strict=False):
        if word in VI_WORDS:
            digits = VI_WORDS.get(last, 10) < 10 and last != "không"
            if digits and not hundreds:
                return None  # "hai ba người" are two or three, "năm một nghìn" begins with a year
            current = current * (10 if digits else 1) + VI_WORDS[word]  # "bốn trăm bốn chín"
            seen = True
        elif word in ("mươi", "chục"):
            current = current - current % 10 + current % 10 * 10
        elif word == "trăm":
            current = 0 if last == "không" else (current or 1) * 100
            seen = True
        elif word in ("nghìn", "ngàn"):
            total += (current or 1) * 1000
            current, seen = 0, True
        elif word not in ("linh", "lẻ"):
            return None
        if word == "trăm":
            total, current, hundreds = total + current, 0, True
    # "trăm tám" is 180, "nghìn tư" 1.400; "trăm năm" is a century.
    if len(words) > 1 and words[-1] != "năm" and VI_WORDS.get(words[-1], 10) < 10 and words[-2] in ("trăm", "nghìn", "ngàn"):
        current *= 10 if words[-2] == "trăm" else 100
    return float(total + current) if seen else None


def en_value(words: list[str]) -> float | None:
    """Return the value of English number words, None when they do not form a number."""
    total, current, seen = 0, 0, False
    for word in words:
        if word in EN_WORDS:
            current += EN_WORDS[word]
            seen = True
        elif word == "hundred":
            current = (current or 1) * 100
            seen = True
        elif word == "thousand":
            total, current, seen = total + (current or 1) * 1000, 0, True
    return float(total + current) if seen else None


def zh_value(text: str) -> float | None:
    """Return the value of Chinese numerals, digit by digit (一九五八) or with places (两千五百)."""
    text = text.removeprefix("百分之")
    if not text:
        return None
    if all(c in ZH_DIGITS for c in text):
        return float("".join(str(ZH_DIGITS[c]) for c in text)) if len(text) > 1 else float(ZH_DIGITS[text])
    total, current = 0, 0
    for c in text:
        if c in ZH_DIGITS:
            current = ZH_DIGITS[c]
        elif c == "万":
            total, current = (total + current) * 10000, 0
        else:
            total += (current or 1) * {"十": 10, "百": 100, "千": 1000}[c]
            current = 0
    return float(total + current)


EN_DECIMAL = re.compile(EN_NUMBER.pattern.removesuffix(r"(?!\w)") + r"point\s+(?P<after>(?:(?:" + "|".join(EN_WORDS) + r")(?:[\s-]+|(?=\W|$)))+)", re.I)


def decimals(text: str) -> list[tuple[float, int, int]]:
    """Return (value, start, end) of the numbers whose decimals are spoken; their parts are no numbers of their own."""
    found = [(float(f"{m['whole']}.{m['after']}"), *m.span()) for m in DIGIT_DECIMAL.finditer(text)]
    for pattern, value_of, names in ((VI_DECIMAL, vi_value, VI_WORDS), (EN_DECIMAL, en_value, EN_WORDS)):
        for match in pattern.finditer(text):
            words, after = (part.lower().replace("-", " ").split() for part in (match.group()[: match.start("after") - match.start()], match["after"]))
            # "Năm ba phẩy hai ba": two digits said one by one.
            spoken = [names.get(word, 0) for word in words[:-1]]
            whole = 10.0 * spoken[0] + spoken[1] if len(spoken) == 2 and all(0 < digit < 10 for digit in spoken) else value_of(words[:-1])
            if whole is None:
                continue
            digits = "".join(str(names[word]) for word in after) if all(names.get(word, 10) < 10 for word in after) else str(int(value_of(after) or 0))
            found.append((float(f"{whole:.0f}.{digits}"), match.start(), match.start() + len(match.group().rstrip(" -"))))
    return found


@cache
def _unit_after() -> re.Pattern[str]:
    parts = [f"(?P<{unit}>{pattern})" for unit, pattern in UNITS.items()]
    return re.compile(r"[\s\-]*(?:little |small |red |grey |tiny |đoạn |chiếc )?(?:" + "|".join(parts) + ")", re.I)


def unit_after(text: str, end: int) -> tuple[str, int]:
    """Return the unit that follows position `end`, and where it ends."""
    match = _unit_after().match(text, end)
    return (match.lastgroup or "", match.end()) if match else ("", end)


def quantities(text: str, bare: bool = False) -> list[Quantity]:
    """Return all numbers of an NFC text in order, with unit and hedge; dates and article numbers are among them.

    `bare`: the whole text has no diacritics.
    """
    text = remarked(text.translate(LAO_DIGITS), bare)
    found: list[Quantity] = []
    taken: list[tuple[int, int]] = []

    def add(values: tuple[float, ...], start: int, end: int) -> None:
        rough = vague.goes_on(values[0], text, end)
        unit, after = unit_after(text, rough.end if rough else end)
        if text[max(0, start - 4) : start] == "百分之" or text[start:end].startswith("百分之"):
            unit = "pct"
        before = HEDGE.search(text, max(0, start - 16), start)
        hedge = before.group(1).lower() if before else ""
        if not hedge and (later := AFTER_HEDGE.match(text[end : end + 8])):
            hedge = later.group().strip()
        if rough:
            values, hedge = rough.values, hedge or "mấy"
            taken.append((start, rough.end))
        found.append(Quantity(values, unit, start, max(end, after), hedge, text[start : max(end, after)].strip()))

    for value, start, end in decimals(text):
        taken.append((start, end))
        add((value,), start, end)
    for half in vague.halves(text):
        taken.append((half.start, half.end))
        add(half.values, half.start, half.end)
    on = [match for match in VI_NUMBER.finditer(text) if vague.ON.match(text, match.end())]
    # "hàng trăm", but not "hai nghìn mấy trăm".
    taken += [match.span() for match in vague.NONE.finditer(text) if not any(number.end() == match.start() for number in on)]
    for match in DIGITS.finditer(text):
        if any(a <= match.start() < b for a, b in taken):
            continue
        core = re.match(r"[\d.,\u00a0 ]+", match.group())
        values = readings(core.group().strip() if core else "")
        if match.group(1):
            values = tuple(v * SCALE[match.group(1).lower()] for v in values[-1:])
        if values:
            taken.append(match.span())
            add(values, *match.span())
    for pattern, kind in ((VI_NUMBER, "vi"), (EN_NUMBER, "en"), (ZH_NUMBER, "zh")):
        for match in pattern.finditer(text):
            if any(a < match.end() and match.start() < b for a, b in taken):
                continue
            if text[max(0, match.start() - 5) : match.start()].lower() == "phần ":
                continue
            words = match.group().lower().replace("-", " ").split()
            if kind == "vi" and words[0] == "năm" and vi_value(words) is None:
                words = words[1:]  # a year in words
            read = vi_value(words) if kind == "vi" else en_value(words) if kind == "en" else zh_value(match.group())
            end = match.end() - (len(match.group()) - len(match.group().rstrip(" -")))
            if kind == "vi" and read is not None:
                more, end = vague.half_more(words, text, end)
                read += more
            if read is None or (read < 2 and kind != "zh") or end <= match.start():
                continue
            unit, _ = unit_after(text, end)
            if unit or read >= 100:
                taken.append((match.start(), end))
                add((read,), match.start(), end)
    return sorted(found, key=lambda q: q.start)
