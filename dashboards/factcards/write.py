"""Writing an approved card: text, or a piece of HTML for the web, noted as a product of the office."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from classifiers.referencebase import Reference
from dashboards.office.files import sha256, write_whole
from dashboards.shown import safe_url
from pipelines.clock import local
from pipelines.store import Store, audit
from pipelines.store.papers import save_paper


def write_card(
    store: Store, province: str, entry: Reference, form: str, lang: str, card: Mapping[str, Any], output: Path, now: datetime
) -> Path:
    """Write one card into `output` and return its path."""
    web = form == "web"
    content = (_html(entry, lang, card["text"]) if web else card["text"] + "\n").encode()
    path = output.resolve() / f"the_{entry.id}_{form}_{lang}.{'html' if web else 'txt'}"
    write_whole({path: content})
    with store.begin() as conn:
        digest = sha256(content)
        save_paper(conn, kind="factcard", province=province, day=local(now).date().isoformat(), story=None, path=str(path), sha256=digest, now=now)
        audit.append(
            conn, actor="cotmoc", action="factcard.write", thing=entry.id,
            details={"format": form, "lang": lang, "sha256": digest, "entry": entry.version}, now=now,
        )  # fmt: skip
    return path


def _html(entry: Reference, lang: str, text: str) -> str:
    lines = "\n".join(f"  <p>{escape(line)}</p>" for line in text.split("\n") if line.strip())
    url = safe_url(entry.source.url)
    link = f'\n  <p><a href="{escape(url)}" rel="noopener">{escape(entry.source.title)}</a></p>' if url else ""
    return f'<article lang="{lang}" data-reference="{entry.id}">\n{lines}{link}\n</article>\n'
