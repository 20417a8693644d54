"""The mark `national`: the text touches a topic of national sovereignty, not only its weather, a street or a milestone.

Signs are counted over folded text, so that text without marks reads the same. A sign of the first kind is enough;
those of the second kind need a second sign or a Vietnamese setting (general terms are used of other countries too).
"""

from __future__ import annotations

import re

# Enough alone: archipelagos as such, their features, instruments and lines that govern our seas and borders.
_SURE = re.compile(
    r"quan dao (?:hoang sa|truong sa|tay sa|nam sa)|hoang sa (?:va|,|-|cung|hay) truong sa|truong sa (?:va|,|-|cung) hoang sa|hoang sa, truong sa|"
    r"(?:dac khu|huyen dao|bien dao|vung bien|hai chien|dao|linh|chien si|dat|cua|nho|ra|tai|o) (?:hoang sa|truong sa)\b(?!,? (?:ho nam|trung quoc))|"
    r"(?:hoang sa|truong sa) (?:la |thuoc |cua )|"
    r"(?:duong|ban do|hinh|yeu sach)[^.\n]{0,20}luoi bo|duong (?:chin|9|muoi|10|mười|dut) (?:doan|khuc)|(?:chin|9|muoi|10) (?:doan|vach|net dut)|duong (?:dut )?(?:doan|khuc)[^.\n]{0,30}(?:bien dong|hinh chu u)|duong chu u|hinh chu u tren bien|"
    r"nine[- ]dash|ten[- ]dash|(?:nine|ten) (?:little )?dashes|dashed? line|u-shaped line|"
    r"luat bien|unclos|law of the sea|phan quyet[^.\n]{0,40}(?:bien dong|trong tai|pca|2016)|toa trong tai|toa an (?:lhq|lien hop quoc|quoc te)[^.\n]{0,30}(?:truong sa|hoang sa|bien)|arbitra(?:l|tion)[^.\n]{0,60}(?:sea|2016|philippines)|"
    r"(?:duong|hiep dinh|ranh gioi)[^.\n]{0,12}phan dinh[^.\n]{0,30}(?:vinh|trung quoc|bien|nam 2000|viet nam)|phan dinh (?:vinh|bien|tren bien)|vinh bac bo[^.\n]{0,40}(?:53,23|phan dinh|hiep dinh)|"
    r"duong co so|baselines?\b[^.\n]{0,60}(?:viet|con co|island|sea|1982|gulf)|vung dac quyen kinh te|them luc dia|lanh hai|noi thuy|exclusive economic zone|"
    r"phan gioi,? cam moc|cam moc (?:xong|bien|quoc)|moc (?:quoc gioi|bien gioi)|cot moc (?:so )?\d|cot moc (?:bien gioi|chu quyen|gan|quoc)|hiep uoc (?:bien gioi|hoach dinh)|nghi dinh thu[^.\n]{0,40}(?:bien gioi|phan gioi|moc|thac)|"
    r"chu quyen (?:bien|dao|lanh tho|quoc gia|bien gioi|cua viet nam|viet nam|thieng lieng|khong the|doi voi|truong sa|hoang sa)|bien,? dao (?:que huong|viet nam|to quoc|thieng)|tu lieu ve bien,? dao|tuyen truyen[^.\n]{0,20}bien,? dao|"
    r"cong (?:ham|thu)[^.\n]{0,30}(?:1958|pham van dong|ong dong)|cong ham|letter of (?:september )?1958|september 1958|hoa uoc san francisco|san francisco[^.\n]{0,30}(?:1951|treaty|hoang sa)|thanh do 1990|hoi nghi thanh do|"
    r"gac ma|len dao|co lin|chu thap|vanh khan|xu bi\b|ga ven|ba binh\b|phu lam|tri ton|tu chinh|song tu tay|sinh ton|bai co may|scarborough|tam sa\b|dk1|nha gian|da ba dau|phan vinh|"
    r"ai nam quan|thac ban gioc|duong brevie|koh tral|hd-?981|haiyang|hai duong 9|hai duong dia chat|"
    r"paracel|spratly|spratlys|south china sea|west philippine sea|sansha|woody island|fiery cross|kalayaan|pag-asa|xisha|nansha",
)
_SCRIPTS = re.compile(
    r"西沙|南沙|东沙|中沙|三沙|黄沙群岛|长沙群岛|南海(?!区|区|站|鱼)|九段线|十段线|断续线|仲裁案|北部湾|万安滩|陆地边界|领海|海洋法|边界线|界碑|勘界|主权|"
    r"ເສັ້ນຊາຍແດນ|ຫຼັກໝາຍ|ຫລັກໝາຍ|ອະທິປະໄຕ|ທະເລຈີນໃຕ້|ທະເລຕາເວັນອອກ|ດິນແດນ|ທະຫານ|ສັນຍາລັບ|ຊາຍແດນ"
)
_SEA = re.compile(r"bien dong\b")
_STORM = re.compile(r"\bbao\b|ap thap|gio (?:mua|cap|giat)|song cao|\bmua\b|giat cap|thoi tiet|nhiet doi|khong khi lanh|du bao|cap \d|bão|động đất|bien dong manh|bien dong nhe|bien dong\b[^.\n]{0,10}(?:dan so|gia|nhan su|ty gia)")
_BORDER = re.compile(
    r"duong bien(?: gioi)?\b|bien gioi (?:quoc gia|viet nam|viet|voi (?:lao|trung quoc|campuchia)|tren (?:bo|dat lien)|dat lien|phia tay|phia bac|lanh tho|biển|bien|hai nuoc|hai ben)|"
    r"(?:vung|khu vuc|tren tuyen|bao ve|giu|canh giu|quan ly|tranh chap|doi|lan|tuan tra)[^.\n]{0,12} (?:bien gioi|bien cuong|duong bien)|lan sang dat|giu moc|cot moc|quoc gioi|"
    r"quan su|nổ súng|no sung|xe tang|linh (?:trung quoc|tq)|binh si|phong toa|ban may phat|ban sung|tau (?:la|sat|trung quoc|tq|hai canh)|bi (?:tau|dam|huc)|huc (?:chim|tau)|ngu truong|border|demarcat|frontier|boundary|"
    r"hai chien|17/2|1979|14/3|tran .{0,20}1988|chien tranh bien gioi"
)
_ABROAD = re.compile(r"thai lan|campuchia|ukraine|nga\b|an do|pakistan|israel|gaza|iran|my\b|mexico|afghanistan|han quoc|trieu tien|ba lan|belarus")
_OURS = re.compile(r"viet nam|vietnam|\bvn\b|bien phong|hanoi|ha noi|ngu dan|hai quan|canh sat bien|quoc gioi|phia ta|nuoc ta|phia minh|dan minh|ben minh")


def is_national(folded: str, text: str, ours: bool = False) -> bool:
    """Tell whether the text touches a national sovereignty topic; `ours` = it is about a followed border province."""
    if _SCRIPTS.search(text):
        return True
    sure = [match for match in _SURE.finditer(folded)]
    stormy = len({m.group() for m in _STORM.finditer(folded)}) >= 2
    if sure and not (stormy and all(_only_weather(match.group()) for match in sure)):
        return True
    if _SEA.search(folded) and re.search(r"Bi[eể]n Đ[oô]ng|Bien Dong|BIỂN ĐÔNG|biển [đĐ]ông|\bBĐ\b", text) and not stormy:
        return True
    border = {match.group() for match in _BORDER.finditer(folded)}
    if not border:
        return False
    setting = len(set(_OURS.findall(folded))) + 2 * ours
    foreign = bool(_ABROAD.search(folded)) and not ours
    return len(border) + setting >= 3 and not foreign and any("bien" in b or "moc" in b or "gioi" in b or "border" in b or "tau" in b or "linh" in b or "sung" in b for b in border)


def _only_weather(sign: str) -> bool:
    """Tell whether `sign` is also the name of a forecast zone (vùng biển Hoàng Sa, bắc Biển Đông)."""
    return bool(re.fullmatch(r"(?:quan dao|vung bien|dac khu|hoang sa va|hoang sa,|truong sa va)? ?(?:hoang sa|truong sa|o truong sa|o hoang sa).{0,8}|hoang sa (?:va|,|-) truong sa|hoang sa, truong sa|dao (?:hoang|truong) sa|tai truong sa|lanh hai", sign.strip()))
