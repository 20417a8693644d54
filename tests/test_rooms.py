"""The house stands as it is drawn: imports run one way, files hold one idea, errors are named."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("pipelines", "classifiers", "crawlers", "dashboards", "flows")
FILES = sorted(path for room in (*ROOMS, "tests") for path in (ROOT / room).rglob("*.py"))


def test_imports_run_one_way() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_stay_short_and_name_their_errors(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400, f"{path} has outgrown one idea"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ExceptHandler):
            names = ast.unparse(node.type) if node.type else "everything"
            assert names not in ("everything", "Exception", "BaseException"), f"{path}:{node.lineno} catches {names}"


def test_top_level_holds_nothing_else() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    top = {name.split("/")[0] for name in tracked}
    allowed = {*ROOMS, "tests", "docs", ".ci", ".gitignore", "pyproject.toml", "constraints.txt", "README.md",
               "Makefile", "LICENSE", "CHANGELOG.md"}  # fmt: skip
    assert top <= allowed, top - allowed


def test_help_loads_nothing_heavy() -> None:
    code = "import sys; import flows.cli as c; c.register(c.app); print(sorted(set(sys.modules) & {'prefect','sklearn','scrapy','underthesea','trafilatura','sqlalchemy','numpy','pydantic'}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
