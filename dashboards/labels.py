"""Vietnamese labels of stored codes: roles, tiers, languages, types of claims, states of sources."""

from __future__ import annotations

from pipelines.records import Role, Tier

TIER_VI = {Tier.FLAG: "Gắn cờ", Tier.WATCH: "Cần xem", Tier.NONE: "Không nêu"}

ROLE_VI = {
    Role.ASSERT: "Bài tự khẳng định",
    Role.ENDORSE: "Dẫn lời và tán đồng",
    Role.ATTRIB: "Dẫn lời, không tán đồng",
    Role.REBUT: "Nêu để bác bỏ",
    Role.REPORT_ACTION: "Đưa tin xử lý vi phạm",
    Role.ACADEMIC: "Lập luận học thuật",
    Role.QUESTION: "Câu hỏi, giả định",
    Role.SATIRE_FICTION: "Châm biếm, hư cấu",
    Role.OPINION: "Ý kiến",
    Role.INCIDENTAL: "Chỉ nhắc địa danh",
    Role.LEGAL_TEXT: "Trích văn bản pháp lý",
}

LANG_VI = {
    "vi": "tiếng Việt", "en": "tiếng Anh", "zh": "tiếng Trung", "lo": "tiếng Lào", "km": "tiếng Khmer",
    "fr": "tiếng Pháp", "ru": "tiếng Nga", "th": "tiếng Thái",
}  # fmt: skip

PERSPECTIVE_VI = {
    "multilateral": "văn kiện đa phương",
    "international_award": "phán quyết quốc tế",
    "bilateral_CN": "văn kiện Việt Nam – Trung Quốc",
    "bilateral_LA": "văn kiện Việt Nam – Lào",
    "bilateral_KH": "văn kiện Việt Nam – Campuchia",
    "vn_law": "pháp luật Việt Nam",
    "vn_law_or_fact": "pháp luật hoặc số liệu Việt Nam",
    "state_declaration": "tuyên bố của một nước",
    "state_submission": "hồ sơ một nước nộp",
    "fact": "sự kiện, số liệu",
}

# Kinds of marked sentences (dashboards/highlight.py).
MARK_VI = {
    "raised": "đã nêu cảnh báo", "compared": "đã đối chiếu, không nêu", "opinion": "ý kiến, câu hỏi hoặc chỉ nhắc: không đánh giá",
}  # fmt: skip

# Short names of the codebook's types (taxonomy.json).
TYPE_VI = {
    "D01": "chủ quyền nêu như đã được công nhận", "D02": "bản đồ, hình ảnh đường lưỡi bò", "D03": "phán quyết 2016",
    "D04": "công thư 1958", "D05": "“nhượng đất” biên giới phía Bắc", "D06": "tỷ lệ, số liệu điều ước",
    "D07": "sự cố cột mốc, đụng độ biên giới", "D08": "tên gọi như khẳng định chủ quyền",
    "D09": "văn kiện giả, trích dẫn bịa", "D10": "UNCLOS, vùng đặc quyền kinh tế", "D11": "đường cơ sở, thềm lục địa",
    "D12": "tư liệu chiến sự 1974, 1979, 1988", "D13": "ngư dân, tàu cá, IUU", "D14": "biên giới Lào",
    "D15": "biên giới Campuchia, Phú Quốc", "D16": "sáp nhập tỉnh và biên giới, biển, đảo",
    "D17": "ảnh, video cũ hoặc nơi khác", "D18": "Cairo, Potsdam, San Francisco, Genève",
}  # fmt: skip

CONFIDENCE_VI = {
    "verified": "đã đối chiếu với trang công khai",
    "verified in part": "đã đối chiếu một phần",
    "from knowledge, to verify": "chưa đối chiếu, cần người phụ trách kiểm chứng",
}

VALIDITY_VI = {"current": "đang dùng", "legacy": "số liệu cũ", "rounding": "làm tròn"}

UNIT_VI = {
    "percent": "%", "km2": "km²", "nm": "hải lý", "number": "", "date": "ngày", "year": "năm", "markers": "mốc",
    "articles": "điều", "points": "điểm", "units": "đơn vị", "people": "người", "gates": "cửa khẩu", "votes": "phiếu",
    "provinces": "tỉnh", "communes": "xã", "cities": "thành phố", "positions": "vị trí", "dashes": "đoạn",
    "features": "thực thể", "chapters": "chương", "documents": "văn kiện", "parts": "phần", "parties": "bên",
    "segments": "đoạn", "inspections": "lần kiểm tra",
}  # fmt: skip

ORIGIN_VI = {
    "feed": "feed", "meta": "thẻ meta của trang", "json-ld": "dữ liệu JSON-LD của trang", "url": "địa chỉ trang",
    "text": "chữ trên trang", "sitemap": "sitemap", "none": "không rõ",
}  # fmt: skip

# Areas of the reference base: the files of classifiers/references.
AREA_VI = {
    "law_of_the_sea": "Luật biển", "award_2016": "Phán quyết 2016", "dashed_line": "Đường đứt đoạn", "hoang_sa": "Hoàng Sa", "truong_sa": "Trường Sa",
    "letter_1958": "Công thư 1958", "postwar": "Văn kiện sau chiến tranh", "names": "Tên gọi", "vietnamese_law": "Pháp luật Việt Nam",
    "border_china": "Biên giới với Trung Quốc", "border_laos": "Biên giới với Lào", "border_cambodia": "Biên giới với Campuchia",
    "gulf_of_tonkin": "Vịnh Bắc Bộ", "coast": "Bờ biển, vùng biển", "fisheries": "Nghề cá, IUU", "incidents": "Sự kiện, chiến sự", "administration": "Đơn vị hành chính",
}  # fmt: skip

# States that the collecting step writes into `source_states`.
SOURCE_VI = {
    "new": "chưa hỏi lần nào", "ok": "tốt", "offline": "mạng của ta hỏng", "drying": "đang cạn tin", "flooding": "tăng đột biến", "empty": "feed rỗng",
    "moved": "đã chuyển chỗ", "blocked by robots": "robots.txt không cho", "blocked": "bị chặn",
    "not a feed": "không còn là feed", "gone": "không còn", "slow": "quá chậm", "clock wrong": "đồng hồ sai",
    "unreachable": "không kết nối được", "lying": "trả 304 sai sự thật", "failing": "đang lỗi",
    "certificate": "chứng chỉ sai", "damaged": "feed bị cắt", "garbled": "sai bảng mã", "dates wrong": "ngày sai",
    "unstable": "đổi địa chỉ bài", "wrong page": "trang khác thay cho bài", "unreadable": "bài không có chữ",
    "selectors": "bộ chọn không còn khớp", "overdue": "không được hỏi nữa",
}  # fmt: skip

# Actions of the audit log; an unknown one is shown as it is written.
ACTION_VI = {
    "session.start": "vào bàn làm việc", "session.refused": "vào không được", "session.end": "ra, kết thúc phiên",
    "user.first": "lập quản trị đầu tiên", "user.add": "thêm người dùng", "user.role": "đổi vai trò", "user.disable": "khóa người dùng",
    "user.enable": "mở lại người dùng", "user.link": "cấp liên kết dùng một lần", "user.password": "đặt mật khẩu",
    "user.totp": "đổi xác thực hai bước", "user.recovery": "lập mã dự phòng mới", "user.sessions": "kết thúc mọi phiên",
    "user.oidc-link": "nối tài khoản cơ quan", "settings.change": "đổi cấu hình", "evidence.read": "đọc bài, cảnh báo",
    "evidence.export": "lấy hồ sơ", "evidence.timestamp": "đóng dấu thời gian", "evidence.seal": "lập và ký hồ sơ",
    "evidence.incomplete": "lập hồ sơ chưa đủ", "evidence.key.rotate": "đổi khóa ký hồ sơ", "factcard.approve": "duyệt thẻ tư liệu",
    "digest.edit": "sửa điểm báo", "digest.approve": "duyệt điểm báo", "digest.send": "gửi điểm báo", "digest.read": "đọc, tải điểm báo", "reply.sent": "gửi đề nghị cải chính",
    "reply.answered": "nhận trả lời của báo", "retention.forget": "xóa theo hạn lưu", "alert.decide": "quyết định", "alert.undo": "hoàn tác",
    "alert.assign": "giao việc", "alert.note": "ghi chú", "alert.second-look": "xem lại độc lập", "export": "xuất dữ liệu",
    "digest.write": "lập điểm báo", "report.write": "lập báo cáo", "factcard.write": "lập thẻ tư liệu", "correction.draft": "soạn đề nghị cải chính",
    "client-add": "cấp mã API", "client-revoke": "thu hồi mã API",
}  # fmt: skip

# Ways to come in, and where a setting is from.
WAY_VI = {
    "password": "mật khẩu", "totp": "mật khẩu và điện thoại", "recovery": "mật khẩu và mã dự phòng", "oidc": "tài khoản của cơ quan",
    "setup": "lần đầu mở",
}  # fmt: skip
# Names inside the details of an audit entry; values that are codes are named by the same table.
DETAIL_VI = {
    "name": "tên", "role": "vai trò", "from": "từ", "to": "thành", "by": "bởi", "address": "địa chỉ", "way": "cách vào", "step": "bước",
    "why": "vì", "sessions_ended": "số phiên kết thúc", "ended": "số phiên kết thúc", "outcome": "kết luận", "status": "tình trạng",
    "reason": "lý do", "version": "bản", "on": "bật", "True": "có", "False": "không", "code": "mã", **WAY_VI,
    "guest": "khách", "viewer": "xem", "analyst": "phân tích", "approver": "duyệt", "admin": "quản trị",
}  # fmt: skip
SETTING_FROM_VI = {
    "environment": "biến môi trường", "file": "cotmoc.toml", "desk": "trang này", "call": "dòng lệnh", "default": "mặc định",
}  # fmt: skip
