"""`cotmoc evidence STORY` builds a pack; `verify PACK` checks one; `key` shows the office's key; `stamp` asks for time stamps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.options import DataOption

if TYPE_CHECKING:
    from pipelines.settings import Settings
    from pipelines.store import Store


def evidence(
    what: Annotated[list[str], typer.Argument(metavar="STORY | verify PACK | key [rotate] | stamp | sent STORY | answered STORY", help="Mã câu chuyện hoặc cảnh báo (từ 6 ký tự đầu); “verify” và đường dẫn hồ sơ; “key”: khóa công khai, “key rotate”: đổi khóa; “stamp”: lấy dấu thời gian còn chờ; “sent”, “answered”: ghi đã gửi công văn, đã có trả lời.")],
    output: Annotated[Path | None, typer.Option("--output", help="Thư mục ghi hồ sơ (mặc định: DATA/evidence).")] = None,
    pictures: Annotated[bool, typer.Option("--pictures/--no-pictures", help="Chụp và in trang đã lưu bằng Chromium khi máy có.")] = True,
    key: Annotated[str, typer.Option("--key", help="Khóa công khai (hex) mà chữ ký phải thuộc về, khi kiểm tra.")] = "",
    day: Annotated[str | None, typer.Option("--date", help="Ngày gửi công văn, ngày nhận trả lời (mặc định: hôm nay).")] = None,
    answer: Annotated[str, typer.Option("--answer", help="đã cải chính; đã trả lời, không cải chính; từ chối; không trả lời.")] = "đã cải chính",
    by: Annotated[str, typer.Option("--by", help="Người ghi (bàn, chức danh).")] = "cotmoc",
    data: DataOption = None,
) -> None:
    """Lập hồ sơ chứng cứ của một câu chuyện (thư mục và ZIP), hoặc kiểm tra một hồ sơ (verify)."""
    from flows.context import open_store, settings
    from pipelines.errors import UsageError

    config = settings(data)
    if what[0] == "verify":
        if len(what) != 2:
            raise UsageError("cotmoc evidence verify PACK: cần đúng một thư mục hoặc tệp ZIP")
        _verify(Path(what[1]), config, key)
        return
    if what == ["key"]:
        from dashboards.evidence.keys import office_key, public_hex

        typer.echo(public_hex(office_key(config.data)))
        return
    if what == ["key", "rotate"]:
        _rotate(config)
        return
    if what == ["stamp"]:
        _stamp(config)
        return
    if what[0] in ("sent", "answered") and len(what) == 2:
        _reply(config, what[0], what[1], day, answer, by)
        return
    if len(what) != 1:
        raise UsageError("cotmoc evidence STORY: cần đúng một mã câu chuyện")
    store = open_store(config)
    try:
        _build(store, config, what[0], output or config.data / "evidence", pictures)
    finally:
        store.close()


def _build(store: Store, config: Settings, given: str, output: Path, pictures: bool) -> None:
    from dashboards.evidence import build_pack
    from flows.context import known_sources

    owners = {source.id: source.owner_class for source in known_sources(config)}
    pack = build_pack(store, config, _story(store, given), output, pictures=pictures, owners=owners)
    typer.echo(str(pack.path))
    typer.echo(str(pack.zip))
    if config.tsa_urls:
        _stamps(store, config)
    for item in pack.absent:
        typer.echo(f"không có (tùy chọn): {item['part']}: {item['reason']}", err=True)
    if not pack.complete:
        for item in pack.missing:
            typer.echo(f"thiếu: {item['part']} {item['article'][:12]}: {item['reason']}", err=True)
        typer.echo("hồ sơ CHƯA ĐỦ, không dùng để gửi đi", err=True)
        raise typer.Exit(1)


def _rotate(config: Settings) -> None:
    from dashboards.evidence.keys import rotate
    from flows.context import open_store
    from pipelines.clock import now
    from pipelines.store import audit

    store, moment = open_store(config), now()
    try:
        before, after = rotate(config.data, moment)
        with store.begin() as conn:
            audit.append(conn, actor="cotmoc", action="evidence.key.rotate", thing=after, details={"retired": before}, now=moment)
    finally:
        store.close()
    typer.echo(after)
    typer.echo(f"khóa cũ {before[:16]}… cất ở {config.data / 'keys' / 'retired'}; công bố khóa mới, sao lưu thư mục keys", err=True)


def _reply(config: Settings, what: str, given: str, day: str | None, answer: str, by: str) -> None:
    import datetime

    from dashboards.reports.replies import note_answer, note_sent
    from flows.context import open_store
    from pipelines.clock import local, now
    from pipelines.errors import UsageError

    moment = now()
    try:
        on = datetime.date.fromisoformat(day) if day else local(moment).date()
    except ValueError as error:
        raise UsageError(f"--date {day}: viết ngày như 2026-11-21") from error
    store = open_store(config)
    try:
        story = _story(store, given)
        with store.begin() as conn:
            if what == "sent":
                note_sent(conn, story, on, by, local(moment))
            else:
                note_answer(conn, story, on, answer, by, local(moment))
    finally:
        store.close()
    typer.echo(f"đã ghi: {story[:12]} {'gửi' if what == 'sent' else answer} ngày {on:%d/%m/%Y}", err=True)


def _stamp(config: Settings) -> None:
    from flows.context import open_store

    store = open_store(config)
    try:
        if _stamps(store, config):
            raise typer.Exit(1)
    finally:
        store.close()


def _stamps(store: Store, config: Settings) -> int:
    """Ask for the time stamps that are owed and say what became of them; return how many still wait."""
    from dashboards.evidence.stamps import TOPIC, stamp_due
    from pipelines.clock import now
    from pipelines.store import outbox

    outcomes = stamp_due(store, config, now())
    with store.read() as conn:
        waiting = outbox.owed(conn, TOPIC)
    typer.echo(f"dấu thời gian: {outcomes['stamped']} đã lấy, {waiting} còn chờ (cotmoc evidence stamp để thử lại)", err=True)
    return waiting


def _story(store: Store, given: str) -> str:
    """Return the story that `given` begins, as id of a story or of an alert; UserError when none or several."""
    from sqlalchemy import or_, select

    from pipelines.errors import UserError
    from pipelines.store.schema import alerts

    wanted = given.strip().lower()
    if len(wanted) < 6 or not all(char in "0123456789abcdef" for char in wanted):
        raise UserError(f"“{given}” không phải mã câu chuyện; lấy mã bằng: cotmoc alerts", code=2)
    query = select(alerts.c.story).where(or_(alerts.c.story.startswith(wanted), alerts.c.id.startswith(wanted))).distinct()
    with store.read() as conn:
        found = list(conn.execute(query.limit(3)).scalars())
    if not found:
        raise UserError(f"không có câu chuyện hay cảnh báo nào mang mã {given}; lấy mã bằng: cotmoc alerts")
    if len(found) > 1:
        raise UserError(f"mã {given} hợp với nhiều câu chuyện; hãy ghi dài hơn")
    return str(found[0])


def _verify(path: Path, config: Settings, key: str) -> None:
    from dashboards.evidence import verify_pack
    from dashboards.evidence.keys import known_public
    from dashboards.evidence.stamps import roots
    from dashboards.evidence.verify import identity

    known = key or known_public(config.data)
    problems = verify_pack(path, known, roots(config) if config.tsa_ca else ())
    found = identity(path)
    if found.signer and not known:
        typer.echo(f"chữ ký của khóa {found.signer}; hỏi cơ quan có đúng khóa này không, hoặc dùng --key", err=True)
    for line in (f"dấu thời gian: {len(found.stamps) or 'chưa có'}", *found.remarks):
        typer.echo(line, err=True)
    problems += _against_audit(path, config) if path.exists() else []
    for problem in problems:
        typer.echo(f"SAI: {problem}", err=True)
    if problems:
        typer.echo(f"{path}: hồ sơ không dùng được ({len(problems)} lỗi)")
        raise typer.Exit(1)
    typer.echo(f"{path}: đủ và nguyên vẹn")


def _against_audit(path: Path, config: Settings) -> list[str]:
    """Compare with the audit log of this data folder when there is one; on another machine say that there is none."""
    from sqlalchemy import select

    from dashboards.evidence.verify import identity
    from flows.context import open_store
    from pipelines.store.schema import audit

    if not config.database_url and not (config.data / "cotmoc.sqlite3").exists():
        typer.echo("không có kho dữ liệu ở máy này: chỉ kiểm tra chính hồ sơ, chưa đối chiếu với nhật ký", err=True)
        return []
    store = open_store(config)
    with store.read() as conn:
        rows = conn.execute(
            select(audit.c.object, audit.c.action, audit.c.details).where(
                audit.c.action.in_(["evidence.seal", "evidence.incomplete", "evidence.timestamp"])
            )
        ).all()
    store.close()
    found = identity(path)
    same = [row for row in rows if row.details.get("manifest") == found.manifest]
    if same:
        got = {row.details["sha256"] for row in same if row.action == "evidence.timestamp"}
        return ["dau-thoi-gian/: mất dấu thời gian mà nhật ký đã ghi"] if got - set(found.stamps) else []
    if found.story in {row.object for row in rows}:
        return ["manifest.json: nhật ký của kho này ghi hồ sơ khác cho câu chuyện này (hồ sơ bị sửa hoặc lập ở nơi khác)"]
    typer.echo("kho dữ liệu này chưa từng lập hồ sơ cho câu chuyện đó: chỉ kiểm tra chính hồ sơ", err=True)
    return []
