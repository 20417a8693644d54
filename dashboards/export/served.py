"""An export as an answer over HTTP: written and audited whole, then sent from a file that is gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from starlette.responses import StreamingResponse

from dashboards.export.write import FORMATS, export
from pipelines.clock import now
from pipelines.search import Index
from pipelines.search.tree import Node
from pipelines.settings import Settings
from pipelines.store import Store

PIECE = 64 * 1024


def served(
    store: Store, index: Index, settings: Settings, query: str, form: str, *, actor: str, asked: str | Node | None = None
) -> StreamingResponse:
    """Return the file that `export` writes (its errors) as an attachment named `cotmoc`."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="cotmoc-export-"))
        path = Path(folder) / f"cotmoc.{'jsonld' if form == 'claimreview' else form if form in FORMATS else 'x'}"
        export(store, index, settings, query, form, path, actor=actor, now=now(), asked=asked)
        kept = stack.pop_all()
    headers = {"Content-Disposition": f'attachment; filename="{path.name}"', "Content-Length": str(path.stat().st_size)}
    return StreamingResponse(_pieces(path, kept), media_type=FORMATS[form], headers=headers)


def _pieces(path: Path, kept: ExitStack) -> Iterator[bytes]:
    with kept, path.open("rb") as source:
        while piece := source.read(PIECE):
            yield piece
