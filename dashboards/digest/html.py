"""The digest as one HTML file that stands alone: own styles, no script, nothing fetched."""

from __future__ import annotations

from base64 import b64encode

from dashboards.digest.outline import NOTHING, box, outline
from dashboards.digest.records import Digest
from dashboards.reports.charts import draw


def render_html(digest: Digest) -> bytes:
    """Return the page in UTF-8; every text is escaped."""
    from dashboards.web.view import environment

    template = environment().get_template("digest.html")
    pictures = [(chart.caption, "data:image/png;base64," + b64encode(draw(chart)).decode()) for chart in digest.charts]
    text = template.render(digest=digest, pictures=pictures, box=box(digest), sections=outline(digest), nothing=NOTHING)
    return text.encode()
