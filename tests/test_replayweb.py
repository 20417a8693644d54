"""The WACZ of an evidence pack opens in ReplayWeb.page, in a real browser without the network, and shows the page as captured."""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboards.evidence import build_pack
from tests.desk import WRONG, Desk, make_desk

pytestmark = [pytest.mark.browser, pytest.mark.replayweb]
PLAYER = """<!doctype html><style>replay-web-page {{ display: block; height: 90vh }}</style><script src="/replay/ui.js"></script>
<replay-web-page source="/luu-tru.wacz" url="{url}" embed="replayonly" deepLink="false"></replay-web-page>"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "data")


@pytest.fixture
def site(desk: Desk, tmp_path: Path) -> Iterator[str]:
    """A folder with the player and the archive of a pack, served on loopback."""
    pack = build_pack(desk.store, desk.settings, desk.ids["story"], tmp_path / "out", pictures=False)
    folder = tmp_path / "site"
    (folder / "replay").mkdir(parents=True)
    for name in ("ui.js", "sw.js"):
        shutil.copy(Path(os.environ["COTMOC_TEST_REPLAYWEB"]) / name, folder / "replay")
    archive = shutil.copy(pack.path / "luu-tru.wacz", folder)
    with zipfile.ZipFile(archive) as held:
        pages = [json.loads(line) for line in held.read("pages/pages.jsonl").splitlines()[1:]]
    (folder / "index.html").write_text(PLAYER.format(url=pages[0]["url"]), encoding="utf-8")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/index.html"
    server.shutdown()
    server.server_close()


def test_the_archived_page_is_seen(site: str) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.goto(site)
        # The archived page lies in the frame of a frame: player, then replay under /w/.
        seen = ""
        for half_second in range(1, 181):
            # On a busy machine the player of 2.4.6 now and then misses its own service worker's start, and stays
            # empty (7 of 72 openings with six browsers at once on two cores, 2026-11-21): the reader loads again.
            if half_second % 30 == 0:
                page.reload()
            seen = "".join(frame.locator("body").inner_text() for frame in page.frames if "/replay/w/" in frame.url)
            if WRONG in seen:
                break
            page.wait_for_timeout(500)
        browser.close()
    assert WRONG in seen
