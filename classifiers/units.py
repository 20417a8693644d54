"""To which province an island district or special zone is said to belong (HS-02, TS-02, QT-04)."""

from __future__ import annotations

import re
from datetime import date

from classifiers.document import Document, Sentence
from classifiers.frames import Finding
from classifiers.referencebase import ReferenceBase
from pipelines.records import Verdict

HOME = {
    "HS": ("HS-02", frozenset({"da nang", "岘港", "quang nam", "danang", "ດານັງ"}), "thành phố Đà Nẵng"),
    "TS": ("TS-02", frozenset({"khanh hoa", "庆和", "ແຄັງຮວາ"}), "tỉnh Khánh Hòa"),
    "CONCO": ("QT-04", frozenset({"quang tri", "广治", "ກວາງຈິ"}), "tỉnh Quảng Trị"),
}
NAMES = (
    "ha noi|ho chi minh|hai phong|da nang|can tho|hue|an giang|bac ninh|ca mau|cao bang|dak lak|dien bien|dong nai|dong thap|gia lai|ha tinh|hung yen|"
    "khanh hoa|lai chau|lam dong|lang son|lao cai|nghe an|ninh binh|phu tho|quang ngai|quang ninh|quang tri|son la|tay ninh|thai nguyen|thanh hoa|"
    "tuyen quang|vinh long|quang nam|binh dinh|phu yen|binh thuan|ninh thuan|ba ria vung tau|quang binh|kien giang|bac lieu|nam dinh|danang"
)
# "Trường Sa thuộc tỉnh Lâm Đồng", "đặc khu Hoàng Sa của Quảng Ngãi", "Con Co is part of Ha Tinh province"
LINK = re.compile(
    rf"^(?: la)?(?: dac khu| huyen(?: dao)?)?(?: truc)?(?: ,)?(?: (?:se |da |nay |hien |duoc )*(?:thuoc|truc thuoc|cua|ve|nhap ve|sap nhap vao|chuyen ve|chuyen sang|giao cho|giao ve|"
    rf"was moved to|were moved to|was transferred to|has been transferred to|was assigned to|is administered by|was moved to the administration of|do|chuyen sang cho|ve tay|"
    rf"belongs to|is part of|becomes part of|is now part of|under|was moved to|now belongs to))(?: ve| quyen quan ly cua| su quan ly cua)?(?: tinh| thanh pho| tp| t p| province of)? ({NAMES}) "
)
# "Trường Sa được tách khỏi Khánh Hòa", "Hoàng Sa không còn thuộc Đà Nẵng": denied of the province that it does belong to.
LEFT = re.compile(
    rf"^(?: la)?(?: dac khu| huyen(?: dao)?)?(?: (?:se|da|nay|hien|duoc|bi))*(?: tach(?: ra)?(?: khoi)?| khong con (?:thuoc|la cua)| khong thuoc| het thuoc| roi khoi|"
    rf" was separated from| was detached from| no longer belongs to| is no longer part of)(?: tinh| thanh pho| tp)? ({NAMES}) "
)


def compare(document: Document, sentence: Sentence, base: ReferenceBase) -> list[Finding]:
    """Return findings on the province that a unit is said to belong to."""
    if document.published is not None and document.published < date(1998, 1, 1) or sentence.has("HISTORYOF"):
        return []
    findings: list[Finding] = []
    for concept, (ref, home, shown) in HOME.items():
        if ref not in base:
            continue
        for tag in sentence.of(concept):
            rest = sentence.canon[tag.end :]
            left = LEFT.match(rest)
            match = left or LINK.match(rest)
            if not match or match.end() > 80 or (left and left.group(1) not in home):
                continue
            start, end = sentence.surface.raw(tag.start, tag.end + match.end(1))
            written = sentence.text[start - sentence.start : end - sentence.start]
            verdict = Verdict.CONSISTENT if match.group(1) in home and not left else Verdict.CONTRADICTED
            findings.append(Finding(f"unit:{ref}", "D16", (ref,), verdict, start, end, 0.95, written, f"thuộc {shown}", (start, end)))
    return findings
