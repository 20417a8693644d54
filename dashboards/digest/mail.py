"""The digest as a draft e-mail: plain text, HTML, and DOCX and PDF attached."""

from __future__ import annotations

import email.policy
import hashlib
import re
from base64 import b64decode
from email.message import EmailMessage
from email.utils import format_datetime

from dashboards.digest.outline import NOTHING, box, outline
from dashboards.digest.records import Digest
from dashboards.reports.records import Chart

WORD = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")


_PICTURE = re.compile(r'src="data:image/png;base64,([A-Za-z0-9+/=]+)"')


def render_text(digest: Digest) -> str:
    """Return the issue as plain text."""
    lines = [digest.mark, digest.office.agency, digest.title, digest.period, ""]
    lines += [f"{label}: {value}" if value else label for label, value in box(digest)]
    lines += [f"Hình {number}. {chart.caption}: {figures(chart)}" for number, chart in enumerate(digest.charts, 1)]
    for section in outline(digest, brief=True):
        lines += ["", section.heading.upper()]
        for part in section.parts:
            lines += [part.heading] if part.heading else []
            lines += [] if part.entries else [NOTHING]
            for entry in part.entries:
                lines += [*(one.text for one in entry), ""]
    return "\n".join(lines) + "\n"


def figures(chart: Chart) -> str:
    """Return what a chart shows in words: “20/11 3, 21/11 5”."""
    return "; ".join(
        (f"{name}: " if len(chart.series) > 1 else "") + ", ".join(f"{label} {value}" for label, value in zip(chart.labels, values, strict=True))
        for name, values in chart.series
    )


def render_mail(digest: Digest, html: bytes, files: dict[str, bytes]) -> bytes:
    """Return the EML (multipart/mixed of alternative and attachments); `X-Unsent` opens it as a draft.

    No recipient is filled in: the office chooses. The same issue gives the same bytes.
    """
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["Subject"] = " ".join(f"{digest.title} - {digest.office.title} ({digest.mark.lower()})".split())
    mail["Date"] = format_datetime(digest.end)
    mark = hashlib.sha256(html).hexdigest()[:24]
    mail["Message-ID"] = f"<{digest.office.name.replace('/', '.')}.{digest.day.isoformat()}.{mark}@cotmoc.invalid>"
    mail["X-Unsent"] = "1"
    mail.set_content(render_text(digest))
    pictures = [b64decode(found) for found in _PICTURE.findall(html.decode())]
    names = [f"hinh-{number}-{mark}@cotmoc.invalid" for number in range(1, len(pictures) + 1)]
    waiting = iter(names)
    # Mail programs show pictures that lie in the message; many drop those that lie in an address.
    mail.add_alternative(_PICTURE.sub(lambda _found: f'src="cid:{next(waiting)}"', html.decode()), subtype="html")
    page = list(mail.iter_parts())[-1]
    assert isinstance(page, EmailMessage)
    for name, picture in zip(names, pictures, strict=True):
        page.add_related(picture, maintype="image", subtype="png", cid=f"<{name}>")
    for name, content in files.items():
        main, sub = WORD if name.endswith(".docx") else ("application", "pdf")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"cotmoc-{mark}-{number}")
    return mail.as_bytes()
