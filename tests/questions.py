"""Questions that an analyst might ask, for the parity of both engines and for the bench: more than 200."""

from __future__ import annotations

WORDS = (
    "biên giới", "bien gioi", "biển Đông", "bien dong", "chủ quyền", "chu quyen", "hải quân", "cột mốc", "cot moc", "cửa khẩu",
    "Thanh Hóa", "Thanh Hoá", "thanh hoa", "Ninh Bình", "Lào Cai", "Quảng Trị", "quang tri", "Hà Nội", "ha noi", "Đà Nẵng",
    "Trung Quốc", "trung quoc", "Việt Nam", "Hoàng Sa", "hoang sa", "Trường Sa", "công an", "học sinh", "giá xăng", "bóng đá",
    "vaccine", "Covid-19", "kinh tế", "thủ tướng", "bão", "đảo", "dao", "đồng", "dong", "12", "2016", "U23", "đường sắt", "lũ lụt",
)  # fmt: skip
_PHRASES = tuple(f'"{words}"' for words in WORDS if " " in words)
_PREFIXES = ("biê*", "bien*", "chủ*", "chu*", "vacc*", "covid*", "đườ*", "20*", "trung*", "ngh*")
_NEAR = (
    "biên near/5 giới", "giới near/3 biên", '"Hà Nội" near/10 "Trung Quốc"', "ha near/5 noi", '"công an" near/4 xã', "gia near/2 tang",
    "moc near/5 biên", '"thanh hoa" near/8 bong', "Việt near/1 Nam", "Việt near/100 Lào", "học near/2 sinh near/5 trường", '"kinh tế" near/3 "xã hội"',
    "ha near/5 hà", '"a b" near/3 "b c"', '"học sinh" near/2 sinh', '"đại học" near/1 "học sinh"',
)  # fmt: skip
_FIELDS = (
    "tier:flag", "tier:watch", "tier:none", "verdict:CONTRADICTED", "verdict:position_claim", "type:D06", "type:D18", "ref:PCA-05", "ref:pca-01",
    'outlet:"Dân trí"', "outlet:dan-tri", "outlet:dantri_2021", "outlet:press_2016", "outlet:khong-co", "about:thanh-hoa", "about:lao-cai", "mention:ha-noi",
    "lang:vi", "lang:zh", "kind:press", "national:yes", "national:không", "status:mới", 'status:"cần phản hồi"', "status:dang-xem",
    "since:2016-06-01", "before:2016-03-01", "since:01/02/2016 before:01/03/2016", "since:7d", "since:10y", "before:2000-01-01",
)  # fmt: skip
_MIXED = (
    "biên giới tier:flag", "biên giới OR hải đảo", "biên giới NOT Trung Quốc", "NOT biên", "NOT tier:flag NOT tier:watch", "NOT (biên OR giới)",
    "(biên giới OR cửa khẩu) AND tier:watch", '("Thanh Hóa" OR "Ninh Bình") about:thanh-hoa', "bão NOT (lũ OR lụt) since:2016-01-01",
    "since:2016-06-01 OR tier:flag", "NOT since:2016-06-01", "(since:2016-06-01 OR national:yes) biên", "NOT (before:2016-06-01 AND tier:flag) giới",
    "tier:flag AND (type:D06 OR type:D01 OR type:D02) NOT status:mới", 'kinh tế "xã hội" NOT "kinh tế xã hội"', "a OR b OR c OR d OR e",
    '"bien giới"', '"viet Nam"', '"Trung quốc"', '"tổng thống Trump"', '"biên gioi"', '"Cong an huyện"', "công OR NOT an", "((((biên))))",
    "biên AND giới AND NOT (hải OR đảo) OR cửa khẩu", "nguyễn near/5 phạm OR trần", "“thủ tướng”", '"của" "và" "là"', "của và là", "CỦA VÀ LÀ",
    "outlet:dan-tri bóng đá NOT covid*", "covid* OR ncov* vaccine", "dân trí", "xyzzy", "xyzzy OR bão", "xyzzy NOT bão", "bão NOT xyzzy",
    "越南", "Việt-Nam", "Việt_Nam", "Việt/Nam", "10.000", "10,5%", "3-0", "TP.HCM", "TP HCM", "tp.", "e-mail", "www", "ﬁ", "Đ", "ð", "ê",
)  # fmt: skip
# As it is typed in a hurry: without marks, marks on the other vowel, mixed, in capitals, combining marks apart.
_TYPED = (
    "hoa binh", "thuỷ sản", "thủy sản", "Thuỷ Sản", "hoà giải", "hòa giải", "khoẻ mạnh", "qúy", "quý", "DUONG SAT", "Đường Sắt", "duong sắt", "đuong", "dien", "Điện",
    "bie\u0302n gio\u031b\u0301i", "Ha\u0300 No\u0323\u0302i", '"Tru\u031bo\u031b\u0300ng Sa"', "dd", "đđ", "ko", "k", "vn", "VN", "TQ", "hoc sinh", '"hoc sinh"', '"học sinh"', "HỌC sinh",
)  # fmt: skip
QUESTIONS = (
    *WORDS, *_TYPED, *_PHRASES, *_PREFIXES, *_NEAR, *_FIELDS, *_MIXED,
    *(f"{words} tier:flag" for words in WORDS[:15]),
    *(f"{words} NOT Hà Nội since:2016-02-01" for words in WORDS[15:30]),
    "",
)  # fmt: skip

# The ten that the bench times: from a single rare word to a common word with everything else.
TYPICAL = (
    "bien gioi", '"biên giới"', "tier:flag since:30d", '"cột mốc" OR "cửa khẩu"', "biển Đông about:thanh-hoa", '"chủ quyền" near/10 biển',
    "chủ* NOT thể", 'outlet:"Báo Mẫu 3" Hà Nội', "của", "",
)  # fmt: skip
