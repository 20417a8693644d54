"""Fixtures shared by all features, and the rule for real servers: absent means named and left out, in CI it fails."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.settings import load_settings
from pipelines.store import Store, second_looks
from tests.loopback import Site, serve

# Marker → (is it there?, what adds it).
MEND = {
    "elasticsearch": "make servers, rồi eval lệnh nó in ra (COTMOC_TEST_ELASTICSEARCH_URL)",
    "postgresql": "make servers, rồi eval lệnh nó in ra (COTMOC_TEST_DATABASE_URL)",
    "browser": "apt-get install chromium",
    "replayweb": "make servers, rồi eval lệnh nó in ra (COTMOC_TEST_REPLAYWEB)",
    "shared_data": "SHARED_DATA=thư mục dữ liệu phát triển",
}


@pytest.fixture(scope="session", autouse=True)
def shared_models() -> None:
    """One cache of trained models for all data folders of the tests: the program's own."""
    os.environ.setdefault("COTMOC_MODELS", str(load_settings().model_home))


@pytest.fixture(autouse=True)
def no_second_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """One decision in twenty is drawn for a second look, by a secret that each store makes itself: here only where a test asks."""
    monkeypatch.setattr(second_looks, "chosen", lambda *_: False)


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Passwords sealed with argon2id at its least cost: what is tested is nearly everywhere the way around the hash."""
    from argon2 import PasswordHasher

    from dashboards.accounts import passwords

    cheap, patch = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1), pytest.MonkeyPatch()
    patch.setattr(passwords, "_real_hasher", passwords._hasher, raising=False)
    patch.setattr(passwords, "_hasher", lambda: cheap)
    yield
    patch.undo()


@pytest.fixture
def site() -> Iterator[Site]:
    """A small site on loopback, with an open robots.txt."""
    with serve() as running:
        yield running


@pytest.fixture
def real_passwords(cheap_passwords: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords sealed at the desk's own cost."""
    from dashboards.accounts import passwords

    monkeypatch.setattr(passwords, "_hasher", passwords._real_hasher)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium for the tests of a file. Not for a whole worker: while it runs, this thread has an event loop of Playwright's."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=path, args=[*root, *quiet])
        yield found
        found.close()


def present(marker: str) -> bool:
    """Say whether the server or data behind `marker` is on this machine."""
    if marker == "elasticsearch":
        return bool(os.environ.get("COTMOC_TEST_ELASTICSEARCH_URL"))
    if marker == "postgresql":
        return bool(os.environ.get("COTMOC_TEST_DATABASE_URL"))
    if marker == "replayweb":
        return bool(os.environ.get("COTMOC_TEST_REPLAYWEB"))
    if marker == "browser":
        return any(shutil.which(name) for name in ("chromium", "chromium-browser"))
    folder = os.environ.get("SHARED_DATA")
    return bool(folder) and Path(folder).is_dir()


# Files that take minutes start first, so that no worker is left with one at the end (pytest -n 4 --dist loadfile); of these test_workers.py, whose
# servers and workers wait for one another by the clock, after the first four, beside which the checks of the text keep a core busy.
LONG = ("test_kill.py", "test_search_parity.py", "test_cluster.py", "test_replay.py", "test_workers.py", "test_search_secured.py", "test_faults.py", "test_demo.py",
        "test_accessibility.py", "test_sources_add.py", "test_train.py", "test_claims_gate.py", "test_search_live.py")  # fmt: skip


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))
    absent = {marker for marker in MEND if not present(marker)}
    left_out = [item for item in items if any(item.get_closest_marker(marker) for marker in absent)]
    if not left_out:
        return
    config.stash[LEFT_OUT] = {
        marker: sum(1 for item in left_out if item.get_closest_marker(marker)) for marker in sorted(absent)
    }
    if os.environ.get("CI") == "true":
        for item in left_out:
            names = ", ".join(marker for marker in sorted(absent) if item.get_closest_marker(marker))
            item.add_marker(pytest.mark.usefixtures("absent_in_ci"))
            item.user_properties.append(("absent", names))
        return
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


LEFT_OUT = pytest.StashKey[dict[str, int]]()


@pytest.fixture
def absent_in_ci(request: pytest.FixtureRequest) -> None:
    """Fail a test whose server is absent although CI promises it."""
    names = dict(request.node.user_properties)["absent"]
    pytest.fail(f"CI=true, nhưng thiếu: {names}; .ci/run phải cài và khởi động", pytrace=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.getoption("numprocesses", None):
        for marker in (marker for marker in MEND if not present(marker)):
            terminalreporter.write_line(f"left out: suite “{marker}”; to add it: {MEND[marker]}", yellow=True)
    for marker, count in config.stash.get(LEFT_OUT, {}).items():
        if count:
            terminalreporter.write_line(f"left out: {count} tests of suite “{marker}”; to add it: {MEND[marker]}", yellow=True)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real feeds, pages, articles and gazetteers (never copied into the repository)."""
    return Path(os.environ["SHARED_DATA"]).resolve()


@pytest.fixture(scope="session")
def elasticsearch_url() -> str:
    """Address of a real Elasticsearch."""
    return os.environ["COTMOC_TEST_ELASTICSEARCH_URL"]


@pytest.fixture(scope="session")
def database_url() -> str:
    """Address of a real, empty PostgreSQL database whose tables a test may drop; each worker of pytest-xdist has its own."""
    from sqlalchemy import create_engine, text

    url, worker = os.environ["COTMOC_TEST_DATABASE_URL"], os.environ.get("PYTEST_XDIST_WORKER")
    if not worker:
        return url
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), isolation_level="AUTOCOMMIT")
    own = f"{engine.url.database}_{worker}"
    with engine.connect() as conn:
        if not conn.execute(text("SELECT 1 FROM pg_database WHERE datname = :own"), {"own": own}).scalar():
            conn.execute(text(f'CREATE DATABASE "{own}"'))
    engine.dispose()
    return f"{url.rsplit('/', 1)[0]}/{own}"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store on SQLite."""
    opened = Store.open(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    yield opened
    opened.close()


@pytest.fixture
def fresh_database(database_url: str) -> str:
    """The PostgreSQL database with everything dropped."""
    from sqlalchemy import create_engine, text

    url = database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url)
    with engine.begin() as conn:
        conn.execute(text("DROP SCHEMA public CASCADE"))
        conn.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return url
