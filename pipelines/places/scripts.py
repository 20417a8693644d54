"""Names and topics in scripts without blanks (Chinese, Lao): a match counts only where it is no part of other words, and beside Viet Nam or its seas.

"越南海关" holds 南海, "养老保险" holds 老保 (Lao Bảo), 老街 is any old street, 九段 a rank at Go.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# Behind these characters 南 ends a name of its own ("越南海关", "湖南沙"), but the Sea is also written 越南南海, 中越南海, 东海南海.
_SOUTH = r"(?:(?<![越云湖河济海东西江中])|(?<=中越)|(?<=[东黄渤]海))"
_WORDS = {
    "南海": rf"{_SOUTH}(?<!佛山)(?<!佛山市)南海(?!区|區|站|鱼|观音|岸|艺术|新区|大道)",
    "南沙": rf"{_SOUTH}(?<!广州)(?<!广州市)南沙(?!区|區|港|新区|开发区|自贸|大桥|客运|湾|科学|国际|片区|站|街|路|村|镇)",
    "西沙": r"(?<![广江山陕巴])西沙(?!窝|湾|河|村|镇|路|街|屯|门)",
    "东沙": r"东沙(?=群岛|岛|礁|群島|島)",
    "中沙": r"中沙(?=群岛|岛|礁|大环礁|群島|島)",
    "三沙": r"三沙(?!卫视|航空|镇|湾|渔港)",
    "北部湾": r"北部湾(?!港|经济|城市|大学|银行|财产|国际|集团|投资|旅游|办)",
    "九段": r"九段(?=线|線)",
    "十段": r"十段(?=线|線)",
    "十一段": r"十一段(?=线|線)",
    "主权": r"(?<!数据)(?<!货币)(?<!技术)(?<!网络)(?<!数字)主权(?!债|财富|基金|信用|评级|货币|AI|云|人工)",
    "领海": r"(?<![占率带白引统])领海(?!军|外|内|警|岛|湾|关|淘)",
}
# Two-character names of ours, where no other word begins before them or ends behind them.
_PLACES = {
    "宁平": r"(?:(?<![西沪江辽济海遂咸普南])|(?<=越南))宁平(?!路|街道|均|价|安|稳|静|原|行)",
    "寧平": r"(?:(?<![西滬江遼濟海南])|(?<=越南))寧平(?!路|街道|均|價|安|穩|靜|原|行)",
    "清化": r"清化(?!路|街道|镇|学|工|肥|纤|验|合|石|妆|學|驗)",
    "老街": r"(?:(?<![\u4e00-\u9fff])|(?<=[与與和至到往及从從在来來赴抵、越])|(?<=越南)|(?<=河口)|(?<=河内))老街(?!区|坊|巷|美食|古镇|改造)|老街(?=口岸|火车站|国际口岸)",
    "广治": r"(?<!推)广治(?!疗|理|病|愈|沙)",
    "廣治": r"(?<!推)廣治(?!療|理|病|癒|沙)",
    "老保": r"(?<!养)(?<!養)老保(?!险|險|障|姆|健|安)",
    "沙巴": r"沙巴(?!州|体育|克|哈)",
}
_RULES = {name: re.compile(rule) for name, rule in {**_WORDS, **_PLACES}.items()}
_UNIT = re.compile(r"省|[市县](?![集场井区民])|县|口岸|国际口岸")
_VIET_NAM = re.compile(r"越南|中越|越中|老越|柬越|越方|河口|河内|胡志明|岘港|下龙|芒街|谅山|海防市|顺化|[宁寧]平省|清化省|老街省|[广廣]治省|[广廣]平省|南定省|安沛省|ຫວຽດ")
_MYANMAR_OR_MALAYSIA = re.compile(r"果敢|缅甸|沙巴州|马来西亚|亚庇")


def stands(text: str, start: int, end: int) -> bool:
    """Tell whether the name or topic at `start:end` is no part of other words; names without a rule always stand."""
    rule = _RULES.get(text[start:end])
    return rule is None or rule.match(text, start) is not None


def vouched(text: str, start: int, end: int) -> bool:
    """Tell whether a two-character name is meant as a place of Viet Nam: its unit follows, or the text names Viet Nam."""
    if not stands(text, start, end):
        return False
    if _VIET_NAM.search(text) is not None:
        return True
    return _UNIT.match(text, end) is not None and _MYANMAR_OR_MALAYSIA.search(text) is None


_SEAS = frozenset({"南海", "南沙", "西沙", "东沙", "中沙", "三沙", "北部湾", "ທະເລຈີນໃຕ້", "ທະເລຕາເວັນອອກ"})
# Words of any border, army or court; two other countries have theirs.
_VAGUE = frozenset(
    {
        "仲裁案", "北部湾", "陆地边界", "领海", "海洋法", "海上边界", "边界线", "界碑", "勘界", "主权", "九段", "十段", "十一段",
        "ເສັ້ນຊາຍແດນ", "ຫຼັກໝາຍ", "ຫລັກໝາຍ", "ອະທິປະໄຕ", "ດິນແດນ", "ທະຫານ", "ສັນຍາລັບ",
    }
)  # fmt: skip
# Soldiers are a topic at the border or where they shoot, not where they plant trees or clear mud.
_ARMED = re.compile(r"ຊາຍແດນ|ດ່ານ|ດິນແດນ|ເຂດແດນ|ທະເລ|ຍິງ")
_LINE = re.compile(r"[九十]段[线線]|历史性权利|断续线")
_COMPANY = re.compile(
    rf"越南|中越|越中|老越|柬越|越方|菲律宾|ຫວຽດ|{_WORDS['南海']}|{_WORDS['西沙']}|{_WORDS['南沙']}|黄岩岛|仁爱礁|ທະເລຈີນໃຕ້|ທະເລຕາເວັນອອກ"
)
_STORM = re.compile(
    r"台风|颱風|热带(?:风暴|低压)|暴雨|强降雨|雷雨|大风|阵风|风力|风圈|中心附近|气象台|预警|海浪|巨浪|冷空气|天气|登陆|ພາຍຸ|ຝົນຕົກ|ລົມແຮງ|ພະຍາກອນ"
)
_RIGHTS = re.compile(r"主权|争端|争议|仲裁|海警|军舰|军演|对峙|冲突|[九十]段线|声索|ອະທິປະໄຕ|ຂັດແຍ່ງ")


def topic(text: str, spots: Sequence[tuple[str, int, int]], ours: bool) -> tuple[int, int] | None:
    """Return where a national topic stands, of `spots` (anchor, start, end) in other scripts; `ours` = the text is about a followed province."""
    weather: bool | None = None
    for name, start, end in spots:
        if name in ("九段", "十段", "十一段"):
            if not stands(text, start, end) and _LINE.search(text) is None:
                continue
            return start, end
        if not stands(text, start, end):
            continue
        near = text[max(0, start - 200) : end + 200]
        if name in _VAGUE and not (ours or _COMPANY.search(near) or (name == "仲裁案" and ("2016" in near or "二〇一六" in near))):
            continue
        if name == "ທະຫານ" and _ARMED.search(near) is None:
            continue
        if name in _SEAS:
            if weather is None:
                weather = len(set(_STORM.findall(text[:900]))) >= 2 and _RIGHTS.search(text) is None
            if weather:
                continue
        return start, end
    return None
