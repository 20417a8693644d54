"""What a crawler meets besides articles: gambling spam, a page of 30 MB."""

from __future__ import annotations

from collections.abc import Iterator

HUGE_BYTES = 30 * 1024 * 1024
SPAM_PATHS = ("/nha-cai/keo-thom-hom-nay.77001/", "/nha-cai/xo-so-88-lai-chau.77002/", "/nha-cai/tai-game-no-hu.77003/")
HUGE_PATH = "/tai-lieu/toan-van-ky-yeu.99030/"

_PROVINCES = (
    "Ninh Bình, Nam Định, Hà Nam, Lào Cai, Yên Bái, Thanh Hóa, Quảng Trị, Quảng Bình, Nghệ An, Hà Tĩnh, Đà Nẵng, "
    "Khánh Hòa, Cao Bằng, Lạng Sơn, Quảng Ninh, Hải Phòng, Điện Biên, Lai Châu, Tuyên Quang, Hoàng Sa, Trường Sa"
)


def spam(path: str) -> tuple[str, str]:
    """Return title and HTML body of a gambling page stuffed with province names."""
    brand = {SPAM_PATHS[0]: "KEOTHOM-99", SPAM_PATHS[1]: "XOSO-88 VIP", SPAM_PATHS[2]: "NOHU-77"}[path]
    title = f"{brand} - Nhà cái uy tín số 1 Ninh Bình, Lào Cai, Thanh Hóa, Quảng Trị | Nạp 50K nhận 500K"
    line = (
        f"{brand} nhà cái uy tín tại {_PROVINCES}. Kèo thơm hôm nay, soi cầu lô đề miền Bắc, nổ hũ, bắn cá, "
        "tài xỉu online, khuyến mãi nạp đầu 150%, rút tiền 1 phút, link không bị chặn. "
    )
    body = "".join(f"<p>{line}</p>" for _ in range(12))
    hidden = f'<div style="display:none">{" ".join([_PROVINCES] * 20)}</div>'
    return title, body + hidden


def huge(size: int = HUGE_BYTES) -> Iterator[bytes]:
    """Yield a page of `size` bytes in blocks of 64 KiB: an office's proceedings glued into one page."""
    head = (
        '<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Toàn văn kỷ yếu (một trang)</title>'
        "</head><body><h1>Toàn văn kỷ yếu (một trang)</h1>"
    ).encode()
    tail = b"</body></html>"
    line = ("<p>Tờ số liệu được dán nối tiếp để in ra giấy, không dùng để đọc trên màn hình.</p>\n" * 700).encode()
    left = size - len(head) - len(tail)
    yield head
    while left > 0:
        block = line[: min(left, 65_536)]
        left -= len(block)
        # a cut may fall inside a character or a tag: such pages are broken as well
        yield block
    yield tail
