"""What axe finds against WCAG 2.2 AA on a page in the browser."""

from __future__ import annotations

from functools import cache
from typing import Any

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Only what is wrong comes back: every node that passed, described and carried over, took three quarters of the time (2026-11-21).
RUN = "(rules) => axe.run({ runOnly: rules, resultTypes: ['violations'] }).then((all) => all.violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`))"


@cache
def _script() -> str:
    from axe_playwright_python.base import AXE_SCRIPT

    return AXE_SCRIPT


def faults(page: Any, *more: str) -> list[str]:
    """Return one line for each rule (WCAG's and those of the sets `more`) that the page breaks, with the first place."""
    page.evaluate(_script())
    found: list[str] = page.evaluate(RUN, [*WCAG, *more])
    return found
