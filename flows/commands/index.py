"""`cotmoc index rebuild` and `cotmoc index verify`: the index filled again from the store, and compared with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from flows.options import DataOption, JsonOption

if TYPE_CHECKING:
    from pipelines.search import Index
    from pipelines.store import Store

app = typer.Typer(help="Chỉ mục tìm kiếm: dựng lại từ kho, đối chiếu với kho.", no_args_is_help=True)


def _open(data: Any) -> tuple[Store, Index]:
    from flows.context import known_store, settings
    from pipelines.search import open_index

    config = settings(data)
    store = known_store(config)
    return store, open_index(config, store)


@app.command()
def rebuild(as_json: JsonOption = False, data: DataOption = None) -> None:
    """Dựng một bản chỉ mục mới từ kho rồi chuyển sang; trong lúc đó vẫn tìm được như thường."""
    import json

    from pipelines.search.rebuild import rebuild as run

    store, index = _open(data)
    result = run(store, index, lambda done: typer.echo(f"\r{done} bài", err=True, nl=False))
    typer.echo("", err=True)
    index.close()
    store.close()
    if as_json:
        typer.echo(json.dumps({"engine": index.name, "documents": result.documents, "refused": len(result.refused)}))
    else:
        typer.echo(f"đã dựng lại chỉ mục ({index.name}): {result.documents} bài")
    for id_, reason in result.refused[:10]:
        typer.echo(f"không đưa vào được {id_}: {reason}", err=True)
    if result.refused:
        raise typer.Exit(1)


@app.command()
def verify(as_json: JsonOption = False, data: DataOption = None) -> None:
    """So số bài và mã kiểm của từng bài giữa kho và chỉ mục; khác nhau thì kết thúc với mã 1."""
    import json

    from pipelines.search.rebuild import verify as run

    store, index = _open(data)
    found = run(store, index)
    parts = index.parts()
    index.close()
    store.close()
    if as_json:
        view = {
            "engine": index.name, "store": found.in_store, "index": found.in_index, "missing": found.missing,
            "surplus": found.surplus, "different": found.different, "owed": found.owed, "same": found.same,
            "examples": found.examples, "faults": found.faults, "parts": parts,
        }  # fmt: skip
        typer.echo(json.dumps(view, ensure_ascii=False))
    else:
        typer.echo(f"kho: {found.in_store} bài; chỉ mục ({index.name}): {found.in_index} bài")
        typer.echo("các phần: " + (", ".join(f"{name} {number}" for name, number in sorted(parts.items())) or "chưa có"))
        typer.echo(f"thiếu {found.missing}, thừa {found.surplus}, khác nội dung {found.different}; còn chờ chuyển {found.owed}")
    if not found.same:
        for kind, ids in found.examples.items():
            label = {"missing": "thiếu", "surplus": "thừa", "different": "khác"}[kind]
            typer.echo(f"{label}: {', '.join(ids)}", err=True)
        for line in found.faults:
            typer.echo(f"hỏng: {line}", err=True)
        # What the queue still owes explains differences, never faults of the index itself.
        waits = found.owed and not found.faults
        mend = "đợi hàng chờ chuyển hết (cotmoc once) hoặc chạy cotmoc index rebuild" if waits else "chạy cotmoc index rebuild"
        typer.echo(f"chỉ mục khác kho: {mend}", err=True)
        raise typer.Exit(1)
