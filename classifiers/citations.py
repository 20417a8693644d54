"""What a cited agreement says of a sentence: UNSUPPORTED where no register holds it, nothing where the register cannot answer.

Agreements on other matters, of other states, of provinces, of this year are none of ours; and where a sentence only tells of a known
agreement, likeness to false sentences is no ground to raise it.
"""

from __future__ import annotations

import re

from classifiers.agreements import Cited, cited, far, fits, load_agreements, words
from classifiers.document import Document, Sentence
from classifiers.eponyms import hands_over, named
from classifiers.frames import Finding
from classifiers.instruments import dates_of, load_register
from classifiers.measures import numbers_of
from pipelines.clock import today
from pipelines.records import Verdict

LANDS = ("CN", "LA", "KH")
BORDERS = ("NORTHBORDER", "LAOBORDER", "KHBORDER")
PARTY_VI = {"CN": "Trung Quốc", "LA": "Lào", "KH": "Campuchia"}
KIND_VI = {"treaty": "hiệp ước, hiệp định", "protocol": "nghị định thư", "minutes": "biên bản, bản ghi nhớ", "declaration": "tuyên bố chung"}
# Before this year others signed for Viet Nam: no register here is complete.
FIRST_YEAR = 1949
PLACES = ("HS", "TS", "ISLANDS", "GULF", "BANGIOC", "FALLS", "NAMQUAN", "BLV", "DELIMLINE", "PHUQUOC", "CONCO", "VANGUARD", "OTHERFEAT", "GACMA", "COLIN", "MISCHIEF", "FEAT88", "SCS", *BORDERS)
# What such an agreement could be about here, and what is Viet Nam's whoever is named.
OBJECTS = (*PLACES, "BORDER", "LAND", "VILLAGE", "SEAAREA", "MARKER", "BASELINE", "BORDERPLACE")
OURS = ("VN", "HS", "TS", "BANGIOC", "NAMQUAN", "GULF", "BLV", "PHUQUOC", "CONCO", "VANGUARD", *BORDERS, "P_LAOCAI", "P_THANHHOA", "P_QUANGTRI", "P_QUANGBINH", "P_OTHER", "GACMA", "COLIN")
PROVINCES = ("P_LAOCAI", "P_THANHHOA", "P_QUANGTRI", "P_QUANGBINH", "P_OTHER")
# Land, sea or islands change hands; and anything else that an agreement could do to them.
HANDED = ("CEDE2", "SOLD", "GIVE", "LEASE", "BELONG", "RECOG", "MOVE2", "CHANGEBORDER", "FOREIGNADMIN", "DIVIDE", "BECOMEPROVINCE")
EFFECTS = (*HANDED, "CEDE", "MOVE", "RECOGNISE", "AWARD", "GRANTRIGHT", "OWN")
THIRD = ("OTHERCOUNTRY", "OTHERCOUNTRY2", "THAICAM", "PH", "MY", "TW", "BRUNEI", "JP")
# Instruments and meetings that frames know by their own names: those comparisons speak.
NAMED = frozenset(["CHENGDU", "GENEVA", "SFT", "CAIRO", "POTSDAM", "LTR", "DECL58", "UNCLOS", "DOC", "COC", "PCA", "BREVIE", "VCS"])
# A noun that is part of such a name is no agreement without one: its year is compared with that entry.
LISTED = NAMED | {"LANDTREATY", "PROT2009", "GULFTREATY", "FISHTREATY", "DELIMTREATY", "VLTREATY", "VL2016", "VKTREATY", "VK2019"}
# What an unlisted agreement is shown beside: the entries on the same ground.
BESIDE = {
    "BANGIOC": ("VC-07", "VC-01"), "FALLS": ("VC-07", "VC-01"), "NAMQUAN": ("VC-08", "VC-01"), "GULF": ("GT-05", "GT-01"), "BLV": ("GT-05", "GT-03"),
    "DELIMLINE": ("GT-05", "GT-01"), "HS": ("HS-03",), "TS": ("TS-06",), "ISLANDS": ("HS-03", "TS-06"), "VANGUARD": ("UNC-03",), "PHUQUOC": ("VK-06",),
}  # fmt: skip
BORDER_OF = {"CN": ("VC-01", "VC-02"), "LA": ("VL-01", "VL-02"), "KH": ("VK-02", "VK-03")}
NOT_BEFORE = re.compile(
    r"(?: khong| chua| chang| cha| dau| lam gi)(?: (?:he|tung|bao gio|thay|tim thay|ra|ton tai|ky|co|mot|nao|bat ky|cai|goi la|duoc))*$|(?: no| not a| never signed any| no such)(?: \w+)?$"
    r"|(?:没有|并无|不存在|从未签署|从未有过|从来没有)(?:过|所谓|任何|什么|的)*$|ບໍ່ມີ$"
)
NOT_AFTER = re.compile(
    r"^[^,;.，；。]{0,40}?(?: khong (?:he )?(?:ton tai|co that)| khong co trong| la (?:bia|do bia|gia|hang gia|tin gia)| (?:does|did) not exist| never existed"
    r"| is (?:a )?(?:fake|fabricat\w+|hoax|fiction)|不存在|是假的|是伪造|纯属虚构|ບໍ່ມີຈິງ|ບໍ່ມີຢູ່)"
)


def compare(document: Document, sentence: Sentence, context: frozenset[str]) -> list[Finding]:
    """Return a finding for an agreement that a sentence cites and no register holds; CONSISTENT where the text says there is none."""
    handed = sentence.has(*HANDED)
    about = sentence.has(*OBJECTS) or (handed and sentence.has(*PROVINCES))
    ours = sentence.has(*OURS) or "VN" in context or (handed and sentence.has("BORDER", "MARKER"))
    if not about or not ours:
        return []
    cites = cited(sentence)
    for one in cites:
        parties = _parties(sentence, one)
        if _judgeable(document, sentence, one, parties) and not fits(one, parties):
            return [_finding(sentence, one, parties)]
    denied = sentence.has("NEG") and any(NOT_BEFORE.search(sentence.canon[: one.start].rstrip()) for one in named(sentence))
    if not (hands_over(sentence) or (handed and denied)) or any(one.year or one.place for one in cites):
        return []  # a year or place of signing says which one is meant, whatever else it is called
    for one in named(sentence):
        parties = _parties(sentence, one)
        if parties and not (sentence.has(*THIRD) and not sentence.has(*OURS)) and not any(t.concept in LISTED and t.start < one.end and one.start < t.end for t in sentence.tags):
            return [_finding(sentence, one, parties)]
    return []


def _parties(sentence: Sentence, one: Cited) -> frozenset[str]:
    """Return with whom Viet Nam is said to have agreed: those named, the country of the place, or whom such features concern."""
    named = {land for land, border in zip(LANDS, BORDERS, strict=True) if sentence.has(land, border)}
    if one.land in LANDS:
        named.add(one.land)
    if not named and sentence.has("HS", "TS", "GULF", "BANGIOC", "NAMQUAN", "BLV"):
        named.add("CN")
    return frozenset(named)


def _judgeable(document: Document, sentence: Sentence, one: Cited, parties: frozenset[str]) -> bool:
    """Whether the register can answer at all: a neighbour, years that it covers, and a matter of land, sea or islands."""
    known = NAMED if one.place else LISTED
    if one.land == "FAR" or not parties or any(t.concept in known and t.start < one.end and one.start < t.end for t in sentence.tags):
        return False
    if sentence.has(*THIRD) and not sentence.has(*OURS):
        return False
    latest = document.published.year if document.published else today().year
    if one.year and not FIRST_YEAR <= one.year < latest:
        return False
    handed = sentence.has(*HANDED)
    if one.place and one.year:
        # Minutes and joint statements are drawn up weekly: only such as do something to land or sea.
        lasting = one.kind in ("treaty", "protocol") or sentence.has(*EFFECTS)
        return handed or (lasting and not words("asides").search(sentence.canon))
    return handed and (bool(one.place) or one.kind in ("treaty", "protocol")) and one.land != "VN"


def _finding(sentence: Sentence, one: Cited, parties: frozenset[str]) -> Finding:
    start, end = sentence.surface.raw(one.start, one.end)
    written = sentence.text[start - sentence.start : end - sentence.start]
    refs = next((refs for name, refs in BESIDE.items() if sentence.has(name)), ()) or BORDER_OF[next(land for land in LANDS if land in parties)]
    kind = "D05" if sentence.has("BANGIOC", "NAMQUAN", "FALLS") else "D09"
    denied = NOT_BEFORE.search(sentence.canon[: one.start].rstrip()) or NOT_AFTER.search(sentence.canon[one.end :])
    verdict, weight = (Verdict.CONSISTENT, 0.8) if denied else (Verdict.UNSUPPORTED, 0.95 if sentence.has(*EFFECTS) else 0.85)
    rule = "agreement:denied" if denied else "agreement:unlisted"
    return Finding(rule, kind, refs, verdict, start, end, weight, written, said(one, parties), (start, end))


def said(one: Cited, parties: frozenset[str]) -> str:
    """Return what was looked up, and in which registers."""
    whom = " hoặc ".join(PARTY_VI[land] for land in LANDS if land in parties)
    asked = f"{KIND_VI[one.kind]} ký với {whom}" + (f" năm {one.year}" if one.year else "")
    held = len({row.ref for row in load_register()} | {row.ref for row in load_agreements() if row.ref})
    others = sum(not row.ref for row in load_agreements())
    return f"không có {asked} nào mang tên ấy trong các sổ đã tra: sổ ngày tháng và sổ văn kiện của cơ sở tư liệu ({held} mục), danh sách {others} nhóm văn kiện khác đã biết"


# Said besides the signing: only a sentence without any of these does no more than tell of an agreement.
MORE = (*HANDED, "NEG", "SECRETDOC", "INFORCE", "EXPIRE", "VOID", "PCA", "BECOMEPROVINCE", "EXISTNOT")


def only_tells(sentence: Sentence) -> bool:
    """Whether a sentence only tells of a known agreement, or of one between others: its dates are compared, nothing else could differ."""
    if not sentence.has("TREATYNOUN"):
        return False
    cites = cited(sentence)
    if cites and all(one.land == "FAR" and far(one) for one in cites) and not sentence.has(*PLACES, "SECRETDOC"):
        return True
    if not sentence.has("SIGN") or any(q.unit for q in numbers_of(sentence) if q.unit != "years"):
        return False
    if sentence.has(*MORE):
        return False
    if sentence.has(*THIRD) and not sentence.has("VN"):
        return True
    years = {p.year for p in dates_of(sentence)}
    parties = _parties(sentence, Cited(0, 0, "", "", "", 0))
    return bool(years) and all(fits(Cited(0, 0, "", "", "", year), parties) for year in years)
