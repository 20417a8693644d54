"""`cotmoc train`: the learnt models from our own sentences, and analysts' decisions when asked."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.options import DataOption, JsonOption


def train(
    with_decisions: Annotated[bool, typer.Option("--with-decisions", help="Học thêm từ quyết định của người trực.")] = False,
    if_absent: Annotated[bool, typer.Option("--if-absent", help="Không làm gì khi đã có mô hình đúng nội dung.")] = False,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Huấn luyện lại mô hình (dưới 90 giây, cùng dữ liệu thì cùng kết quả) và in thẻ mô hình."""
    import json

    from classifiers.models import folder_of, model_key
    from classifiers.referencebase import load_references
    from classifiers.training import decided_rows, example
    from classifiers.training import train as fit_models
    from flows.context import open_store, settings
    from flows.progress import step

    config = settings(data)
    base = load_references()
    extra = []
    if with_decisions:
        from flows.decided import decisions

        rows = decided_rows(decisions(open_store(config)))
        extra = [made for made in (example(row, base) for row in rows) if made is not None]
        typer.echo(f"quyết định của người trực dùng được: {len(extra)}", err=True)
    path = folder_of(config.model_home) / f"{model_key(base)}.skops"
    if if_absent and path.exists() and not with_decisions:
        return
    with step("huấn luyện mô hình") as advance:
        fit_models(base, path, extra)
        advance(1, 1)
    card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    if as_json:
        typer.echo(json.dumps({"model": str(path), **card}, ensure_ascii=False))
        return
    typer.echo(f"mô hình: {path}")
    for name, value in card.items():
        typer.echo(f"  {name}: {value}")
