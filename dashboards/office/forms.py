"""Documents from templates that an office can edit in Word: DATA/templates/NAME.docx, else the shipped form; checked first."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment
from lxml.etree import XMLSyntaxError

from dashboards.office import nd30
from dashboards.office.letterhead import broken
from dashboards.shown import visible
from pipelines.errors import UserError
from pipelines.settings import Profile

# What every form carries: the heading block, the closing.
COMMON = frozenset({"agency_parent", "agency", "locality", "year", "sign", "recipients", "signer"})


@dataclass(frozen=True)
class Form:
    """A kind of document: file name, what it is, the tags that it must and may carry, its shipped form, and a sample."""

    name: str
    title: str
    needed: frozenset[str]
    allowed: frozenset[str]
    default: Callable[[], bytes]
    sample: Callable[[DocxTemplate], Mapping[str, Any]]


def folder_of(data: Path) -> Path:
    """Return where an office keeps its own templates."""
    return data / "templates"


def own_template(data: Path, name: str) -> bytes | None:
    """Return the office's own template `name`, or None when it uses the shipped one; UserError when it is unreadable."""
    path = folder_of(data) / f"{name}.docx"
    if not path.exists():
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: không đọc được mẫu ({error.strerror})") from error


def common(profile: Profile, year: int, sign: str) -> dict[str, Any]:
    """Return the tags that every form carries."""
    return {
        "agency_parent": visible(broken(profile.agency_parent, bold=False)), "agency": visible(broken(profile.agency, bold=True)), "locality": visible(profile.locality),
        "year": str(year), "sign": sign, "recipients": [visible(name) for name in profile.recipients], "signer": visible(profile.signer),
    }  # fmt: skip


def render(template: bytes, name: str, context: Callable[[DocxTemplate], Mapping[str, Any]], mark: str = nd30.DRAFT) -> bytes:
    """Return the document; `context` is given the template, to which pictures and links belong; `mark` heads page 1.

    UserError that names the tag when the template asks for something unknown or is no DOCX. Text is escaped, and the
    template runs in a sandbox: it can show its tags and nothing else.
    """
    try:
        document = DocxTemplate(BytesIO(template))
        document.init_docx()
        document.render(context(document), jinja_env=_environment(), autoescape=True)
        nd30.marked(document.docx, mark)
        return nd30.to_bytes(document.docx)
    except TemplateError as error:
        raise UserError(f"mẫu {name}.docx: {_words(error)}; xem: cotmoc templates check") from error
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, XMLSyntaxError) as error:
        raise UserError(f"mẫu {name}.docx: không phải tệp DOCX đọc được; xem: cotmoc templates export") from error


def check(form: Form, template: bytes) -> list[str]:
    """Return what is wrong with a template, each with its line where it has one: broken tags, unknown, missing, what a trial shows.

    Lines are paragraphs that hold text, counted through heads, body, tables and feet as they are read.
    """
    try:
        document = DocxTemplate(BytesIO(template))
        document.init_docx()
        used = set(document.get_undeclared_template_variables(_environment()))
    except TemplateError as error:
        return [_words(error) + _broken_at(template)]
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, XMLSyntaxError):
        return ["không phải tệp DOCX đọc được"]
    problems = [f"thẻ lạ: {name}{_at(template, name)}" for name in sorted(used - form.allowed - COMMON)]
    problems += [f"thiếu thẻ: {name}" for name in sorted(form.needed - used)]
    if not problems:
        try:
            render(template, form.name, form.sample)
        except UserError as error:
            said = str(error).removeprefix(f"mẫu {form.name}.docx: ").removesuffix("; xem: cotmoc templates check")
            strange = re.fullmatch(r"thẻ lạ: (\w+)", said)
            problems.append(said + (_at(template, strange[1]) if strange else ""))
    return problems


def paragraphs(template: bytes) -> list[str]:
    """Return the texts of a template that are not empty, in the order of the document; pieces of one paragraph joined."""
    document = Document(BytesIO(template))
    parts = [document.element.body]
    for section in document.sections:
        parts += [section.first_page_header._element, section.header._element, section.footer._element, section.first_page_footer._element]
    texts = ("".join(node.text or "" for node in one.iter(qn("w:t"))) for part in parts for one in part.iter(qn("w:p")))
    return [text for text in texts if text.strip()]


def _at(template: bytes, name: str) -> str:
    """Say in which line a tag stands, and the line."""
    tag = re.compile(rf"\{{[{{%][^}}%]*\b{re.escape(name)}\b")
    found = next(((number, text) for number, text in enumerate(paragraphs(template), 1) if tag.search(text)), None)
    return f" (dòng {found[0]}: “{found[1][:60]}”)" if found else ""


def _broken_at(template: bytes) -> str:
    """Say in which line a tag cannot be read: braces that do not pair, or an expression that is none."""
    for number, text in enumerate(paragraphs(template), 1):
        plain = re.sub(r"\{([{%#])(?:tr|tc|p|r)\s", r"{\1 ", text)
        inside = re.findall(r"\{\{(.*?)\}\}", plain)
        bad = plain.count("{{") != plain.count("}}") or plain.count("{%") != plain.count("%}")
        for one in inside:
            try:
                _environment().compile_expression(one)
            except TemplateSyntaxError:
                bad = True
        if bad:
            return f" (dòng {number}: “{text[:60]}”)"
    return ""


def _environment() -> SandboxedEnvironment:
    return SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)


def _words(error: TemplateError) -> str:
    if isinstance(error, TemplateSyntaxError):
        return f"thẻ viết sai ({error.message})"
    missing = re.search(r"'([^']+)'(?: is undefined| has no attribute '([^']+)')", error.message or "")
    return f"thẻ lạ: {missing[2] or missing[1]}" if missing else f"thẻ không chạy được ({error.message})"


def start(title: str, sign: str = "{{ sign }}") -> Any:
    """Return a new document with the heading block of the decree as tags; the base of the shipped forms."""
    from datetime import datetime

    profile = Profile(name="x", title="x", place="x", agency="{{ agency }}", agency_parent="{{ agency_parent }}", locality="{{ locality }}")
    document = nd30.new_document(profile, datetime(2026, 1, 1), title)
    document.core_properties.author = ""
    nd30.heading_block(document, profile, sign, 2026)
    cell = document.tables[0].rows[0].cells[1].paragraphs[-1]
    cell.runs[0].text = "{{ locality }}, ngày …… tháng …… năm {{ year }}"
    return document


def finish(document: Any) -> bytes:
    """Add the closing block as tags and return the template."""
    close(document)
    return nd30.to_bytes(document)


def close(document: Any) -> None:
    """Add the closing block as tags."""
    nd30.closing(document, ["x"], "{{ signer }}")
    left = document.tables[-1].rows[0].cells[0]
    name = left.paragraphs[-1]
    name.runs[0].text = "- {{ name }}{{ '.' if loop.last else ';' }}"
    name.insert_paragraph_before("{%p for name in recipients %}")
    left.add_paragraph("{%p endfor %}")


def tags(document: Any, lines: Iterable[str]) -> None:
    """Add lines that hold nothing but tags; they vanish from the document."""
    for line in lines:
        document.add_paragraph(line)


def opened(content: bytes) -> Any:
    """Return a DOCX opened for reading."""
    return Document(BytesIO(content))
