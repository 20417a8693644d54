"""What `cotmoc doctor` looks at: each check says what is there, and how to mend what is not."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.store import Store

State = Literal["ok", "optional", "missing"]
# Letters that older Liberation fonts lack (93 of them); a font that holds these holds the rest.
HARD_LETTERS = "ẳẵặễệộợửữựỹĐđƠơƯư"


class Check(NamedTuple):
    """One finding: `state` is ok, optional (works without) or missing (must be mended)."""

    name: str
    state: State
    found: str
    mend: str = ""


def run_checks(config: Settings) -> Iterator[Check]:
    """Yield every finding, cheap ones first."""
    for check in (python, write_access, contact, full_text, clock, font, elasticsearch, postgresql, prefect, browser, office, channels, deliveries):
        yield check(config)


def python(_config: Settings) -> Check:
    """Python; that it is 3.11 or newer, `make setup` has already asked."""
    return Check("Python", "ok", ".".join(map(str, sys.version_info[:3])))


def write_access(config: Settings) -> Check:
    """The data folder can be written, with room for a week of captures."""
    folder = config.data
    existing = next(parent for parent in (folder.resolve(), *folder.resolve().parents) if parent.exists())
    if not os.access(existing, os.W_OK | os.X_OK):
        return Check("thư mục dữ liệu", "missing", f"{folder}: không ghi được", "cấp quyền ghi hoặc chọn nơi khác bằng --data")
    free = shutil.disk_usage(existing).free / 1e9
    if free < 2:
        return Check("thư mục dữ liệu", "missing", f"{folder}: còn {free:.1f} GB", "giải phóng đĩa; cần ít nhất 2 GB")
    return Check("thư mục dữ liệu", "ok", f"{folder}: còn {free:.0f} GB")


def contact(config: Settings) -> Check:
    """Outlets are asked under a name that says who asks and how to reach them."""
    if config.has_contact:
        return Check("địa chỉ liên hệ", "ok", config.contact)
    mend = f"đặt COTMOC_CONTACT, hoặc ghi contact = \"…\" vào {config.data / 'cotmoc.toml'}: trang giới thiệu hay hộp thư của cơ quan"
    return Check("địa chỉ liên hệ", "optional", "chưa đặt; các báo không biết ai đang hỏi (User-Agent)", mend)


def full_text(_config: Settings) -> Check:
    """SQLite with FTS5."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE probe USING fts5(text)")
    except sqlite3.OperationalError as error:
        return Check("SQLite FTS5", "missing", str(error), "dùng bản Python có SQLite kèm FTS5 (gói của Debian, python.org đều có)")
    finally:
        connection.close()
    return Check("SQLite FTS5", "ok", sqlite3.sqlite_version)


def clock(_config: Settings) -> Check:
    """The clock is not plainly wrong, and the time zone data are there."""
    from zoneinfo import ZoneInfo

    ZoneInfo("Asia/Ho_Chi_Minh")
    built = Path(__file__).stat().st_mtime
    if time.time() < built - 86_400:
        return Check("đồng hồ", "missing", time.strftime("%Y-%m-%d %H:%M"), "đồng hồ chạy lùi so với phần mềm; bật đồng bộ giờ (timedatectl set-ntp true)")
    return Check("đồng hồ", "ok", time.strftime("%Y-%m-%d %H:%M %z"))


def font(_config: Settings) -> Check:
    """The shipped document font holds every Vietnamese letter."""
    from fontTools.ttLib import TTFont

    folder = files("dashboards") / "fonts"
    regular = next((f for f in folder.iterdir() if f.name.endswith("Regular.ttf")), None)
    if regular is None:
        return Check("phông chữ", "missing", "không có tệp phông", "cài lại: make setup")
    letters = TTFont(str(regular), lazy=True).getBestCmap()
    absent = [letter for letter in HARD_LETTERS if ord(letter) not in letters]
    if absent:
        return Check("phông chữ", "missing", f"{regular.name} thiếu {''.join(absent)}", "cài lại: make setup")
    return Check("phông chữ", "ok", regular.name)


def elasticsearch(config: Settings) -> Check:
    """The configured Elasticsearch answers; without one the embedded engine is used."""
    name = "Elasticsearch"
    if not (config.elasticsearch_url or config.elasticsearch_cloud_id):
        return Check(name, "optional", "chưa đặt; dùng chỉ mục nhúng", "đặt COTMOC_ELASTICSEARCH_URL để dùng máy chủ")
    from pipelines.errors import UserError
    from pipelines.search import open_index

    try:
        index = open_index(config, None)
        index.setup()
        count = index.count()
        index.close()
    except UserError as error:
        return Check(name, "missing", str(error), "sửa địa chỉ, mật khẩu hoặc khởi động máy chủ (make elasticsearch)")
    return Check(name, "ok", f"{config.elasticsearch_url}: {count} văn bản")


def postgresql(config: Settings) -> Check:
    """The configured database opens; without one SQLite is used."""
    if not config.database_url:
        return Check("PostgreSQL", "optional", "chưa đặt; dùng SQLite", "đặt COTMOC_DATABASE_URL=postgresql://… để dùng máy chủ")
    from pipelines.errors import UserError
    from pipelines.store import Store

    try:
        Store.open(config.store_url).close()
    except UserError as error:
        return Check("PostgreSQL", "missing", str(error), "sửa COTMOC_DATABASE_URL hoặc khởi động máy chủ")
    return Check("PostgreSQL", "ok", "mở được, bảng đúng phiên bản")


def prefect(_config: Settings) -> Check:
    """Prefect is installed, and its server answers when one is named."""
    from importlib.metadata import version

    if importlib.util.find_spec("prefect") is None:
        return Check("Prefect", "missing", "chưa cài", "make setup")
    api = os.environ.get("PREFECT_API_URL", "")
    if not api:
        return Check("Prefect", "ok", f"{version('prefect')}; `cotmoc start` tự mở máy chủ")
    try:
        with urlopen(Request(f"{api}/health"), timeout=3):
            return Check("Prefect", "ok", f"{version('prefect')} tại {api}")
    except (URLError, HTTPError, OSError) as error:
        return Check("Prefect", "missing", f"{api}: {error}", "khởi động máy chủ Prefect hoặc bỏ PREFECT_API_URL")


def browser(_config: Settings) -> Check:
    """Chromium for screenshots in evidence packs."""
    return _program("trình duyệt", ("chromium", "chromium-browser", "google-chrome"), "apt-get install chromium (ảnh chụp trong hồ sơ chứng cứ)")


def office(_config: Settings) -> Check:
    """LibreOffice, to look at documents."""
    return _program("LibreOffice", ("soffice", "libreoffice"), "apt-get install libreoffice-writer-nogui (để xem DOCX trên máy này)")


def channels(config: Settings) -> Check:
    """Every address of a channel can be read; whether anybody answers there, `cotmoc notify --test` tries."""
    name, mend = "kênh thông báo", "đặt mục [notify] trong cotmoc.toml (docs/notify.md)"
    if not config.notify:
        return Check(name, "optional", "chưa có; không ai được báo", mend)
    from pipelines.errors import UsageError
    from pipelines.notify.channels import check_names

    try:
        check_names(config.notify)
    except UsageError as error:
        return Check(name, "missing", str(error), mend)
    return Check(name, "ok", ", ".join(config.notify))


def deliveries(config: Settings) -> Check:
    """What is owed to the index and to people, and who of them is away: the alarm itself is one line in the log."""
    from pipelines.deliver import TOPIC, away_since
    from pipelines.errors import UserError
    from pipelines.notify.away import all_away
    from pipelines.store import Store, outbox

    name = "việc chuyển"
    if not config.database_url and not (config.data / "cotmoc.sqlite3").is_file():
        return Check(name, "ok", "chưa có kho")
    try:
        store = Store.open(config.store_url)
    except UserError as error:
        return Check(name, "missing", str(error), "sửa kho trước")
    with store.read() as conn:
        index, people, refused = outbox.owed(conn, TOPIC), outbox.owed(conn, "notify"), outbox.refused(conn, TOPIC)
        away, channels_away = away_since(conn), all_away(conn, config.notify)
    mend = "docs/elasticsearch.md; cotmoc notify --test"
    embedded, absent = _embedded(config, store)
    store.close()
    owed = f"chỉ mục: {index} tin chờ" + (f", {refused} đã thử mà chưa vào được" if refused else "") + f"; thông báo: {people} chờ"
    said = [f"chỉ mục vắng từ {away[0]} ({away[1]})"] if away else []
    said += [f"kênh “{channel}” không nhận từ {since}" for channel, since in channels_away]
    if absent:
        embedded = f"chỉ mục thiếu ít nhất {absent} bài so với kho"
    if embedded:
        mend = "cotmoc index rebuild (cotmoc index verify cho biết bài nào)" if absent else "cotmoc index rebuild"
        mend += "; cotmoc notify --test" if channels_away else ""
        said += [embedded] if not any(embedded in one for one in said) else []
    if said:
        return Check(name, "missing", "; ".join([*said, owed]), mend)
    return Check(name, "missing" if refused else "ok", owed, "cotmoc index verify cho biết bài nào" if refused else "")


def _embedded(config: Settings, store: Store) -> tuple[str, int]:
    """Return why the embedded index does not answer (empty when it does), and how many articles it lacks at least."""
    if config.elasticsearch_url or config.elasticsearch_cloud_id:
        return "", 0
    from contextlib import closing

    from pipelines.search import IndexUnavailable, open_index
    from pipelines.search.rebuild import lacking

    held = 0
    with store.read() as conn:
        # To open a file that is not there would make it.
        if (config.data / "index.sqlite3").is_file():
            try:
                with closing(open_index(config)) as index:
                    held = index.count()
            except IndexUnavailable as error:
                return str(error), 0
        return "", lacking(conn, held)


def _program(name: str, programs: tuple[str, ...], mend: str) -> Check:
    found: Callable[[str], str | None] = shutil.which
    path = next((path for path in map(found, programs) if path), None)
    return Check(name, "ok", path) if path else Check(name, "optional", "không có", mend)
