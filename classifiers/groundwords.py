"""The plain Vietnamese sentence of each ground (grounds.py); a page in another language turns it over by its message."""

from __future__ import annotations

from pipelines.records import Ground

MESSAGES = {
    "number": "Bài viết “%(written)s”, còn tư liệu %(ref)s ghi %(known)s.",
    "statement": "Đoạn “%(written)s” trái với tư liệu %(ref)s: %(known)s.",
    "unlisted": "Đoạn “%(written)s” dẫn một văn kiện không có trong sổ đăng ký đã tra.",
    "position": "Đoạn “%(written)s” nêu yêu sách của một bên như điều đương nhiên.",
    "picture": "Đoạn “%(written)s” tả một hình cần người xem.",
    "incident": "Đoạn “%(written)s” kể một sự việc chưa có nơi chính thức hay nguồn thứ hai xác nhận.",
    "agrees": "Đoạn “%(written)s” khớp tư liệu %(ref)s.",
    "own-voice": "Không thấy chữ nào dẫn lời hay bác bỏ: bài nói bằng lời của mình.",
    "voice": "Cách nói trong bài: %(ground)s.",
    "similar": "Giống một câu mẫu đã biết là sai lệch: “%(sample)s”.",
    "by-likeness": "Không so được con số, ngày hay văn kiện cụ thể nào: máy dựa vào cách viết giống các câu mẫu.",
    "unlike": "Máy không thấy câu mẫu nào thật giống câu này.",
    "hedge": "Trong câu có chữ rào đón “%(word)s”.",
    "about": "Con số được viết phỏng chừng: “%(written)s”.",
    "quoted": "Phần được đối chiếu nằm trong ngoặc kép.",
    "from-around": "Câu không nêu đủ tên: phần còn thiếu lấy từ tít hoặc câu trước.",
    "partly-agrees": "Phần khác của câu khớp tư liệu %(ref)s: “%(written)s”.",
    "other-entries": "Câu này cũng gần với tư liệu %(refs)s.",
    "older-values": "Tư liệu %(ref)s còn ghi số cũ hoặc số làm tròn: %(values)s.",
    "denial-near": "Câu ngay trước hoặc sau có chữ bác bỏ “%(word)s”: nên đọc cả đoạn.",
    "undated": "Bài không có ngày đăng nên chưa đối chiếu được theo thời điểm.",
}


def said(ground: Ground) -> str:
    """Return the sentence of a ground; the code itself for one that this version does not know."""
    return MESSAGES[ground.code] % dict(ground.values) if ground.code in MESSAGES else ground.code
