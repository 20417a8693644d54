"""What floods, frost and building sites took, and was given to nobody; with other states' affairs it leaves the findings of rules."""

from __future__ import annotations

import re

from classifiers.document import Sentence
from classifiers.frames import Finding
from classifiers.guards.abroad import foreign
from pipelines.records import FLAG_VERDICTS

_NATURE = re.compile(
    r"\b(?:(?:vì|do|sau|bởi|trong|trận|cơn|mùa|đợt|gặp) (?:trận |cơn |đợt |mưa |đám )?(?:lũ|lụt|bão|rét|cháy|hạn|dịch|sạt|động đất|hỏa hoạn|mưa đá)|lũ (?:quét|ống|lụt)|sạt lở|cháy rừng|đền bù|giải tỏa|hạn hán|mất mùa|mất cắp|mất trộm|"
    r"(?:vi|do|sau|tran|con) (?:lu|lut|bao|ret|chay|han)|lu (?:quet|ong)|sat lo|den bu|floods?|landslides?|wildfires?|drought|frost|compensation)\b|洪水|山体滑坡|火灾|补偿"
)
_GIVEN = re.compile(r" (?:cho|vao tay|ve tay|sang tay) (?:trung quoc|phia|ben|lao|campuchia|viet nam|nuoc|tau|tq)| (?:nhuong|cat dat|cat cho|bi chiem|lan chiem|ky mat|ceded|sold|surrendered|annexed)(?= )|割让|出卖|卖给")


def lost_to_nature(sentence: Sentence) -> bool:
    """Whether what is lost was lost to flood, fire, frost or a building site, and given to nobody."""
    low = sentence.text.lower()
    return _NATURE.search(low) is not None and _GIVEN.search(sentence.canon) is None and re.search(r"\b(?:bán|dâng|cắt)\b", low) is None


LOST_TYPES = ("D05", "D07", "D14")


_EARLIER = re.compile(r"(?<!\d)(?:1[89]\d\d|20[01]\d|202[0-4])(?!\d)")
_ONCE = re.compile(r" (?:tung|truoc day|truoc kia|xua kia|ban dau|khi moi thanh lap|formerly|once|originally)(?= )|曾|原属")


# That no state recognises a claim on our seas and islands.
NOBODY = re.compile(r" (?:khong|chua)(?: he)?(?: co)?(?: mot)? (?:nuoc|quoc gia|ai) nao cong nhan(?= )| no (?:country|state|nation|government)(?: in the world)? (?:recogni[sz]es|has recogni[sz]ed)(?= )|没有(?:任何)?国家承认")
# "Bên kia thác Bản Giốc là đất Trung Quốc": so it is.
OTHER_SIDE = re.compile(r" (?:ben kia|nua kia|nua ben kia|phia kia|phia ben kia|the other (?:side|half))(?= )")


def of_earlier_units(sentence: Sentence) -> bool:
    """Whether the sentence tells of units before the mergers of 2025 ("Hoàng Sa từng thuộc tỉnh Quảng Nam theo sắc lệnh năm 1961")."""
    return "2025" not in sentence.text and (_EARLIER.search(sentence.text) is not None or _ONCE.search(sentence.canon) is not None)


def ours(found: list[Finding], sentence: Sentence) -> list[Finding]:
    """Return the findings of rules without those that raise other states' affairs or natural losses."""
    natural, before = lost_to_nature(sentence), of_earlier_units(sentence)
    other_side, nobody = OTHER_SIDE.search(sentence.canon), NOBODY.search(sentence.canon)

    def elsewhere(f: Finding) -> bool:
        if (nobody and f.type in ("D01", "D02", "D08")) or (other_side and f.rule.startswith("bangioc")) or (natural and f.type in LOST_TYPES):
            return True
        if f.rule.startswith("date:BAS-02") and sentence.has("CN") and not sentence.has("VN", "VNGOV"):
            return True  # China's own baselines of 2024
        if before and f.type == "D16" and f.rule.startswith(("unit", "date")):
            return True
        return bool(f.refs) and all(foreign(ref, sentence) for ref in f.refs)

    return [f for f in found if f.verdict not in FLAG_VERDICTS or not elsewhere(f)]
