"""HTML of the sample newsroom: every outlet has its own template (Jinja2, escaped)."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from html import escape
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, select_autoescape

from crawlers.newsroom import dates
from crawlers.newsroom.articles import Piece, Version
from crawlers.newsroom.outlets import Outlet, ascii_slug


@cache
def _environment() -> Environment:
    folder = files("crawlers.newsroom") / "templates"

    def load(name: str) -> str:
        return (folder / name).read_text(encoding="utf-8")

    env = Environment(loader=FunctionLoader(load), autoescape=select_autoescape(default=True), trim_blocks=True)
    env.filters["slug"] = ascii_slug
    return env


def article(
    outlet: Outlet,
    piece: Piece,
    version: Version,
    url: str,
    home: str,
    published: datetime,
    modified: datetime,
    others: list[tuple[str, str]],
) -> str:
    """Return the page of one piece; `others` are (title, url) for the boxes beside it."""
    ld = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": version.title,
        "description": version.sapo,
        "datePublished": dates.iso(published),
        "dateModified": dates.iso(modified),
        "mainEntityOfPage": url,
        "publisher": {"@type": "Organization", "name": outlet.name},
        "articleSection": piece.section,
    }
    # "<" is written as an escape, so that no title can close the script element
    ld_text = json.dumps(ld, ensure_ascii=False).replace("<", "\\u003c")
    return _environment().get_template(f"{outlet.id}.html").render(
        o=outlet, p=piece, v=version, url=url, home=home, shown=dates.shown(outlet.id, published),
        iso=dates.iso(published), iso_z=dates.iso_z(published), modified=dates.iso(modified), ld=ld_text, others=others,
        images=[f"{home}/anh/{piece.number}-{n}.jpg" for n in range(1, len(version.captions) + 1)],
    )  # fmt: skip


def listing(outlet: Outlet, title: str, rows: list[tuple[str, str, str, str]]) -> str:
    """Return a home or list page; `rows` are (title, url, sapô, date shown)."""
    return _environment().get_template("list.html").render(o=outlet, title=title, rows=rows)


def plain(lang: str, title: str, body_html: str) -> str:
    """Return a bare page around trusted `body_html`."""
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f"<body><h1>{escape(title)}</h1>{body_html}</body></html>\n"
    )
