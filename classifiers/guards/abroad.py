"""What concerns other states, none of them Viet Nam: their borders, treaties and temples are none of the base."""

from __future__ import annotations

import re

from classifiers.document import Sentence

# Entries about Viet Nam's own borders and waters.
BORDERS = ("VC-", "VL-", "VK-", "GT-", "TH-", "LC-", "QT-")
HOME = (
    "VN", "VN2", "VNGOV", "VC", "NORTHBORDER", "LAOBORDER", "KHBORDER", "GULF", "GULFTREATY", "BANGIOC", "NAMQUAN", "PHUQUOC", "LC_PLACE", "QT_PLACE", "P_LAOCAI",
    "P_THANHHOA", "P_QUANGTRI", "P_QUANGBINH", "HS", "TS", "SCS", "BLV", "HEKOU", "SECRETDOC", "CHENGDU",
)  # fmt: skip
NEIGHBOURS = ("CN", "LA", "KH")
# Whom an entry is about besides Viet Nam: where the sentence names third states and not this one, it is about theirs.
PARTY = {"GT-": ("CN", "X_TONKIN"), "VC-": ("CN", "NORTHBORDER"), "VL-": ("LA", "LAOBORDER"), "VK-": ("KH", "KHBORDER"), "IUU-": ("VN",)}


# What was given to France before 1954 is no matter of the treaties of today; the conventions of 1887 and 1895 have an entry (VC-09).
_TO_FRANCE = re.compile(r" (?:cho|nhuong) (?:thuc dan |nguoi |nuoc )?phap(?= )| to (?:the french|france)(?= )|给法国|归法国")


def foreign(ref: str, sentence: Sentence) -> bool:
    """Whether a sentence about other states, none of them Viet Nam, is compared with an entry on Viet Nam's borders."""
    if ref.startswith(("VC-", "VL-", "VK-")) and ref != "VC-09" and _TO_FRANCE.search(sentence.canon):
        return True
    if ref in ("UNC-01", "UNC-02") and sentence.has("CN", "PH", "MY", "KH", "LA", "OTHERCOUNTRY", "OTHERCOUNTRY2", "THAICAM") and not sentence.has("VN", "VN2", "VNGOV"):
        return True  # when other states signed or ratified the convention
    if not ref.startswith(BORDERS) or sentence.has(*HOME):
        return False
    if ref.startswith("VK-") and sentence.has("UNCOURT", "ICJCOURT", "ICJONLY"):
        return True  # the temples of 1962
    return sentence.has("OTHERCOUNTRY", "THAICAM") or sum(sentence.has(name) for name in NEIGHBOURS) >= 2


def others(ref: str, sentence: Sentence) -> bool:
    """Whether the sentence is about states of which the entry holds nothing (a treaty with Thailand is not that of the Gulf of Tonkin)."""
    own = next((names for prefix, names in PARTY.items() if ref.startswith(prefix)), ())
    return bool(own) and sentence.has("OTHERCOUNTRY", "OTHERCOUNTRY2", "THAICAM") and not sentence.has(*own)
