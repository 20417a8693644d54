"""`make messages`: gather what the desk says from templates and code into `dashboards/locale/en.po`, keeping what is translated.

Templates: everything in `_()` and `{% trans %}`. Code: strings with Vietnamese letters in the modules of SPEAKING, an f-string as a
message with fields (`f"lý do “{given}” …"` becomes `lý do “%(given)s” …`).
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from dashboards.i18n import LOCALE

ROOT = Path(__file__).parent.parent.parent
TEMPLATES = ROOT / "dashboards" / "templates"
# The digest is a paper of the office: Vietnamese whoever reads it.
PAPERS = ("digest.html",)
# Latin letters with marks alone: tables of Lao, Khmer or Thai words are no messages.
VIETNAMESE = re.compile(r"[À-ɏḀ-ỹ]")
# Patterns, markup and tables of characters are no messages, nor is what begins or ends with a blank (a piece of a word).
MARKUP = re.compile(r"[\\<\u202a-\u202e]|\(\?")
# Modules whose words reach pages of the desk.
SPEAKING = (
    "dashboards/*.py", "dashboards/web/*.py", "dashboards/accounts/*.py", "pipelines/records.py", "pipelines/watches.py",
    "pipelines/store/alerts.py", "pipelines/store/work.py", "pipelines/store/saved.py", "pipelines/store/second_looks.py",
    "pipelines/store/users.py", "pipelines/store/watches.py", "pipelines/store/engine.py", "pipelines/search/query*.py",
    "pipelines/search/__init__.py", "dashboards/reports/periods.py", "dashboards/reports/replies.py",
)  # fmt: skip
# What the machine says of claims and sources. It comes and goes with their rules: translated as it is found, missing English fails no test.
HEARD = (
    "classifiers/abstention.py", "classifiers/assessor.py", "classifiers/attribution.py", "classifiers/combine.py", "classifiers/groundwords.py", "classifiers/roles.py",
    *(f"crawlers/{name}.py" for name in (
        "alike", "canary", "channels", "collect", "decode", "feeds", "fetch", "health", "judging", "line", "lists", "look", "polite", "polling", "robots",
        "signs", "sink", "sitemaps", "volume",
    )),
)  # fmt: skip
# What rules and references say in words of their own: the folder, and which keys of its YAML are said. As HEARD, English may follow later.
RULES = {"classifiers/frames": ("say",), "classifiers/references": ("party", "position_vi")}


def in_templates() -> Iterator[tuple[str, str]]:
    """Give each message of the templates with the file that says it."""
    for path in sorted(TEMPLATES.glob("*.html")):
        if path.name in PAPERS:
            continue
        with path.open("rb") as source:
            options = {"trim_blocks": "true", "lstrip_blocks": "true"}
            for _line, _function, message, _comments in babel_extract(source, ("_", "gettext", "ngettext"), (), options):
                for one in message if isinstance(message, tuple) else (message,):
                    if one:
                        yield one, path.relative_to(ROOT).as_posix()


def in_code() -> Iterator[tuple[str, str]]:
    """Give each Vietnamese string of the modules that speak to the desk, docstrings left out."""
    for pattern in (*SPEAKING, *HEARD):
        for path in sorted(ROOT.glob(pattern)):
            for message in messages_of(path.read_text(encoding="utf-8")):
                yield message, path.relative_to(ROOT).as_posix()


def in_rules() -> Iterator[tuple[str, str]]:
    """Give what the rules say of a difference and how the references name the sides of a dispute, with the folder they are in."""
    for folder, keys in RULES.items():
        for path in sorted((ROOT / folder).glob("*.yaml")):
            for message in _under(yaml.safe_load(path.read_text(encoding="utf-8")), keys):
                if VIETNAMESE.search(message):
                    yield message, folder


def _under(node: Any, keys: tuple[str, ...]) -> Iterator[str]:
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if key in keys and isinstance(value, str):
            yield value
        else:
            yield from _under(value, keys)


def messages_of(code: str) -> Iterator[str]:
    """Give the Vietnamese strings of one module; an f-string once, as a message with fields."""
    tree = ast.parse(code)
    silent = {
        id(node.body[0].value) for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body and isinstance(node.body[0], ast.Expr)
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            silent |= {id(part) for part in ast.walk(node)} - {id(node)}
            # “2/3 địa chỉ lỗi; ” goes before another sentence: it is looked for without its semicolon (Catalogue.said).
            message = re.sub(r"(?<=\w\w); $", "", _with_fields(node))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            message = node.value.replace("%", "%%")
        else:
            continue
        if id(node) not in silent and VIETNAMESE.search(message) and message == message.strip() and not MARKUP.search(message):
            yield message


def _with_fields(node: ast.JoinedStr) -> str:
    out, used = [], set()
    for part in node.values:
        if isinstance(part, ast.Constant):
            out.append(str(part.value).replace("%", "%%"))
            continue
        assert isinstance(part, ast.FormattedValue)
        names = [n.id for n in ast.walk(part.value) if isinstance(n, ast.Name)] + [n.attr for n in ast.walk(part.value) if isinstance(n, ast.Attribute)]
        name = re.sub(r"\W", "", (names or ["x"])[-1])
        while name in used:
            name += "_"
        used.add(name)
        out.append(f"%({name})s")
    return "".join(out)


def gather() -> dict[str, list[str]]:
    """Return all messages with the files that say them."""
    found: dict[str, list[str]] = {}
    for message, where in (*in_templates(), *in_code(), *in_rules()):
        if where not in (places := found.setdefault(message, [])):
            places.append(where)
    return found


def main() -> None:
    """Write the catalogue anew; say how many messages have no English yet."""
    target = LOCALE / "en.po"
    known = {}
    if target.exists():
        with target.open("rb") as source:
            known = {entry.id: entry.string for entry in read_po(source, locale="en") if entry.id}
    # A fixed date: the same words give the same file.
    day = datetime(2026, 11, 21, tzinfo=UTC)
    fresh = Catalog(
        locale="en", project="cotmoc", version="1", header_comment="# The desk in English. Message ids are the Vietnamese words.",
        creation_date=day, revision_date=day, msgid_bugs_address="", last_translator="", language_team="en", fuzzy=False,
    )  # fmt: skip
    found = gather()
    for message, places in sorted(found.items()):
        fresh.add(message, known.get(message, ""), locations=[(where, None) for where in places])  # type: ignore[misc]
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out:
        write_po(out, fresh, width=120, omit_header=False, include_lineno=False)
    missing = [message for message in found if not known.get(message)]
    sys.stderr.write(f"{len(found)} messages, {len(missing)} without English\n")


if __name__ == "__main__":
    main()
