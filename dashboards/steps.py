"""Names of the workflow's steps and the ready reasons per outcome: the house's own, or the office's by its settings."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.errors import UsageError, UserError
from pipelines.settings import Settings
from pipelines.store.alerts import DUPLICATE, FOLLOW, LOOKING, NEEDS_REPLY, NEW, NOT_DISTORTED, WAITING

# The keys 1–5 of the desk, in this order.
KEYS = (LOOKING, NEEDS_REPLY, NOT_DISTORTED, FOLLOW, DUPLICATE)

REASONS: Mapping[str, tuple[str, ...]] = {
    LOOKING: ("Đã tiếp nhận, đang thẩm định",),
    NEEDS_REPLY: (
        "Trái với văn kiện đã dẫn; đề nghị nơi đăng cải chính",
        "Số liệu sai so với nguồn chính thức",
        "Dẫn văn kiện không có trong danh mục đã đối chiếu",
        "Hình ảnh, bản đồ thể hiện sai chủ quyền",
    ),
    NOT_DISTORTED: (
        "Bài chỉ dẫn lời, không tán đồng",
        "Bài nêu để bác bỏ",
        "Đối chiếu lại thấy phù hợp tư liệu",
        "Là ý kiến, không phải dữ kiện kiểm tra được",
        "Máy đọc nhầm câu",
    ),
    FOLLOW: ("Chờ nguồn thứ hai hoặc nguồn chính thức", "Chờ nơi đăng sửa bài", "Cần người xem ảnh, bản đồ"),
    DUPLICATE: ("Cùng nội dung với câu chuyện đã xử lý", "Đăng lại bài đã có kết luận"),
}


def step(settings: Settings, status: str) -> str:
    """Return the name that the office gives to a state or outcome (`steps` of the settings), else the house's own."""
    return settings.steps.get(status, status)


def reasons(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Return the ready reasons per outcome: the office's list where it has one (`reasons` of the settings)."""
    return {outcome: settings.reasons.get(outcome) or REASONS[outcome] for outcome in KEYS}


def reason_of(settings: Settings, outcome: str, written: str, ready: str, quick: bool = False) -> str:
    """Return the reason of a form: what was written, else the ready one, else (`quick`) the outcome's first.

    UserError when the ready reason is one of another outcome: the log would say what nobody meant.
    """
    if written.strip():
        return written
    own = reasons(settings).get(outcome, ())
    if ready and own and ready not in own:
        raise UserError(f"lý do “{ready[:120]}” thuộc kết luận khác; hãy chọn lý do của “{step(settings, outcome)}”")
    return ready or (own[0] if quick and own else "")


def check(settings: Settings) -> None:
    """Raise UsageError when the settings name a step or outcome that is none."""
    for given, allowed, where in ((settings.steps, (NEW, *KEYS, WAITING), "steps"), (settings.reasons, KEYS, "reasons")):
        unknown = [name for name in given if name not in allowed]
        if unknown:
            raise UsageError(f"cấu hình {where}: không có bước “{unknown[0]}”; chọn trong: {', '.join(allowed)}")
