"""Writing an issue: all four forms are made first, then put under their names, then noted in the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from dashboards.digest.content import build_digest
from dashboards.digest.docx import render_docx
from dashboards.digest.edits import edited, edits_of
from dashboards.digest.form import NAME as FORM_NAME
from dashboards.digest.form import render_form
from dashboards.digest.html import render_html
from dashboards.digest.mail import render_mail
from dashboards.digest.pdf import OWN, SPARE, fitted
from dashboards.digest.records import Digest
from dashboards.digest.translate import translated
from dashboards.office.files import sha256, write_whole
from dashboards.office.forms import own_template
from pipelines.clock import now
from pipelines.office import office_on
from pipelines.settings import Settings
from pipelines.store import Store, audit
from pipelines.store.papers import save_paper, saved_sum


def write_digest(
    store: Store, settings: Settings, province: str, day: date, output: Path, *, owners: Mapping[str, str] | None = None
) -> dict[str, Path]:
    """Write the issue of `day` for profile `province` into `output`; returns {"html", "docx", "pdf", "eml"}.

    `owners` maps a source to the class of its owner; without it outlets count as foreign by kind and language.
    Errors: UsageError for an unknown profile or a period to come, UserError when a file cannot be written.
    """
    digest = prepared(store, settings, province, day, owners)
    stem = stem_of(province, day)
    files = rendered(digest, settings, stem)
    paths = {kind: output.resolve() / f"{stem}.{kind}" for kind in files}
    write_whole({paths[kind]: content for kind, content in files.items()})
    sums = {kind: sha256(content) for kind, content in files.items()}
    with store.begin() as conn:
        if all(saved_sum(conn, str(path)) == sums[kind] for kind, path in paths.items()):
            return paths
        for kind, path in paths.items():
            save_paper(
                conn, kind="digest", province=province, day=day.isoformat(), story=None, path=str(path),
                sha256=sums[kind], now=now(),
            )  # fmt: skip
        audit.append(
            conn, actor="cotmoc", action="digest.write", thing=f"{province} {day.isoformat()}", details={**sums, "alerts": carried_by(digest)}, now=now()
        )
    return paths


def stem_of(province: str, day: date) -> str:
    """Return the name of an issue's files without their endings."""
    return f"diem-bao_{province.replace('/', '_')}_{day.isoformat()}"


def carried_by(digest: Digest) -> list[str]:
    """Return the alerts that an issue carries."""
    return [one.alert for one in digest.claims + digest.follow]


def prepared(store: Store, settings: Settings, province: str, day: date, owners: Mapping[str, str] | None) -> Digest:
    """Return the issue as it would be written now: with its edits, translations, names and address of the desk."""
    with store.read() as conn:
        edits = edits_of(conn, province, day)
    digest = translated(edited(build_digest(store, province, day, owners), edits), settings)
    return replace(digest, desk=settings.desk_url, office=office_on(digest.office, settings.office, day, FORM_NAME))


def rendered(digest: Digest, settings: Settings, stem: str) -> dict[str, bytes]:
    """Return the four forms of one content; UserError for a wrong template of the office's own."""
    own = own_template(settings.data, FORM_NAME)
    digest, pdf = fitted(digest, OWN if own else SPARE)
    word = render_form(digest, own) if own else render_docx(digest)
    files = {"html": render_html(digest), "docx": word, "pdf": pdf}
    attached = {f"{stem}.{kind}": files[kind] for kind in ("docx", "pdf")}
    return files | {"eml": render_mail(digest, files["html"], attached)}
