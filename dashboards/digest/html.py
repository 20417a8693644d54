"""The digest as one HTML file that stands alone: own styles, no script, nothing fetched."""

from __future__ import annotations

from dashboards.digest.outline import NOTHING, box, outline
from dashboards.digest.records import Digest


def render_html(digest: Digest) -> bytes:
    """Return the page in UTF-8; every text is escaped."""
    from dashboards.web.view import environment

    template = environment().get_template("digest.html")
    text = template.render(digest=digest, box=box(digest), sections=outline(digest), nothing=NOTHING)
    return text.encode()
