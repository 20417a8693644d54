"""Claim finding: which sentences may state something checkable, and what the comparisons say of them."""

from __future__ import annotations

import unicodedata
from functools import cache

import ahocorasick_rs

from classifiers import instruments, measures, shares, units
from classifiers.document import Document, Sentence
from classifiers.frames import Finding, context_concepts, load_frames, match
from classifiers.referencebase import ReferenceBase
from classifiers.surface import fold_table
from pipelines.records import FLAG_VERDICTS, WATCH_VERDICTS, Verdict

# A text without any of these words, in any of the four languages, is not on the topic. Raw forms for scripts without
# case, folded forms for the rest.
TOPIC_WORDS = ["hoang sa", "truong sa", "tay sa", "nam sa", "tam sa", "bien dong", "bien gioi", "duong bien", "chu quyen", "lanh hai", "lanh tho", "hai phan", "cot moc", "moc gioi", "moc so", "cua khau", "vinh bac bo", "bach long vi", "ban gioc", "nam quan", "gac ma", "co lin", "len dao", "vanh khan", "ba binh", "scarborough", "dao nhan tao", "bai can", "luoi bo", "chin doan", "muoi doan", "9 doan", "10 doan", "dut doan", "dut khuc", "net dut", "chu u", "vach do", "unclos", "luat bien", "cong uoc", "la hay", "phan quyet", "trong tai", "toa an", "cong ham", "cong thu", "san francisco", "cairo", "potsdam", "geneve", "gio ne vo", "vi tuyen 17", "hiep uoc", "hiep dinh", "nghi dinh thu", "mat uoc", "phu luc", "thanh do", "them luc dia", "duong co so", "dac quyen kinh te", "sap nhap", "sap xep", "dac khu", "bo huyen", "cap huyen", "cap xa", "nghi quyet 202", "nq 202", "con co", "phu quoc", "koh tral", "the vang", "the do", "iuu", "hd 981", "gian khoan", "hai chien", "hai ly", "duong phan dinh", "moc", "ban do", "tau la", "tau sat", "hai canh", "ngu dan", "tu chinh", "ngu truong", "paracel", "spratly", "xisha", "nansha", "sansha", "south china sea", "east sea", "border", "frontier", "boundary", "maritime", "territor", "sovereign", "nine-dash", "ten-dash", "dashed line", "dashes", "arbitra", "tribunal", "the hague", "award", "treaty", "convention", "protocol", "agreement", "gulf of tonkin", "baseline", "continental shelf", "islands", "island", "archipelago", "yellow card", "red card", "merger", "special zone", "marker", "checkpoint", "crossing", "1958", "exclusive economic", "kalayaan", "pag-asa", "nautical", "cede", "hekou", "lao cai", "ha khau", "cha lo", "lao bao", "na meo", "ten tan", "muong lat", "bat mot", "lung po", "nghi son", "tinh ly", "dat doi", "tau ca", "bien dao", "bien phong", "vung bien", "dat viet nam", "lan sang", "lan chiem", "xam lan", "pact", "la lay", "tran van huu", "lien xo", "hien phap", "nga ba", "savannakhet", "xepon", "khammouane", "hua phan", "houaphan", "cay so vuong", "km2", "square kilomet", "1979", "1988", "1974", "bien voi", "van nam", "99 nam", "ky kin", "bi mat", "secret"]
TOPIC_HAN = ["西沙", "南沙", "三沙", "南海", "边界", "边境", "国界", "界碑", "口岸", "主权", "领海", "领土", "海域", "群岛", "仲裁", "裁决", "公约", "条约", "协定", "议定书", "北部湾", "白龙尾", "断续线", "九段线", "十段线", "旧金山", "开罗", "波茨坦", "公函", "照会", "大陆架", "基线", "海里", "专属经济区", "黄牌", "红牌", "富国岛", "万安滩", "赤瓜礁", "岛礁", "越南", "地图", "黄沙", "战事", "海战", "ຊາຍແດນ", "ຫຼັກໝາຍ", "ດ່ານ", "ດິນແດນ", "ອະທິປະໄຕ", "ໝູ່ເກາະ", "ທະເລຈີນໃຕ້", "ສົນທິສັນຍາ", "ສັນຍາ", "ຫວຽດນາມ", "ເສັ້ນ"]
# Concepts that make a sentence worth comparing.
TOPIC = frozenset(
    ["HS", "TS", "GACMA", "COLIN", "MISCHIEF", "SUBI", "FEAT88", "SECONDTHOMAS", "SCARBOROUGH", "BABINH", "OTHERFEAT", "SCS", "VANGUARD", "SANSHA", "GULF", "BLV", "DELIMLINE", "BORDER", "MARKERSTRICT", "GATE", "BANGIOC", "NAMQUAN", "NORTHBORDER", "LAOBORDER", "KHBORDER", "PCA", "UNCLOS", "SFT", "CAIRO", "POTSDAM", "GENEVA", "PARALLEL17", "LTR", "DECL58", "VCS", "LANDTREATY", "PROT2009", "GULFTREATY", "FISHTREATY", "VLTREATY", "VL2016", "VKTREATY", "BREVIE", "CLCS", "BASELINE", "LBV", "LBG", "LBP", "CHENGDU", "SECRETDOC", "IUU", "EZZ", "EEZ", "TERRSEA", "ARTISLAND", "RIG981", "STDMAP", "DASH", "CONCO", "DISPUTEDAREAS", "PHUQUOC", "FALLS", "COMMUNEBORDER", "OURWATERS", "X_CHANGSHA", "X_NANSHAGZ", "X_STREET", "X_OXTONGUE", "OXWORD", "TWELVE", "HISTRIGHTS", "STRANGEBOAT", "HUNSEN", "ISLANDS", "DOC", "COC", "KAOHSIUNG", "CLVTRI", "JOINTZONE", "STEELSHIP", "EVERYISLAND", "REMAIN16", "BOAT", "HUAPHAN", "SAVAN", "KHAMMUON", "VNLAND", "NOTOURS", "MARKER", "ARTICLE7", "LTE"]
)
# Two weaker words that make a topic together.
PAIRS = tuple(
    frozenset(pair.split("&"))
    for pair in ["BORDERPLACE&SHOOT", "BORDERPLACE&MILBUILD", "BORDERPLACE&CLOSEGATE", "BORDERPLACE&MOVE2", "BORDERPLACE&INTRUDE2", "BORDERPLACE&FIREARM", "AREA&SOLD", "AREA&CEDE", "RES202&CN", "RES202&FOREIGN", "RES202&YUNNAN", "RES202&FOREIGNADMIN", "SPECIALZONE&FOREIGN", "SPECIALZONE&CN", "P_LAOCAI&YUNNAN", "KH&DIVIDE", "KH&SEABOUND", "Y1988&DIED", "WAR1979&CN", "TREATYNOUN&SOLD", "TREATYNOUN&CEDE2", "LA&CEDE2", "CONSTITUTION&ISLANDS", "NATIONWIDE&SPECIALZONE", "NATIONWIDE&RES202", "TRANVANHUU&DONEASPECT", "P_QUANGBINH&LENGTH", "STDMAP&MAP", "VILLAGE&CEDE2", "KH&REGAIN"]
)
# In a text on the topic these, and the neighbours of what was found, are read as well.
WEAK = frozenset(["RES202", "MAP", "LAND", "TREATYNOUN", "OWN", "SPECIALZONE", "OPINIONCUE", "CEDE", "LTE", "SHOOT", "TROOPS", "VIDEOSTRICT", "NATIONWIDE", "SOVIET", "P_LAOCAI", "LETTERWORD", "RIG981", "UNIT", "VN", "CN", "LA", "KH", "CHAPTERS", "WHOLELINE"])


@cache
def _topic_automata() -> tuple[ahocorasick_rs.AhoCorasick, ahocorasick_rs.AhoCorasick]:
    return ahocorasick_rs.AhoCorasick(TOPIC_WORDS), ahocorasick_rs.AhoCorasick(TOPIC_HAN)


def on_topic(text: str) -> bool:
    """Whether any topic word occurs, with or without diacritics; one pass each over raw and folded text."""
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    folded, han = _topic_automata()
    plain = text.lower() if text.isascii() else text.translate(fold_table())
    if folded.find_matches_as_indexes(plain):
        return True
    return not text.isascii() and bool(han.find_matches_as_indexes(plain))


def candidates(document: Document) -> list[Sentence]:
    """Return the sentences that go on to comparison: topic words, or weak ones close to such a sentence."""
    strong = [bool(s.concepts & TOPIC) or any(pair <= s.concepts for pair in PAIRS) for s in document.sentences]
    if not any(strong):
        return []
    kept = []
    for index, sentence in enumerate(document.sentences):
        near = any(strong[max(0, index - 2) : index + 3]) or strong[0]
        if strong[index] or (near and sentence.concepts & WEAK):
            kept.append(sentence)
    return kept


def findings(document: Document, sentence: Sentence, base: ReferenceBase) -> list[Finding]:
    """Return all that the comparisons say of one sentence, conflicts settled, the weightiest first."""
    context = context_concepts(document, sentence)
    found: list[Finding] = []
    for frame in load_frames():
        result = match(frame, document, sentence, context)
        if result is not None:
            found.append(result)
    found += measures.compare(document, sentence, context, base)
    found += shares.compare(sentence, context, base)
    found += instruments.compare(document, sentence, context, base)
    found += units.compare(document, sentence, base)
    return settle([_with_refs(f, base) for f in found])


def _with_refs(finding: Finding, base: ReferenceBase) -> Finding:
    """Keep only references that the base holds; a rule without any of its own falls back on the type's."""
    refs = tuple(ref for ref in dict.fromkeys(finding.refs) if ref in base)
    if not refs and finding.verdict is not Verdict.OUT_OF_SCOPE:
        refs = tuple(ref for ref in FALLBACK.get(finding.type, ("TS-06",)) if ref in base)[:1]
    return Finding(finding.rule, finding.type, refs, finding.verdict, finding.start, finding.end, finding.weight, finding.written, finding.known, finding.core)


FALLBACK = {
    "D01": ("TS-06", "HS-03"), "D07": ("VC-04", "VL-04"), "D08": ("HS-01", "TS-01"), "D09": ("GT-05", "VC-01"), "D13": ("IUU-02",), "D14": ("VL-04", "VL-02"),
    "D16": ("ADM-04", "ADM-02"), "D17": ("EVT-01", "EVT-02"),
}


def settle(found: list[Finding]) -> list[Finding]:
    """Settle conflicts: a denied statement clears the same reference; contested outweighs a weaker contradiction."""
    clear = {ref for f in found if f.verdict is Verdict.CONSISTENT and f.weight >= 0.6 and not f.rule.startswith(("number", "date", "share", "unit")) for ref in f.refs}
    kept = []
    for finding in found:
        rule = not finding.rule.startswith(("number", "date", "share", "unit"))
        if rule and finding.verdict in FLAG_VERDICTS | WATCH_VERDICTS and clear & set(finding.refs):
            continue
        kept.append(finding)
    return sorted(kept, key=lambda f: (-rank(f.verdict), -f.weight, f.start))


def rank(verdict: Verdict) -> int:
    """Order of verdicts when several comparisons speak of one sentence."""
    if verdict in FLAG_VERDICTS:
        return 4
    if verdict in WATCH_VERDICTS:
        return 3
    return {Verdict.CONTESTED: 2, Verdict.OUT_OF_SCOPE: 0}.get(verdict, 1)
