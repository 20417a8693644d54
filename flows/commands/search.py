"""`cotmoc search`: ask the index in the language of docs/search.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from flows.options import DataOption, JsonOption

if TYPE_CHECKING:
    from datetime import datetime

# A question may begin with "-": the language of questions answers that, not the reader of options. For this the command
# knows no short option, or "-thanh" would ask for -h.
CONTEXT = {"ignore_unknown_options": True, "help_option_names": ["--help"]}


def search(
    context: typer.Context,
    query: Annotated[list[str], typer.Argument(metavar="QUERY", help='Câu tìm, ví dụ: \'"biên giới" tier:flag since:7d\'.')],
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="Số bài nhiều nhất.")] = 20,
    offset: Annotated[int, typer.Option("--offset", min=0, help="Bỏ qua bấy nhiêu bài đầu.")] = 0,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Tìm bài, mới trước. Từ không dấu tìm cả chữ có dấu; --json: mỗi dòng một bài.

    Nối: AND OR NOT ( ), "cụm từ", mốc near/5 biên, biê*. Trường: outlet: about: mention: tier: verdict: type: ref: lang: status: since:7d before:01/11/2026.
    """
    import json

    from dashboards.shown import one_line
    from flows.asked import spoken
    from flows.context import settings
    from pipelines.clock import show
    from pipelines.errors import UsageError
    from pipelines.search import open_index
    from pipelines.search.query import asks_words

    if "-h" in query:
        typer.echo(context.get_help())
        return
    if unknown := next((word for word in query if word.startswith("--")), ""):
        raise UsageError(f"cotmoc search không có tùy chọn “{unknown}”; xem cotmoc search --help")
    chosen, question = settings(data), " ".join(query)
    if not (chosen.elasticsearch_url or chosen.elasticsearch_cloud_id or (chosen.data / "index.sqlite3").is_file()):
        typer.echo(f"lưu ý: {chosen.data}: chưa có chỉ mục nào ở đây; kiểm tra --data (hoặc COTMOC_DATA)", err=True)
    index = open_index(chosen)
    found = index.search(question, limit=limit, offset=offset)
    index.close()
    if chosen.index_words and not found.total and asks_words(question):
        # Which articles were written while the setting was off, the index does not know.
        typer.echo("lưu ý: bài ghi lúc index_words còn tắt không tìm được bằng word:; nếu mới bật thì chạy cotmoc index rebuild", err=True)
    for note in spoken(question, chosen):
        typer.echo(note, err=True)
    for hit in found.hits:
        if as_json:
            names = ("id", "title", "outlet", "published", "tier", "url", "snippet")
            typer.echo(json.dumps({name: getattr(hit, name) for name in names}, ensure_ascii=False))
            continue
        when = show(_moment(hit.published))
        mark = {"flag": " · CẢNH BÁO", "watch": " · theo dõi"}.get(hit.tier, "")
        typer.echo(f"{one_line(hit.title, 160)}\n  {one_line(hit.outlet, 60)} · {when}{mark}\n  {one_line(hit.snippet)}\n  {one_line(hit.url)}\n")
    if not as_json:
        typer.echo(f"{'hơn ' if found.more else ''}{found.total} bài" + (f", xem {len(found.hits)} bài" if len(found.hits) < found.total else ""), err=True)


def _moment(text: str | None) -> datetime | None:
    from datetime import datetime

    return datetime.fromisoformat(text) if text else None
