"""Speed and memory of the places matcher: the gate over raw pages, full resolution, beside one regex of the same names.

Run: `SHARED_DATA=… python tests/bench/places.py`; writes build/bench/places.json.
"""

from __future__ import annotations

import gc
import gzip
import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from pipelines.places import Matcher
from pipelines.places.lexicon import lexicon
from pipelines.text import fold


def timed(work: Callable[[], int], least: float = 1.5) -> tuple[float, int]:
    """Repeat `work` for `least` seconds; return items per second of the best round, and the last result."""
    best, spent, result = 0.0, 0.0, 0
    while spent < least:
        start = time.process_time()  # one core's own time: the machine may be shared
        result = work()
        took = time.process_time() - start
        spent += took
        best = max(best, 1 / took)
    return best, result


def main() -> None:
    news = Path(os.environ["SHARED_DATA"]) / "news"
    rows = []
    for name in ("dantri_2021", "press_2016"):
        with gzip.open(news / f"{name}.jsonl.gz", "rt") as stream:
            for line in stream:
                row = json.loads(line)
                body = "\n".join(row.get("sentences", [])) or row.get("text", "")
                rows.append((row.get("title", ""), body, row.get("date", "2016-10-01")))
    rows = rows[::3]
    pages = [
        f"<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1><p>{body.replace(chr(10), '</p><p>')}</p></body></html>"
        for title, body, _ in rows
    ]
    memory = psutil.Process()
    before = memory.memory_info().rss
    start = time.perf_counter()
    matcher = Matcher.load()
    matcher.touches("")
    matcher.resolve("a", "", "b", "2026-01-01")
    load = time.perf_counter() - start
    gc.freeze()  # as `cotmoc places --input` does
    used = (memory.memory_info().rss - before) / 1e6
    megabytes = sum(len(page.encode()) for page in pages) / 1e6

    gate, passed = timed(lambda: sum(matcher.touches(page) for page in pages))
    ours = [row for row, page in zip(rows, pages, strict=True) if matcher.touches(page)]
    full, _ = timed(lambda: sum(len(matcher.resolve(t, "", b, d).mentions) for t, b, d in ours))
    names = sorted((entry.key for entry in lexicon().entries if entry.strong), key=len, reverse=True)
    regex = re.compile("|".join(map(re.escape, names)))
    few = pages[::20]
    slow, _ = timed(lambda: sum(regex.search(fold(page)) is not None for page in few), least=0.1)

    figures = {
        "pages": len(pages),
        "megabytes": round(megabytes, 1),
        "load_seconds": round(load, 2),
        "memory_mb": round(used, 1),
        "gate_per_second": round(gate * len(pages)),
        "gate_mb_per_second": round(gate * megabytes),
        "passed": passed,
        "resolve_per_second": round(full * len(ours)),
        "resolved": len(ours),
        "regex_per_second": round(slow * len(few)),
    }
    target = Path("build/bench")
    target.mkdir(parents=True, exist_ok=True)
    (target / "places.json").write_text(json.dumps(figures, indent=1))
    print(
        f"{'cổng: bài/giây':32}{figures['gate_per_second']:>10,}   (mục tiêu 8.000; {figures['gate_mb_per_second']} MB/giây)"
    )
    print(f"{'mốc so sánh: regex cùng tên':32}{figures['regex_per_second']:>10,}")
    print(
        f"{'đọc đủ: bài/giây':32}{figures['resolve_per_second']:>10,}   (mục tiêu 1.500; {len(ours)} bài qua cổng / {len(pages)})"
    )
    print(f"{'bộ nhớ thêm, MB':32}{figures['memory_mb']:>10}   (mục tiêu 150)")
    print(f"{'nạp lần đầu, giây':32}{figures['load_seconds']:>10}")


if __name__ == "__main__":
    main()
