"""`make bench-web`: every page of the desk over real HTTP, on a store of a million articles and five thousand alerts.

    python -m tests.bench.web [ARTICLES] [--alerts 5000] [--asks 40] [--data DIR]

The server is a process of its own (uvicorn, as `cotmoc serve` runs it). Figures: milliseconds until the last byte
(p50, p95), processor time of the server, and kilobytes of the first load, which is the page with every file that it names. Baseline: /healthz, one SELECT and no page, on the same server. DIR keeps the
store for another run.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import psutil
from sqlalchemy import insert

from pipelines.clock import now
from pipelines.records import Claim, Role, Verdict
from pipelines.settings import Settings
from pipelines.store import Store, sessions, users
from pipelines.store.rows import stamp
from pipelines.store.schema import (
    alerts,
    article_provinces,
    articles,
    decisions,
    frontier,
    second_looks,
    source_states,
    stories,
    story_articles,
)
from tests.bench.index import documents

WORDS, BATCH, LIMIT_MS, LIMIT_KB = 120, 5000, 150, 250
SENTENCE = "Theo hiệp định, 53 % diện tích vịnh thuộc về Trung Quốc."
STATES = ("mới", "đang xem", "chờ người thứ hai", "cần phản hồi", "không sai lệch", "theo dõi", "trùng")
REFS = ("GT-02", "PCA-01", "LTR-01", "UNC-01")
PROVINCES = ("ninh-binh", "lao-cai", "quang-tri", "thanh-hoa")


def fill(store: Store, count: int, alarms: int, at: datetime) -> None:
    """Store `count` articles of five years, each a story of its own, and `alarms` alerts of the last year with their decisions."""
    chance, done, step = random.Random(5), 0, max(1, count // alarms)
    source = documents(count, WORDS)
    while part := list(islice(source, BATCH)):
        rows, told, made, places, seen = [], [], [], [], []
        for number, document in enumerate(part, start=done):
            published = stamp(at - timedelta(seconds=(count - number) * 157_000_000 // count))
            rows.append(_article(document, published))
            if document["about"] or number % 25 == 0:
                places.append({"article": document["id"], "province": PROVINCES[number % 4], "relation": "about"})
            if number % step == 0:
                told.append(_alert(document, len(told) + number, at, chance))
                if told[-1]["status"] != "mới":
                    made.append(_decision(told[-1], chance))
                    if len(made) % 20 == 0:
                        seen.append(_look(told[-1], made[-1]))
        with store.begin() as conn:
            for table, values in (
                (articles, rows), (stories, [{"id": r["id"], "first_article": r["id"], "first_outlet": r["outlet"]} for r in rows]),
                (story_articles, [{"article": r["id"], "story": r["id"]} for r in rows]), (article_provinces, places), (alerts, told),
                (decisions, made), (second_looks, seen),
                (frontier, [_address(r) for r in rows]),
            ):  # fmt: skip
                if values:
                    conn.execute(insert(table), values)
        done += len(part)
        print(f"\rstore: {done}/{count}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    with store.begin() as conn:
        for number in range(90):
            conn.execute(insert(source_states).values(source=f"bao-mau-{number}", status="ok" if number % 9 else "failing", last_success=stamp(at)))


def _article(document: dict[str, Any], published: str | None) -> dict[str, Any]:
    body = document["body"] + (f"\n{SENTENCE}" if document["id"].endswith("0") else "")
    return {
        "id": document["id"], "revision": 1, "current": 1, "url": document["url"], "canonical": document["url"], "source": document["source"],
        "outlet": document["outlet"], "kind": document["kind"], "lang": document["lang"], "title": document["title"], "sapo": "", "body": body,
        "captions": [], "images": [], "published": published, "date_origin": "feed", "date_confidence": 1.0, "text_hash": document["id"],
        "first_seen": published, "places": {"about": document["about"], "mentioned": [], "national": document["national"], "mentions": []},
        "assess_outcome": "clear", "assessed_with": "bench", "section": "", "parser": "bench",
    }  # fmt: skip


def _alert(document: dict[str, Any], number: int, at: datetime, chance: random.Random) -> dict[str, Any]:
    raised = at - timedelta(minutes=chance.randrange(60 * 24 * 365))
    verdict = chance.choice((Verdict.CONTRADICTED, Verdict.UNSUPPORTED, Verdict.POSITION_CLAIM))
    claim = Claim(
        sentence=SENTENCE, start=0, end=len(SENTENCE), verdict=verdict, refs=(REFS[number % 4],), type=f"D{number % 18 + 1:02d}", role=Role.ASSERT,
        confidence=round(0.5 + chance.random() / 2, 2), differs="bài viết: 53 % cho Trung Quốc — tư liệu GT-02: 53,23 % cho Việt Nam",
    )  # fmt: skip
    return {
        "id": f"a{number:031x}", "story": document["id"], "article": document["id"], "revision": 1, "tier": chance.choice(("flag", "watch")),
        "claim": claim.model_dump(mode="json"), "claim_type": claim.type, "role": claim.role.value, "verdict": verdict.value, "confidence": claim.confidence,
        "provinces": [PROVINCES[number % 4]], "national": int(number % 10 == 0), "title": document["title"], "outlet": document["outlet"],
        "url": document["url"], "published": stamp(raised - timedelta(hours=2)), "raised": stamp(raised), "status": chance.choices(STATES, (30, 10, 5, 15, 25, 10, 5))[0], "version": 1,
    }  # fmt: skip


def _decision(alert: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    outcome = "cần phản hồi" if alert["status"] == "chờ người thứ hai" else alert["status"]
    return {
        "id": f"d{alert['id'][1:]}", "alert": alert["id"], "outcome": outcome, "reason": "Đối chiếu lại thấy phù hợp tư liệu", "note": "", "analyst": "Bàn 2",
        "decided": stamp(datetime.fromisoformat(alert["raised"]) + timedelta(minutes=chance.randrange(3000))), "before": "mới", "status": alert["status"],
    }  # fmt: skip


def _look(alert: dict[str, Any], decision: dict[str, Any]) -> dict[str, Any]:
    return {
        "decision": decision["id"], "alert": alert["id"], "first": "Bàn 2", "first_outcome": decision["outcome"], "chosen": decision["decided"],
        "second": "Bàn 3", "outcome": decision["outcome"], "answered": decision["decided"],
    }  # fmt: skip


def _address(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "url": row["url"], "source": row["source"], "host": "example.invalid", "discovered": row["first_seen"], "state": "done", "outcome": "new",
    }  # fmt: skip


@contextmanager
def served(data: Path) -> Iterator[tuple[str, int]]:
    """Run the desk of `data` as a process of its own; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "serve", "--data", str(data), "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(200):
            try:
                if httpx.get(f"{address}/healthz").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.2)
        yield address, process.pid
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


def pages(alert: str, article: str) -> dict[str, str]:
    """Return every page with the address that is asked for."""
    return {
        "đường cơ sở: /healthz": "/healthz", "/": "/", "/today": "/today", "/alerts": "/alerts", "/alerts (lọc)": "/alerts?tier=flag&province=ninh-binh&status=all",
        "/alerts trang 40": "/alerts?status=all&page=40", "/alerts/MÃ": f"/alerts/{alert}", "/mine": "/mine", "/search": "/search?q=%22cửa+khẩu%22", "/articles/MÃ": f"/articles/{article}",
        "/digests": "/digests", "/packs": "/packs", "/reports": "/reports", "/health": "/health", "/references": "/references", "/references/GT-02": "/references/GT-02",
        "/map": "/map", "/quality": "/quality", "/watches": "/watches", "/about": "/about", "/account": "/account", "/users": "/users", "/settings": "/settings", "/audit": "/audit",
    }  # fmt: skip


def measure(client: httpx.Client, server: psutil.Process, path: str, asks: int) -> dict[str, Any]:
    """Return p50, p95, the first answer, and the kilobytes of page and files over the line, as a browser takes them (gzip)."""
    times, worked = [], _cpu(server)
    for _ in range(asks):
        started = time.perf_counter()
        answer = client.get(path)
        times.append((time.perf_counter() - started) * 1000)
        assert answer.status_code == 200, (path, answer.status_code)
    cpu = (_cpu(server) - worked) / asks * 1000
    files = set(re.findall(r"(?:href|src|data-map)=\"(/static/[^\"]+)\"", answer.text))
    size = int(answer.headers.get("content-length", len(answer.content))) + sum(_size(client, file) for file in files)
    first, rest = times[0], sorted(times[1:])
    return {"first_ms": round(first, 1), "p50_ms": round(statistics.median(rest), 1), "p95_ms": round(rest[int(len(rest) * 0.95)], 1), "cpu_ms": round(cpu, 1), "kB": round(size / 1000)}


def _cpu(server: psutil.Process) -> float:
    """Return the seconds of processor time so far: on a machine that is busy with other things it is what a page costs."""
    spent = server.cpu_times()
    return float(spent.user + spent.system)


def _size(client: httpx.Client, file: str) -> int:
    with client.stream("GET", file) as answer:
        return sum(len(part) for part in answer.iter_raw())


def main() -> None:
    """Fill, serve, ask, print the table, write build/bench/web.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("articles", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--alerts", type=int, default=5000)
    parser.add_argument("--asks", type=int, default=40)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--no-search", action="store_true", help="leave the index empty (a million texts take minutes)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = given.data or Path(folder)
        settings = Settings(data=data)
        store = Store.open(settings.store_url)
        with store.read() as conn:
            empty = conn.execute(alerts.select().limit(1)).first() is None
        if empty:
            fill(store, given.articles, given.alerts, now().astimezone(UTC))
        with store.begin() as conn:
            found = users.by_name(conn, "Bàn 1") or users.add(conn, "Bàn 1", "admin", now())
            cookie = sessions.start(conn, found.id, now(), way="password", hours=12)
            first = conn.execute(alerts.select().limit(1)).mappings().one()
        if empty and not given.no_search:
            from pipelines.search import open_index
            from pipelines.search.rebuild import rebuild

            index = open_index(settings, store)
            rebuild(store, index)
            index.close()
        store.close()
        results: dict[str, Any] = {"articles": given.articles, "alerts": given.alerts, "asks": given.asks, "pages": {}}
        with served(data) as (address, pid), httpx.Client(base_url=address, cookies={"cotmoc": cookie}, timeout=60) as client:
            client.get("/about")
            for name, path in pages(first["id"], first["article"]).items():
                results["pages"][name] = measure(client, psutil.Process(pid), path, given.asks)
                print(f"{name:<24}" + "".join(f"{results['pages'][name][key]!s:>12}" for key in ("first_ms", "p50_ms", "p95_ms", "cpu_ms", "kB")), flush=True)
    slow = [name for name, row in results["pages"].items() if row["p95_ms"] > LIMIT_MS or row["kB"] > LIMIT_KB]
    print(f"{'':<24}{'first ms':>12}{'p50 ms':>12}{'p95 ms':>12}{'cpu ms':>12}{'kB':>12}\nover {LIMIT_MS} ms or {LIMIT_KB} kB: {', '.join(slow) or 'none'}")
    results["over"] = slow
    target = Path("build/bench/web.json")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    os.environ.pop("COTMOC_DATA", None)
    if slow:
        sys.exit(1)


if __name__ == "__main__":
    main()
