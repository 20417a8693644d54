"""The mark `national`: the text touches a topic of national sovereignty, not only its weather, a street or a milestone.

Anchors are looked for first, in one pass over the folded text; only texts that hold one are read with the rules.
Rules are written with marks and used so; for text typed without marks, or damaged by a scan, their folded form is used.
"""

from __future__ import annotations

import re
from functools import cache

from pipelines.places.anchors import ANCHORS
from pipelines.places.features import names_a_feature
from pipelines.places.find import Page
from pipelines.places.patterns import by_first_letter
from pipelines.places.scripts import topic
from pipelines.text import fold, one_tone_style

_SURE = (
    r"hs[- ]?ts\b|quần đảo (?:hoàng sa|trường sa|tây sa|nam sa)|(?:hoàng sa|trường sa)[ ,–-]{1,3}(?:và |với |cùng |hay )?(?:hoàng sa|trường sa)|"
    r"(?:đường|bản đồ|hình|yêu sách)[^.\n]{0,20}lưỡi bò|lưỡi bò[^.\n]{0,20}(?:phi pháp|trái phép)|đường (?:chín|9|mười|10|đứt) (?:đoạn|khúc)|(?:đường|bản đồ|yêu sách|tuyến)[^.\n]{0,20}\b(?:chín|9|mười|10) (?:đoạn|vạch|nét đứt)|(?:chín|9|mười|10) (?:vạch|nét) (?:đỏ|đứt)|đường đứt đoạn|hình chữ u trên biển|"
    r"(?:các |có |in )(?:nét|đường) đứt(?! gãy)|đường đứt (?:đoạn|khúc|nét)|"
    r"nine[- ]dash|ten[- ]dash|(?:nine|ten) (?:little )?dashes|dashed line|u-shaped line|luật biển(?! cả)|\bunclos\b|law of the sea|"
    r"(?:phán quyết|vụ kiện)[^.\n]{0,40}(?:biển đông|\bpca\b|năm 2016)|tòa trọng tài (?:thành lập|năm 2016|\(|thường trực|quốc tế)|tòa[^.\n]{0,20}2016[^.\n]{0,60}(?:đảo|sa\b|biển|ba bình)|"
    r"arbitra(?:l|tion)[^.\n]{0,80}(?:\bsea\b|2016|philippines)|2016 (?:award|ruling)|"
    r"(?:đường|hiệp định|ranh giới)[^.\n]{0,12}phân định(?! (?:tội|trách nhiệm|quyền|thẩm quyền|thắng|đúng))|phân định (?:vịnh|trên biển|(?:vùng )?(?:biển|ngoài))|ngoài cửa vịnh bắc bộ|kết quả phân định|vịnh bắc bộ[^.\n]{0,80}(?:ngư trường|hiệp định|chủ quyền|tàu cá|công ước)|(?:hiệp định|ngư trường|công ước)[^.\n]{0,60}vịnh bắc bộ|hiệp định nghề cá|"
    r"đường cơ sở|(?:straight|territorial|maritime|tonkin|coastal)[^.\n]{0,40}\bbaselines?\b|\bbaselines?\b[^.\n]{0,60}(?:territorial|tonkin|\bsea\b|\bgulf\b|maritime|nautical|unclos)|gulf of tonkin|tonkin gulf|phân giới,? cắm mốc|phân giới|cắm mốc (?:xong|biên|quốc)|mốc (?:quốc giới|biên giới|chủ quyền)|cột mốc (?:số )?\d{1,4}\b(?! (?:tỷ|tỉ|triệu|nghìn|ngàn|năm|tuổi|trận|bàn|lượt|km|ngày|điểm|tấn|người))[^.\n]{0,40}(?:biên|lũng|suối|bị dời|tự mọc|đất việt|giáp)|"
    r"cột mốc (?:biên giới|chủ quyền|gần cửa khẩu|quốc giới|sống)|mốc \d{2,4}\b[^.\n]{0,20}(?:cũ|biên|\()|hiệp ước (?:biên giới|hoạch định)|hiệp ước 1999|nghị định thư[^.\n]{0,40}(?:biên giới|phân giới|mốc|thác|2009)|"
    r"chủ quyền (?:biển|đảo|lãnh thổ của (?:việt nam|tổ quốc)|biên giới|của (?:việt nam|trung quốc(?! (?:đối )?với (?:đảo )?đài loan)|tổ quốc)|việt nam|thiêng liêng|trường sa|hoàng sa)|chủ quyền[^.\n]{0,40}(?:\btq\b|hoàng sa|trường sa|tây sa|biển đông|các đảo|quần đảo(?! (?:chagos|falkland|malvinas|kuril|senkaku|điếu ngư|dokdo|takeshima|natuna)))|(?:hải quân|cảnh sát biển|kiểm ngư|biên phòng)[^.\n]{0,120}bảo vệ (?:vững chắc )?chủ quyền|quốc phòng biên giới|(?:phòng thủ|bảo vệ(?: vững chắc)?(?: vùng)?) biển,? đảo|quân(?:,| -| và)? dân (?:trên |các |vùng |nơi )*(?:đảo|biển)|"
    r"(?<!hoa hậu )biển,? đảo (?:quê hương|việt nam|tổ quốc|thiêng)|(?:yêu|tư liệu về|tuyên truyền(?: về)?|chủ quyền) biển,? đảo|về biển,? đảo|"
    r"công (?:hàm|thư)[^.\n]{0,40}(?:1958|phạm văn đồng|ông đồng)|(?:letter of )?september 1958|1958 letter|hòa ước san francisco|san francisco[^.\n]{0,30}(?:1951|treaty|conference)|hội nghị san francisco|thành đô 1990|hội nghị thành đô|mật ước|"
    r"gạc ma|len đao|(?:đá |đảo )?cô lin\b|đảo (?:nổi |chìm )?(?:sinh tồn|phú lâm|tri tôn|ba bình|nam yết|song tử|sơn ca|đá tây|thị tứ|phan vinh|an bang)|(?:đá|bãi|bãi đá|bãi cạn) (?:chữ thập|vành khăn|xu bi|ga ven|châu viên|tư chính|cỏ mây|cỏ rong|ba đầu|subi)|"
    r"vành khăn và xu bi|ba bình cho|số phận ba bình|bãi cạn scarborough|thành phố tam sa|\bdk1\b|\bnhà giàn\b|ải nam quan|mục nam quan|thác bản giốc|đường brévié|koh tral|hd-?981|giàn khoan 981|hải dương (?:981|địa chất)|"
    r"phú quốc[^.\n]{0,80}(?:của campuchia|hun sen|thuê đảo)|(?:campuchia|hun sen)[^.\n]{0,60}(?:đòi|lấy)[^.\n]{0,20}phú quốc|"
    r"cho (?:nước ngoài|trung quốc)[^.\n]{0,20}(?:thuê|quản lý)|nước ngoài quản lý|đặc khu[^.\n]{0,40}99 năm|thuê đất 99 năm|ninety-nine years|foreign administration|ranh giới biển|tây sa\b|nam sa (?:là|của|thuộc)|"
    r"lấn sang đất (?:việt|ta|mình|của ta)|tranh chấp[^.\n]{0,25}(?:sát đường biên|biên giới (?:việt|với lào|với trung))|xâm phạm (?:vùng biển|lãnh hải)|lãnh hải việt nam|vùng đặc quyền kinh tế[^.\n]{0,30}việt nam|"
    r"tàu (?:sắt|trung quốc|tq|hải cảnh)[^.\n]{0,25}(?:húc|ép|đâm|áp sát|cắt)|hải chiến\b(?! thắng| lược)|chiến tranh (?:bảo vệ )?biên giới|"
    r"thềm lục địa[^.\n]{0,40}(?:việt nam|\bvn\b|nước ta|mở rộng)|(?:việt nam|nước ta)[^.\n]{0,60}thềm lục địa|việt nam[^.\n]{0,60}vùng đặc quyền kinh tế|"
    r"(?:vietnam|viet nam|hanoi|hà nội)[^.\n]{0,80}\beast sea\b|east sea\b[^.\n]{0,80}(?:vietnam|viet nam|hanoi)|(?:vietnam|viet nam|hanoi)[^.\n]{0,100}(?:exclusive economic zone|continental shelf)|"
    r"(?:exclusive economic zone|continental shelf)[^.\n]{0,60}(?:vietnam|viet nam|hanoi)|"
    r"(?:phân định|phân giới|cắm mốc|bảo vệ)[^.\n]{0,30}biên giới[^.\n]{0,16}việt(?: nam)? ?[-–] ?(?:campuchia|lào|trung)|biên giới (?:đất liền |trên bộ )?việt(?: nam)? ?[-–] ?(?:campuchia|lào|trung)[^.\n]{0,60}(?:phân định|phân giới|cắm mốc)|"
    r"tàu lạ[^.\n]{0,20}(?:đâm|húc|tấn công)|hoangsa|truongsa|hoang_sa|truong_sa|hoàngsa|trườngsa|hoàng_sa|trường_sa|"
    r"paracel(?<!khách sạn paracel)(?<!resort paracel)(?<!hotel paracel)|spratly|south china sea|west philippine sea|sansha|woody island|fiery cross|kalayaan|pag-asa|xisha|nansha"
)
_LENGTH = (
    r"(?:đường biên giới|biên giới|đường biên|giáp (?:tỉnh )?(?:hủa phăn|khăm muồn|savannakhet|vân nam|salavan|quảng tây))[^.\n]{0,60}\d{2,4}(?:[,.]\d+)? ?(?:km|cây số)|"
    r"\d{2,4}(?:[,.]\d+)? ?(?:km|cây số)[^.\n]{0,8} (?:đường biên|biên giới)"
)
_FEATURES = (
    r"chữ thập|châu viên|ga ven|xu bi|vành khăn|gạc ma|cô lin|len đao|tiên nữ|đá lát|subi|hoàng sa|trường sa"
)
_WEATHER_ONLY = re.compile(
    r"^(?:quần đảo|quan dao) (?:hoàng|hoang|trường|truong) sa$|^(?:hoàng|hoang|trường|truong) sa[ ,–-]{1,3}.*sa$|^(?:đảo|dao) |"
    r"^(?:paracel|spratly|south china sea|gulf of tonkin|tonkin gulf|xisha|nansha|sansha|woody island)$"
)
_STORM = r"bão số|cơn bão|tâm bão|áp thấp|gió (?:mùa|cấp|giật)|sóng (?:cao|biển cao)|mưa (?:to|lớn|dông|rào|vừa)|giật cấp|thời tiết|nhiệt đới|cấp \d+|không khí lạnh|dự báo|bao so|biển động|động đất|\bbão\b"
_ENGLISH_STORM = re.compile(
    r"\b(?:storm|typhoon|cyclone|gusts?|winds?|thunderstorms?|rain|rainfall|waves|forecast|forecasters?|weather|kph|tropical depression|cold front|cold spell|rough seas|landfall)\b"
)
_ENGLISH_RIGHTS = re.compile(
    r"sovereign|\bclaim|disput|coast guard|\bnavy\b|naval|militar|warship|militia|tribunal|arbitra|\bruling\b|illegal|water cannon|\breefs?\b|artificial island|provocat|nine-dash|unclos|law of the sea"
)
# A boat in distress, a sick sailor flown ashore: the sea is only where it happened, unless somebody did it or a garrison helps.
_DISTRESS = (
    r"gặp nạn|gặp sự cố|mắc cạn|hỏng máy|hư máy|thả trôi|trôi dạt|phá nước|bị chìm|chìm (?:ở|tại|trên|gần|cách)|tàu cá chìm|mất tích|cháy tàu|bị cháy|cấp cứu|nguy kịch|mất liên lạc|bốc cháy|cứu nạn|cứu hộ|"
    r"lai dắt|tai biến|đột quỵ|hôn mê|về đất liền|cứu (?:sống |được )?\d+|được cứu|trú (?:bão|tránh)|tránh bão|tàu cá|ngư dân|trực thăng|hải lý"
)
_GUARDED = (
    r"chủ quyền|(?<!vùng )(?<!ở )(?<!tại )biển đảo|biển, đảo|luật biển|bám biển|trung quốc|nước ngoài|tàu lạ|tàu sắt|đâm|húc|tấn công|xua đuổi|bắt giữ|vây|hải cảnh|(?<!bệnh viện )quân y|bệnh xá|chiến sĩ|lính đảo|điểm tựa|thăm|chúc tết|học sinh|trường học"
)
_SEA = re.compile(
    r"[Bb]iển Đông(?! (?:Á|Nam|Bắc|Phi|Âu|Dương))(?<![Bb]ãi [Bb]iển Đông)(?<!công viên [Bb]iển Đông)(?<!\bấp [Bb]iển Đông)(?<!thôn [Bb]iển Đông)(?<!khóm [Bb]iển Đông)(?<!phường [Bb]iển Đông)(?<!khách sạn [Bb]iển Đông)|BIỂN ĐÔNG|\bBĐ\b(?![ -]?\d)|[Bb]ien Dong|[Bb]iển đông(?! (?:nghịt|đúc|vui|nghẹt|người|khách|kín|á|nam))"
)
# What `_SEA` finds, in small letters: one of these stands in every window that it matches.
_SEA_CUES = ("biển đông", "bien dong", "bđ", "bd")
# "BĐ" is the sea beside these; it is also short for the post, football and Ba Đình.
_AT_SEA = re.compile(r"\b(?:tq|trung quốc|tàu|hải quân|hải cảnh|ngư dân|chủ quyền|đảo|biển|dậy sóng|hs|ts)\b", re.I)
# A resort, a statue or a wind faces the sea; a hotel zone is named after it.
_VIEW = re.compile(
    r"(?:hướng(?: ra| thẳng ra)?|nhìn (?:thẳng )?ra|trông ra|mặt (?:hướng|tiền)[^.\n]{0,8}|giáp|gió[^.\n]{0,12} từ|(?:đổ|chảy) (?:ra|vào)|ven|"
    r"(?:khu du lịch|khu đô thị|resort|khách sạn)[^.\n]{0,16})(?: phía)? $",
    re.I,
)
_ISLES = re.compile(
    r"(?<!đường )(?<!phố )(?<!kênh )(?<!Công ty )(?<!Nguyễn )(?<!Trần )(?<!Lê )(?:(?:Hoàng|Trường) Sa|(?:Hoang|Truong) Sa|HOÀNG SA|TRƯỜNG SA)\b(?! Đéc)"
)
_ISLES_LOW = re.compile(
    r"(?<!đường )(?<!phố )(?<!quảng )(?<!duong )(?:hoàng|trường|hoang|truong) sa\b(?! đéc)"
)
_STREET = (
    r"(?:đường|phố|bờ kè|hẻm|số nhà|quận|\d+)[ ,-]+(?:hoàng|trường) sa|nhiêu lộc|thị nghè|quận 1\b|quận 3\b"
)
# Streets, bridges, schools, firms and people bear the names of the archipelagos: taken out before any rule is tried.
_KEY = r"(?:[Hh]o[àa]ng|[Tt]r[ưu][ờo]ng|HOÀNG|TRƯỜNG) (?:[Ss]a|SA)\b"
_NAMESAKE = re.compile(
    r"(?:\b(?:(?i:đường|phố|cầu|duong|pho|hẻm|ngã ba|ngã tư|bờ kè|kè|đại lộ|số nhà|trục|nút giao)|(?i:đường|phố|cầu|trường|công viên|tàu|quán|khách sạn|con)[^.\n]{0,20} mang tên)"
    r"(?: số \d+)?\s+(?:[A-ZĐ][^\W\d_]*(?: [A-ZĐ][^\W\d_]*){0,3}\s*(?:,|[-–]|và|với)\s*){0,4}?"
    r"|\b(?:(?i:công ty|doanh nghiệp|khách sạn|nhà hàng|quán|tiệm|hãng|ctcp|tnhh)(?: [^\W\d_]+){0,4}|(?<!các )(?<!những )(?:[Ôô]ng|[Bb]à|[Cc]hị|[Aa]nh|[Cc]ô|[Cc]hú|[Ee]m)"
    r"|Nguyễn|Trần|Lê|Phạm|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Ngô|Dương|Đinh|Trương|Thị|Văn)\s+)"
    rf"{_KEY}(?:\s*(?:,|[-–]|và)\s*{_KEY})?"
)
_NAMED = re.compile(_KEY)
_CANAL = re.compile(r"[Nn]hiêu Lộc|[Tt]hị Nghè|[Kk]ênh (?:[A-ZĐ]|nước)")
_RIGHTS = re.compile(r"quần đảo|chủ quyền|[Bb]iển,? đảo|đặc khu|huyện đảo|hải quân|[Vv]ì Hoàng Sa")


def _without_namesakes(window: str) -> str:
    """Return `window` with streets, firms and people named Hoàng Sa or Trường Sa blanked; beside that canal of TP.HCM every bare name is a street."""
    if "ng Sa" not in window and "ng sa" not in window and "NG SA" not in window:
        return window
    if _NAMED.search(window) is None:
        return window
    bare = _NAMESAKE.sub(lambda match: "*" * len(match.group()), window)
    if _CANAL.search(window) and not _RIGHTS.search(window):
        bare = _NAMED.sub("*", bare)
    return bare


_TRAFFIC = re.compile(r"\b(?:xe (?:tải|con|container|máy|buýt|khách)|ô ?tô|dải phân cách|làn (?:đường|xe)|kẹt xe|ùn tắc|vỉa hè)\b")
_CHANGSHA = re.compile(r"Hồ Nam|Changsha|Ho Nam|Trường Sa \(Trung Quốc")
_BORDER = (
    r"đường biên(?: giới)?\b(?! độ)|biên giới (?:quốc gia|việt nam|việt|với (?:lào|trung quốc|campuchia)|trên (?:bộ|đất liền)|đất liền|phía tây|phía bắc|lãnh thổ|biển|hai nước|hai bên|qg)|"
    r"(?:xã|phường|xã phường) biên giới|(?:vùng|khu vực|tuyến|bảo vệ|giữ|quản lý|đổi|lấn|tuần tra|công tác) (?:khu vực )?biên giới|quốc giới|giữ mốc|tôn tạo mốc|đi tuần|tuần tra|cột mốc|đồn biên phòng|phía trung quốc|"
    r"lính bên|lính (?:trung quốc|tq)|binh sĩ|phong tỏa|bắn máy|máy phát|nổ súng|xe tăng|soldiers|troops|\barmy\b|border|demarcat|frontier|boundary|treaty|treaties|ngư trường|biên cương|hiệp ước"
)
_ABROAD = re.compile(
    r"Thái Lan|Ukraine|Ấn Độ|Pakistan|Israel|Gaza|Iran|Mexico|Afghanistan|Hàn Quốc|Triều Tiên|Ba Lan|Belarus|Thailand|India|Lebanon|Syria|Mỹ"
)
# Two other countries mark their border, guard their waters or cite the law of the sea: neither Viet Nam nor its seas are named.
_BETWEEN_OTHERS = re.compile(r"(?:đường phân giới|phân giới|cắm mốc|mốc (?:biên|quốc)|cột mốc biên|phan gioi|cam moc|moc bien|xâm phạm|xam pham|đường cơ sở|unclos|luật biển|luat bien|law of the sea|cho trung quốc thuê|chủ quyền biên giới|chu quyen bien gioi)")
_LAND = re.compile(r"phân giới|cắm mốc|mốc|cột mốc|phan gioi|cam moc|moc")
_OTHERS = re.compile(rf"{_ABROAD.pattern}|Cuba|Nga\b|Nhật(?! Lệ\b| Tân\b|\w)|Senkaku|Indonesia|Malaysia|Sri Lanka|Donetsk|Donbass|Đan Mạch|Hy Lạp|Thổ Nhĩ Kỳ|Bangladesh|Myanmar|Venezuela|Russia|Japan")
_NEAR = re.compile(r"việt|viet|biển đông|bien dong|hoàng sa|trường sa|philippines|china sea|hải dương|biên phòng")
_OURS = r"việt nam|vietnam|\bvn\b|biên phòng|hà nội|hanoi|ngư dân|hải quân|cảnh sát biển|phía ta|nước ta|phía mình|dân mình|bên mình"


def why_national(sheet: Page, ours: bool = False) -> str:
    """Return the words that a text marked `national` was marked for, as they are written; empty when several vague signs met."""
    plain = sheet.bare or sheet.damaged
    found = sheet.anchors
    window = _without_namesakes(_windows(sheet, [(start, end) for _, start, end in found]))
    low = _scanned(fold(window)) if plain else window.lower()
    spot = _foreign_topic(sheet, ours)
    if spot is not None:
        return sheet.text[slice(*spot)]
    for match in (next(_rule(_SURE, plain).finditer(low), None), _SEA.search(window), _ISLES.search(window), _rule(_BORDER, plain).search(low)):
        if match is not None:
            return window[match.start() : match.end()].strip().replace("\n", " ")
    return names_a_feature(sheet)


def _foreign_topic(sheet: Page, ours: bool) -> tuple[int, int] | None:
    """Return where a topic in Chinese or Lao stands."""
    spots = [(ANCHORS[index], start, end) for index, start, end in sheet.anchors if not ANCHORS[index].isascii()]
    return topic(sheet.text, spots, ours) if spots else None


@cache
def _rule(source: str, folded: bool) -> re.Pattern[str]:
    # Every alternative begins a word; said once in front, it spares the long alternation four positions of five.
    return re.compile(by_first_letter(fold(source) if folded else source))


def is_national(sheet: Page, ours: bool = False) -> bool:
    """Tell whether the text touches a national sovereignty topic; `ours` = it is about a followed province."""
    feature = bool(sheet.features) and bool(names_a_feature(sheet))
    found = sheet.anchors
    if not found:
        return feature and not _stormy(sheet, "", sheet.bare or sheet.damaged)
    if _foreign_topic(sheet, ours) is not None:
        return True
    plain = sheet.bare or sheet.damaged
    window = _without_namesakes(_windows(sheet, [(start, end) for _, start, end in found]))
    low = _scanned(fold(window)) if plain else window.lower()
    sure = next((match for match in _rule(_SURE, plain).finditer(low) if not _hollow(match.group(), low, plain)), None)
    if sure is not None and _BETWEEN_OTHERS.match(sure.group()) and _OTHERS.search(window) and not _near(sure.group(), low):
        return False
    if sure is not None and not _WEATHER_ONLY.match(sure.group()):
        return True
    if feature and not _stormy(sheet, low, plain):
        return True
    sea = any(map(low.__contains__, _SEA_CUES)) and _names_the_sea(sheet, window)
    isles = (" Sa" in window or " SA" in window) and _ISLES.search(window) is not None
    topical = sure is not None or sea or isles or sheet.low or len(set(_rule(_FEATURES, plain).findall(low))) >= 2
    stormy = topical and _stormy(sheet, low, plain)
    if sure is not None and (
        not stormy or any(not _WEATHER_ONLY.match(match.group()) for match in _rule(_SURE, plain).finditer(low))
    ):
        return True
    if topical and not stormy and _of_the_sea(sheet, window, low, plain):
        return True
    if ("km" in low or "cây số" in low or "cay so" in low) and _rule(_LENGTH, plain).search(low) and (ours or not _ABROAD.search(window)):
        return True
    return _border(sheet, low, plain, ours)


# A waterfall that tourists see and a battle at sea of other fleets are topics only beside these.
_BESIDE = {
    "thác bản giốc": r"biên giới|chủ quyền|mốc\b|trung quốc|\btq\b|hiệp ước|phân chia|đức thiên|(?:bị|đã|làm) (?:cắt|mất|bán|lấy)|(?:cắt|mất|bán) (?:cho|vào tay|đất|nước|thác)|nhượng|của (?:ta|việt|mình)",
    "hải chiến": r"(?:hoàng|trường) sa|gạc ma|(?:19)?74\b|(?:19)?88\b|trung quốc|\btq\b|việt nam",
}  # fmt: skip


def _hollow(sure: str, low: str, plain: bool) -> bool:
    """Tell whether the words found need others beside them, and have none."""
    beside = next((words for name, words in _BESIDE.items() if sure in (name, fold(name))), None)
    return beside is not None and _rule(beside, plain).search(low) is None


def _near(sure: str, low: str) -> bool:
    """Tell whether Viet Nam or its seas are named beside what two others do; on land the Philippines are far."""
    return _NEAR.search(low.replace("philippines", "") if _LAND.match(sure) else low) is not None


_QUYEN = re.compile(r"\bch[a-zil1]{1,3} quyen\b")


def _scanned(low: str) -> str:
    """Return folded text with a scanner's "chit quyen", "chii quyen" read as chủ quyền."""
    return _QUYEN.sub("chu quyen", low) if "quyen" in low else low


def _names_the_sea(sheet: Page, window: str) -> bool:
    """Tell whether Biển Đông is named; "BĐ" only in posts: lists of donors write it for Ba Đình (press of 2016)."""
    return any(
        (match.group() != "BĐ" or (len(sheet.text) < 3000 and _AT_SEA.search(window) is not None))
        and not _VIEW.search(window, max(0, match.start() - 32), match.start())
        and not _FORECAST.search(_clause(window, match.start()))
        for match in _SEA.finditer(window)
    )


# One item of a round-up is a forecast: "Áp thấp nhiệt đới gần Biển Đông | Cháy nhà ở TP HCM".
_FORECAST = re.compile(r"[Áá]p thấp|\b[Bb]ão\b|[Kk]hông khí lạnh|[Gg]ió mùa|[Nn]hiễu động|[Ss]óng (?:biển )?cao|[Xx]oáy thuận|[Dd]ải hội tụ")
_ENDS = re.compile(r"[.;|\n]")


def _clause(window: str, at: int) -> str:
    """Return the item or sentence of `window` that holds `at`."""
    starts = [end.end() for end in _ENDS.finditer(window, 0, at)]
    stop = _ENDS.search(window, at)
    return window[starts[-1] if starts else 0 : stop.start() if stop else len(window)]


def _stormy(sheet: Page, low: str, plain: bool) -> bool:
    """Tell whether the text opens as a forecast or tells of a boat in distress: then a name of the sea is only where it is."""
    opening = sheet.folded[:900] if plain else sheet.text[:900].lower()
    if len({*_rule(_STORM, plain).findall(opening), *_rule(_STORM, plain).findall(low)}) >= 2:
        return True
    if plain and len(set(_ENGLISH_STORM.findall(f"{opening}\n{low}"))) >= 2 and _ENGLISH_RIGHTS.search(sheet.folded) is None:
        return True
    if len(sheet.text) > 6000 or len(set(_rule(_DISTRESS, plain).findall(f"{opening}\n{low}"))) < 3:
        return False
    return _rule(_GUARDED, plain).search(sheet.folded if plain else sheet.text.lower()) is None


def _of_the_sea(sheet: Page, window: str, low: str, plain: bool) -> bool:
    """Tell whether Biển Đông or an archipelago is named as such: no storm, no street, no city of Hồ Nam."""
    if _names_the_sea(sheet, window) and not re.search(r"\bbão\b|\bbao so\b", low):
        return True
    if _CHANGSHA.search(window) or _rule(_STREET, plain).search(low):
        return False
    if len(set(_rule(_FEATURES, plain).findall(low))) >= 2:
        return True
    if _TRAFFIC.search(low) and not _RIGHTS.search(window) and "đảo" not in low:
        return False  # "tạt đầu xe tải, hôm 19/1 tại Trường Sa" (VnExpress, 2026) is the street
    return _ISLES.search(window) is not None or (sheet.low and _ISLES_LOW.search(low) is not None)


def _windows(sheet: Page, spots: list[tuple[int, int]]) -> str:
    """Return the text around the anchors, stretches apart on lines of their own, tone marks in one style."""
    parts: list[list[int]] = []
    for start, end in spots:
        if parts and start - 160 <= parts[-1][1]:
            parts[-1][1] = end + 160
        else:
            parts.append([max(0, start - 160), end + 160])
        if len(parts) > 40:
            break
    return one_tone_style("\n".join(sheet.text[start:end] for start, end in parts))


def _border(sheet: Page, low: str, plain: bool, ours: bool) -> bool:
    """Tell whether several general signs of the land border meet in a Vietnamese setting."""
    signs = set(_rule(_BORDER, plain).findall(low))
    if len(signs) < 2:
        return False
    setting = len(set(_rule(_OURS, plain).findall(low))) + ours
    return len(signs) + setting >= 3 and (ours or _ABROAD.search(sheet.text) is None)
