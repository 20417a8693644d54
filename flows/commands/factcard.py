"""`cotmoc factcard`: short texts from the reference base, given out only as two persons approved them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.options import DataOption


def factcard(
    what: Annotated[list[str], typer.Argument(metavar="REF | approve REF | draft REF", help="Mã tư liệu, ví dụ GT-02; “draft”: bản nháp; “approve”: duyệt.")],
    form: Annotated[str, typer.Option("--format", help="radio, sms160, sms500, web.")] = "web",
    lang: Annotated[str, typer.Option("--lang", help="vi, en, zh.")] = "vi",
    by: Annotated[str, typer.Option("--by", help="Người duyệt thứ nhất (bàn, chức danh).")] = "",
    second: Annotated[str, typer.Option("--second", help="Người duyệt thứ hai.")] = "",
    text: Annotated[Path | None, typer.Option("--text", help="Tệp văn bản của thẻ khi duyệt (mặc định: bản nháp từ tư liệu).")] = None,
    plain: Annotated[bool, typer.Option("--no-marks", help="Bản nháp không dấu, để một tin nhắn chứa được 160 ký tự.")] = False,
    output: Annotated[Path | None, typer.Option("--output", help="Thư mục ghi thẻ (mặc định: in ra).")] = None,
    data: DataOption = None,
) -> None:
    """Thẻ thông tin cho truyền thanh, tin nhắn, trang web: chỉ phát văn bản đã có hai người duyệt."""
    from classifiers.referencebase import load_references
    from dashboards.factcards import FORMATS, approve, approved, draft, faults
    from dashboards.factcards.card import LANGS, PACE, seconds_of, sms_of, syllables, unmarked
    from flows.context import open_store, settings
    from pipelines.clock import local, now
    from pipelines.errors import UsageError, UserError

    verb, ref = (what[0], what[1]) if len(what) == 2 and what[0] in ("approve", "draft") else ("give", what[0])
    if len(what) != (1 if verb == "give" else 2) or form not in FORMATS or lang not in LANGS:
        raise UsageError(f"dùng: cotmoc factcard [approve|draft] REF --format {'|'.join(FORMATS)} --lang {'|'.join(LANGS)}")
    entry, moment = load_references().get(ref), now()
    today = local(moment).date()

    def drafted() -> str:
        words = draft(entry, form, lang)
        return unmarked(words) if plain and lang == "vi" else words

    def said(words: str) -> str:
        """What a text costs: places and messages, or seconds."""
        if form.startswith("sms"):
            cost = sms_of(words)
            return f"{len(words)} ký tự, {cost.places} chỗ {cost.coding}, {cost.messages} tin nhắn"
        return f"{syllables(words)} âm tiết, đọc khoảng {seconds_of(words)} giây ({PACE} âm tiết một phút)" if form == "radio" else ""

    if verb == "draft":
        words = drafted()
        typer.echo(words)
        cost = said(words)
        if cost:
            typer.echo(cost, err=True)
        for fault in faults(entry, form, words, today, lang):
            typer.echo(f"chưa dùng được: {fault}", err=True)
        return
    config = settings(data)
    store = open_store(config)
    try:
        if verb == "approve":
            try:
                words = text.read_text(encoding="utf-8") if text else drafted()
            except (OSError, UnicodeDecodeError) as error:
                raise UserError(f"{text}: không đọc được văn bản UTF-8") from error
            with store.begin() as conn:
                approve(conn, entry, form, lang, words, by, second, moment, today)
            typer.echo(f"đã duyệt {ref} {form} {lang}: {by}, {second}", err=True)
            return
        with store.read() as conn:
            card = approved(conn, entry, form, lang, today)
        if said(card["text"]):
            typer.echo(said(card["text"]), err=True)
        if output is None:
            typer.echo(card["text"])
            return
        from dashboards.factcards.write import write_card

        typer.echo(str(write_card(store, config.profile, entry, form, lang, card, output, moment)))
    finally:
        store.close()
