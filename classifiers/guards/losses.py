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


def ours(found: list[Finding], sentence: Sentence) -> list[Finding]:
    """Return the findings of rules without those that raise other states' affairs or natural losses."""
    natural = lost_to_nature(sentence)
    return [f for f in found if f.verdict not in FLAG_VERDICTS or not ((f.refs and all(foreign(ref, sentence) for ref in f.refs)) or (natural and f.type in LOST_TYPES))]
