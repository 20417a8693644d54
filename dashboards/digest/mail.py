"""The digest as a draft e-mail: plain text, HTML, and DOCX and PDF attached."""

from __future__ import annotations

import email.policy
import hashlib
from email.message import EmailMessage, MIMEPart
from email.utils import format_datetime

from dashboards.digest.outline import NOTHING, box, outline
from dashboards.digest.records import Digest

WORD = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")


def render_text(digest: Digest) -> str:
    """Return the issue as plain text."""
    lines = ["DỰ THẢO", digest.office.agency, digest.title, digest.period, ""]
    lines += [f"{label}: {value}" for label, value in box(digest)]
    for section in outline(digest):
        lines += ["", section.heading.upper()]
        for part in section.parts:
            lines += [part.heading] if part.heading else []
            lines += [] if part.entries else [NOTHING]
            for entry in part.entries:
                lines += [*(one.text for one in entry), ""]
    return "\n".join(lines) + "\n"


def render_mail(digest: Digest, html: bytes, files: dict[str, bytes]) -> bytes:
    """Return the EML (multipart/mixed of alternative and attachments); `X-Unsent` opens it as a draft.

    No recipient is filled in: the office chooses. The same issue gives the same bytes.
    """
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["Subject"] = " ".join(f"{digest.title} - {digest.office.title} (dự thảo)".split())
    mail["Date"] = format_datetime(digest.end)
    mark = hashlib.sha256(html).hexdigest()[:24]
    mail["Message-ID"] = f"<{digest.office.name.replace('/', '.')}.{digest.day.isoformat()}.{mark}@cotmoc.invalid>"
    mail["X-Unsent"] = "1"
    mail.set_content(render_text(digest))
    mail.add_alternative(html.decode(), subtype="html")
    for name, content in files.items():
        main, sub = WORD if name.endswith(".docx") else ("application", "pdf")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    mail.set_boundary(f"cotmoc-{mark}")
    for number, part in enumerate(mail.iter_parts()):
        if isinstance(part, MIMEPart) and part.is_multipart():
            part.set_boundary(f"cotmoc-{mark}-{number}")
    return mail.as_bytes()
