"""Rendering: one Jinja environment with autoescape and the house's filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from starlette.requests import Request
from starlette.responses import HTMLResponse

from dashboards import labels, quantities, shown, spoken
from dashboards.highlight import kinds, sides
from dashboards.i18n import DEFAULT, LANGUAGES, Catalogue, catalogue
from dashboards.web.access import Access, may
from dashboards.web.rights import ROLE_VI as ROLE_OF_STAFF_VI
from pipelines.settings import Settings
from pipelines.store import Store

TEMPLATES = Path(__file__).parent.parent / "templates"
PAGE = 50


TABLES = {
    "perspective_vi": labels.PERSPECTIVE_VI, "type_vi": labels.TYPE_VI, "confidence_vi": labels.CONFIDENCE_VI,
    "validity_vi": labels.VALIDITY_VI, "unit_vi": labels.UNIT_VI, "origin_vi": labels.ORIGIN_VI, "source_vi": labels.SOURCE_VI,
    "role_of_staff": ROLE_OF_STAFF_VI, "way_vi": labels.WAY_VI, "origin_of_setting": labels.SETTING_FROM_VI, "detail_vi": labels.DETAIL_VI,
    "action_vi": labels.ACTION_VI, "area_vi": labels.AREA_VI, "mark_vi": labels.MARK_VI,
}  # fmt: skip


LABELS: dict[str, Callable[..., str]] = {
    "time_vi": shown.time_vi, "day_vi": shown.day_vi, "tier_vi": shown.tier_vi, "role_vi": shown.role_vi, "verdict_vi": shown.verdict_vi,
    "lang_vi": shown.lang_vi,
}  # fmt: skip
LANGUAGE_COOKIE = "cotmoc_lang"


def _label(table: Mapping[str, str]) -> Callable[[str], str]:
    return lambda code: table.get(code, code)


# The office's own names of the steps, set for each page from the settings in force (an administrator may change them).
STEPS: ContextVar[Mapping[str, str] | None] = ContextVar("steps", default=None)


@cache
def environment(language: str = DEFAULT) -> Environment:
    """Return the environment that HTML is rendered with in one language: everything is escaped, unknown names are errors.

    One for the process: it holds nothing of a desk, and each further one would compile all templates anew (0.2 s).
    """
    words = catalogue(language)
    # The same reasons and labels come again on every page; a sentence costs hundreds of patterns.
    said = lru_cache(4096)(words.said)
    env = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(words.text, words.plural, newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(
        visible=shown.visible, one_line=shown.one_line, safe_url=shown.safe_url, said=said,
        place_vi=_place(words), decimal=_decimal(language), figure=partial(quantities.figure, language), quantity=partial(quantities.what, language), percent=shown.percent, browser_name=shown.browser_name, sides=sides, kinds=kinds,
        why=partial(spoken.why, language), base=partial(spoken.base, language),
        number=shown.number if language == DEFAULT else "{:,}".format,
        **{name: _spoken(label, words) for name, label in LABELS.items()},
        **{name: _spoken(_label(table), words) for name, table in TABLES.items()},
    )  # fmt: skip
    env.filters["step"] = pass_context(lambda _, status: said((STEPS.get() or {}).get(status, status)))
    env.globals["lang"] = language
    return env


# What stands before the name of a unit, and how English says it behind the name.
_UNITS = {"Tỉnh ": "Province", "Thành phố ": "City", "Xã ": "Commune", "Phường ": "Ward", "Đặc khu ": "Special Zone"}


def _place(words: Catalogue) -> Callable[[str], str]:
    """Return how a profile's place is named: “Tỉnh Ninh Bình”, in another language “Ninh Bình Province”."""

    def named(profile: str) -> str:
        title = shown.place_vi(profile)
        unit = next((unit for unit in _UNITS if words.messages and title.startswith(unit)), "")
        return f"{title.removeprefix(unit)} {_UNITS[unit]}" if unit else title

    return named


def _decimal(language: str) -> Callable[[float], str]:
    return lambda value: f"{value:g}".replace(".", "," if language == DEFAULT else ".")


def _spoken(label: Callable[..., str], words: Catalogue) -> Callable[..., str]:
    return lambda code: words.said(label(code))


def language(request: Request) -> str:
    """Return the language that the reader switched to (cookie), Vietnamese unless another was chosen."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, DEFAULT)
    return chosen if chosen in LANGUAGES else DEFAULT


def store(request: Request) -> Store:
    """Return the open store of the application."""
    found: Store = request.app.state.store
    return found


def settings(request: Request) -> Settings:
    """Return the settings of the application."""
    found: Settings = request.app.state.settings
    return found


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return `template` rendered with `values`, the user's name, the form token and `can(right)`."""
    session = getattr(request.state, "session", None)
    access: Access = request.app.state.access
    query = f"?{request.url.query}" if request.url.query else ""
    STEPS.set(settings(request).steps)
    text = environment(language(request)).get_template(template).render(
        path=request.url.path,
        here=request.url.path + query if request.method == "GET" else "/",
        analyst=session.analyst if session else "",
        token=access.token(session) if session else "",
        can=lambda right: may(session.role if session else "", right),
        **values,
    )
    return HTMLResponse(text, status_code=status)


def page_number(request: Request) -> int:
    """Return `?page=`, from 1 to 10,000; nonsense counts as 1."""
    given = request.query_params.get("page", "1")
    return min(max(int(given), 1), 10_000) if given.isascii() and given.isdigit() and len(given) < 6 else 1
