"""The documentation holds what it promises: a page per command, and no link to a page that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows.cli import COMMANDS
from pipelines.search.mapping import PROPERTIES

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


@pytest.mark.parametrize("command", [name for name, _module in COMMANDS])
def test_every_command_has_a_page(command: str) -> None:
    page = DOCS / f"{command}.md"
    assert page.exists(), f"docs/{command}.md is missing"
    assert f"cotmoc {command}" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")) + [ROOT / "README.md"], ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_index_lists_every_page() -> None:
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    missing = [page.name for page in DOCS.glob("*.md") if page.name != "index.md" and f"({page.name})" not in index]
    assert missing == []


def test_every_field_of_the_index_is_documented() -> None:
    table = (DOCS / "elasticsearch.md").read_text(encoding="utf-8").partition("## Các trường")[2].partition("\n## ")[0]
    named = {name for line in table.splitlines() if line.startswith("| `") for name in re.findall(r"`(\w+)`", line.split("|")[1])}
    assert named == set(PROPERTIES)
