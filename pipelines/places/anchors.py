"""Words of which one must stand in the folded text before any rule of `national.py` is tried."""

ANCHORS = (
    "西沙", "南沙", "东沙", "中沙", "三沙", "黄沙群岛", "长沙群岛", "南海", "九段", "十段", "十一段", "断续线", "仲裁案", "北部湾", "万安滩", "陆地边界", "领海", "海洋法", "海上边界", "边界线", "界碑", "勘界", "主权", "ເສັ້ນຊາຍແດນ", "ຫຼັກໝາຍ", "ຫລັກໝາຍ", "ອະທິປະໄຕ", "ທະເລຈີນໃຕ້", "ທະເລຕາເວັນອອກ", "ດິນແດນ", "ທະຫານ", "ສັນຍາລັບ",
    "hoang sa", "truong sa", "tay sa", "nam sa", "tam sa", "bien dong", "luoi bo", "chin doan", "9 doan", "muoi doan", "10 doan", "duong doan", "chin vach", "10 vach", "net dut", "nine-dash", "nine dash", "ten-dash", "ten dash", "dashes", "dashed line", "u-shaped", "unclos", "luat bien", "law of the sea",
    "phan dinh", "vinh bac bo", "tonkin", "duong co so", "baseline", "lanh hai", "dac quyen kinh te", "them luc dia", "economic zone", "bien gioi", "duong bien",
    "cot moc", "moc quoc", "moc bien", "moc gioi", "giu moc", "ton tao moc", "moc 1", "moc 2", "moc 3", "moc 4", "moc 5", "moc 6", "moc 7", "cam moc", "chu quyen", "bien dao", "bien, dao", "cong ham", "cong thu", "1958", "thanh do", "san francisco", "gac ma", "len dao",
    "co lin", "da chu thap", "bai chu thap", "chau vien", "vanh khan", "xu bi", "ga ven", "dao ba binh", "ba binh cho", "phan ba binh", "dao phu lam", "tri ton", "bai tu chinh", "tu chinh,", "song tu tay", "dao sinh ton", "bai co may", "nam yet", "son ca", "phan vinh", "dao thi tu", "dao da tay", "subi", "scarborough",
    "dk1", "nha gian", "nam quan", "ban gioc", "brevie", "koh tral", "hd-981", "hd 981", "haiyang", "hai duong 981", "hai duong 9", "hai duong dia chat", "paracel", "spratly", "china sea",
    "philippine sea", "sansha", "woody island", "fiery cross", "kalayaan", "pag-asa", "xisha", "nansha", "hai chien", "99 nam", "ninety-nine", "hun sen", "thue dao", "cua campuchia",
    "linh ben", "linh trung quoc", "linh tq", "binh si", "troops", " army", "soldiers", "border", "demarcat", "frontier", "boundary", "tau la", "tau sat", "tau trung quoc", "tau hai canh", "hai canh", " bd", "ngu truong", "toa trong tai", "arbitra", "hiep uoc", "treaty",
    "hs-ts", "hsts", "hs ts", "bd", "kien tq", "duong dut", "phan gioi", "nghi dinh thu", "bien cuong", "quoc gioi", "nuoc ngoai quan ly", "ranh gioi bien", "giap kham", "lan sang",
    "east sea", "hoangsa", "truongsa", "hoang_sa", "truong_sa", "chit quyen", "chii quyen", "quyen bien",
)  # fmt: skip

_OPEN = frozenset({"demarcat", "arbitra", "dash", "moc 1", "moc 2", "moc 3", "moc 4", "moc 5", "moc 6", "moc 7", "spratly", "paracel", "baseline", "treaty"})
OPEN = frozenset(index for index, anchor in enumerate(ANCHORS) if anchor in _OPEN)  # these may go on within the word
