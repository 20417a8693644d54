"""The plain Vietnamese sentence of each ground (grounds.py); a page in another language turns it over by its message."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.records import Ground

MESSAGES: dict[str, Callable[..., str]] = {
    "number": lambda written, ref, known: f"Bài viết “{written}”, còn tư liệu {ref} ghi {known}.",
    "statement": lambda written, ref, known: f"Đoạn “{written}” trái với tư liệu {ref}: {known}.",
    "unlisted": lambda written: f"Đoạn “{written}” dẫn một văn kiện không có trong sổ đăng ký đã tra.",
    "position": lambda written: f"Đoạn “{written}” nêu yêu sách của một bên như điều đương nhiên.",
    "picture": lambda written: f"Đoạn “{written}” tả một hình cần người xem.",
    "incident": lambda written: f"Đoạn “{written}” kể một sự việc chưa có nơi chính thức hay nguồn thứ hai xác nhận.",
    "agrees": lambda written, ref: f"Đoạn “{written}” khớp tư liệu {ref}.",
    "own-voice": lambda: "Không thấy chữ nào dẫn lời hay bác bỏ: bài nói bằng lời của mình.",
    "voice": lambda ground: f"Cách nói trong bài: {ground}.",
    "similar": lambda sample: f"Giống một câu mẫu đã biết là sai lệch: “{sample}”.",
    "by-likeness": lambda: "Không so được con số, ngày hay văn kiện cụ thể nào: máy dựa vào cách viết giống các câu mẫu.",
    "unlike": lambda: "Máy không thấy câu mẫu nào thật giống câu này.",
    "hedge": lambda word: f"Trong câu có chữ rào đón “{word}”.",
    "about": lambda written: f"Con số được viết phỏng chừng: “{written}”.",
    "quoted": lambda: "Phần được đối chiếu nằm trong ngoặc kép.",
    "from-around": lambda: "Câu không nêu đủ tên: phần còn thiếu lấy từ tít hoặc câu trước.",
    "partly-agrees": lambda ref, written: f"Phần khác của câu khớp tư liệu {ref}: “{written}”.",
    "other-entries": lambda refs: f"Câu này cũng gần với tư liệu {refs}.",
    "older-values": lambda ref, values: f"Tư liệu {ref} còn ghi số cũ hoặc số làm tròn: {values}.",
    "denial-near": lambda word: f"Câu ngay trước hoặc sau có chữ bác bỏ “{word}”: nên đọc cả đoạn.",
    "undated": lambda: "Bài không có ngày đăng nên chưa đối chiếu được theo thời điểm.",
}


def said(ground: Ground) -> str:
    """Return the sentence of a ground; the code itself for one that this version does not know."""
    return MESSAGES[ground.code](**dict(ground.values)) if ground.code in MESSAGES else ground.code
