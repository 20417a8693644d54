"""Picture and print of an archived page by Chromium: rebuilt from the stored body, without scripts and without network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from lxml import html
from lxml.etree import LxmlError
from PIL import Image, ImageChops

from dashboards.evidence.filling import fill
from dashboards.evidence.manifest import File, Parts

NAMES = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 90
# Chromium pictures its window, so the window is as tall as any article; what is blank below is cut off again.
TALLEST = 15_000
# A picture that ends this near (px) below may have lost something: the page is measured by a second one from there on.
NEAR = 500
# Any address, also one given as a number, ends at a port where nobody listens.
OFFLINE = ("--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9", "--proxy-bypass-list=<-loopback>")
QUIET = (
    "--headless=new", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-sync", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--mute-audio", "--disable-dev-shm-usage",
    "--virtual-time-budget=5000",
)  # fmt: skip
NOBODY = 65534
# What would run, lead away from the stored copy, or show another file of this machine.
DROPPED = ("script", "noscript", "base", "iframe", "frame", "frameset", "object", "embed", "applet", "link", "portal")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def find() -> str | None:
    """Return the path of a Chromium on this machine, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def lead_page(parts: Parts, articles: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any] | None, File | None]:
    """Return the first article with a claim and a capture, of which the pictures are made, and its page."""
    lead = next((a for a in articles if a.get("with_claim") and a.get("capture")), None)
    return lead, next((f for f in parts.files if lead and f.role == "body" and f.article == lead["id"]), None)


def harmless(body: bytes, content_type: str) -> bytes:
    """Return the page as `rebuilt` without any picture."""
    return rebuilt(body, content_type, "", {})[0]


def rebuilt(body: bytes, content_type: str, base: str, images: Mapping[str, bytes]) -> tuple[bytes, list[str]]:
    """Return the page in UTF-8 without scripts, frames, refreshes and links, under a policy that loads nothing.

    The kept `images` (by address; `base` is the page's) stand in it, also those that its scripts would have brought; beside it
    come the addresses of the pictures that could not be filled in.

    Chromium's own switch against scripts makes its headless mode take no picture (seen with Chromium 156 on Debian 12).
    """
    charset = re.search(r"charset=[\"']?([\w-]{2,20})", content_type, re.I)
    tree = html.document_fromstring(body, parser=html.HTMLParser(encoding=charset[1] if charset else None))
    for element in list(tree.iter(*DROPPED)) + [m for m in tree.iter("meta") if m.get("http-equiv") or m.get("charset")]:
        element.drop_tree()
    unfilled = fill(tree, base, images)
    text = html.tostring(tree, encoding="unicode", doctype="")
    head = f'<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    return (head + text).encode("utf-8", "replace"), unfilled


def cropped(picture: bytes) -> bytes:
    """Return a PNG without the even rows at its foot."""
    with Image.open(BytesIO(picture)) as opened:
        image = opened.convert("RGB")
    foot = image.crop((0, image.height - 1, 1, image.height)).resize(image.size)
    box = ImageChops.difference(image, foot).getbbox()
    out = BytesIO()
    image.crop((0, 0, image.width, min(image.height, (box[3] if box else 0) + 40))).save(out, "PNG")
    return out.getvalue()


def render(body: bytes, content_type: str, base: str = "", images: Mapping[str, bytes] | None = None) -> tuple[dict[str, bytes], str, bool]:
    """Return {"screenshot": PNG, "print": PDF} of an HTML page, why not all (or what is cut off), and whether the browser is at fault.

    Without a Chromium, and for what is no page, there is nothing to blame: the pictures are only absent.

    The browser runs as `nobody` when we are root: its sandbox does not work for root, and a hostile page must not be root.
    """
    program = find()
    if program is None:
        return {}, "máy này không có Chromium", False
    if "html" not in content_type.lower():
        return {}, f"không phải trang HTML ({content_type or 'không rõ loại'})", False
    made: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory(prefix="cotmoc-chromium-") as name:
        folder = Path(name)
        page = folder / "page.html"
        try:
            content = rebuilt(body, content_type, base, images or {})[0]
            page.write_bytes(content)
        except (LxmlError, ValueError, LookupError) as error:
            return {}, f"không đọc được trang HTML ({type(error).__name__})", True
        as_nobody = os.geteuid() == 0
        drop: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if as_nobody else {}
        if as_nobody:
            os.chown(folder, NOBODY, NOBODY)
            page.chmod(0o644)
        cut = ""
        for kind, result in (("screenshot", folder / "a.png"), ("print", folder / "a.pdf"), ("below", folder / "b.png")):
            if kind == "below":
                with Image.open(BytesIO(made["screenshot"])) as shot:
                    if shot.height < TALLEST - NEAR:
                        break
                page.write_bytes(content + f"<style>html{{margin-top:-{TALLEST - NEAR}px!important}}</style>".encode())
            flags = [f"--print-to-pdf={result}", "--no-pdf-header-footer"] if kind == "print" else [f"--screenshot={result}", f"--window-size=1366,{TALLEST}"]
            command = [program, *QUIET, *OFFLINE, f"--user-data-dir={folder / kind}", *flags, page.as_uri()]
            if as_nobody:
                command.insert(1, "--no-sandbox")
            try:
                subprocess.run(
                    command, timeout=SECONDS, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL, env={"HOME": name, "PATH": os.environ.get("PATH", ""), "LANG": "vi_VN.UTF-8"},
                    **drop,
                )  # fmt: skip
            except (subprocess.TimeoutExpired, OSError) as error:
                return made, f"Chromium không chụp được ({type(error).__name__})", True
            if not result.exists() or result.stat().st_size == 0:
                return made, "Chromium không chụp được trang này", True
            if kind == "below":
                with Image.open(BytesIO(cropped(result.read_bytes()))) as rest:
                    height = TALLEST - NEAR + rest.height
                cut = f"trang cao khoảng {height} điểm ảnh, ảnh chụp chỉ có {TALLEST} điểm ảnh đầu; cả trang ở bản in" if height > TALLEST + 40 else ""
                continue
            made[kind] = result.read_bytes() if kind == "print" else cropped(result.read_bytes())
    return made, cut, False
