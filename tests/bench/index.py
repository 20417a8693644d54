"""`make bench-index`: index and query generated articles, beside a plain SQLite LIKE scan over the same texts.

    python -m tests.bench.index [DOCUMENTS] [--words 180] [--elasticsearch N] [--batch 1000]

DOCUMENTS (default 100,000) go into the embedded engine; with COTMOC_TEST_ELASTICSEARCH_URL or
COTMOC_ELASTICSEARCH_URL set, a fifth of them (or `--elasticsearch N`) into Elasticsearch.
Figures: documents/s, bytes on disk, memory, and p50, p95 of ten typical questions asked REPEATS times each.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import psutil

from pipelines.search import Change, Index, Outcome
from pipelines.search.embedded import EmbeddedIndex
from tests.questions import TYPICAL

REPEATS = 5
END = datetime(2026, 11, 20, tzinfo=UTC)
# Facets of everything, of a typical question (5 % of the articles), of common ones (a fifth, a third, nearly all), of two common
# words, one without another, a beginning, a phrase of common words, two near one another, of a field.
FACETED = (
    ("facets_all_ms", ""), ("facets_query_ms", "bien gioi"), ("facets_common_ms", '"Hà Nội"'), ("facets_third_ms", "có"), ("facets_wide_ms", "của"),
    ("facets_two_ms", "có của"), ("facets_not_ms", "có NOT thể"), ("facets_begin_ms", "chu*"), ("facets_begin_wide_ms", "ha*"),
    ("facets_phrase_ms", '"có thể"'), ("facets_near_ms", "của near/10 có"), ("facets_field_ms", "kind:press"),
)  # fmt: skip
# What a LIKE scan can say of the ten questions: the words, case aside and marks as typed, in any place.
LIKE = (
    ("%bien gioi%",), ("%biên giới%",), ("%cờ%",), ("%cột mốc%",), ("%biển Đông%",), ("%chủ quyền%", "%biển%"), ("%chủ%",), ("%Hà Nội%",), ("%của%",), ("%",),
)  # fmt: skip
# Phrases strewn in so that every typical question finds something: phrase and its share of articles.
STREWN = (
    ("tuyến biên giới", 0.05), ("biển Đông", 0.03), ("cột mốc số 1", 0.01), ("cửa khẩu quốc tế", 0.02), ("Hà Nội", 0.2),
    ("chủ quyền trên biển", 0.01), ("chủ tịch xã", 0.1), ("có thể", 0.3), ("của", 0.9),
)  # fmt: skip


def syllables() -> list[str]:
    """Return some thousand possible Vietnamese syllables, put together by rule."""
    onsets = ["b", "c", "ch", "d", "đ", "g", "h", "kh", "l", "m", "n", "ng", "nh", "ph", "qu", "r", "s", "t", "th", "tr", "v", "x"]
    rimes = ["a", "á", "à", "ả", "ạ", "an", "án", "ang", "áng", "anh", "ánh", "ao", "áo", "ăn", "ắn", "ăng", "ặng", "ây", "ấy", "ê", "ế", "ên", "iên", "iện", "iêu", "i", "ì", "inh", "ình", "o", "ó", "on", "ong", "ông", "ộng", "ô", "ố", "ôi", "ơ", "ở", "ơi", "u", "ủ", "ung", "uôn", "uống", "ư", "ứ", "ưng", "ương", "ường", "ưới"]
    made = [onset + rime for onset in onsets for rime in rimes]
    random.Random(7).shuffle(made)
    return made


def documents(count: int, words: int) -> Iterator[dict[str, Any]]:
    """Give `count` documents, word frequencies by Zipf, spread over five years and ninety outlets; the same every time."""
    chance = random.Random(11)
    vocabulary = syllables()
    weights: list[float] = []
    for rank in range(1, len(vocabulary) + 1):
        weights.append((weights[-1] if weights else 0.0) + 1 / rank)
    for number in range(count):
        body = chance.choices(vocabulary, cum_weights=weights, k=words)
        for phrase, share in STREWN:
            if chance.random() < share:
                body.insert(chance.randrange(len(body)), phrase)
        tier = "flag" if number % 500 == 0 else "watch" if number % 97 == 0 else "none"
        # Ninety outlets; a third of the articles mention one to four of 34 provinces: some ten thousand mixes of facet values.
        outlet = int(90 * chance.random() ** 2)
        mention = sorted(f"tinh-{n}" for n in chance.sample(range(34), chance.randint(1, 4))) if chance.random() < 0.33 else []
        judged = tier != "none"
        date = (END - timedelta(seconds=(count - number) * 157_000_000 // count)).isoformat(timespec="seconds")
        yield {
            "id": f"{number:032x}", "url": f"https://example.invalid/{number}", "title": " ".join(body[:12]), "sapo": "",
            "body": " ".join(body), "captions": [], "outlet": f"Báo Mẫu {outlet}", "source": f"bao-mau-{outlet}",
            "kind": "channel" if outlet > 70 else "press", "lang": ("vi", "en", "zh", "lo")[max(0, outlet - 86)],
            "published": date, "date": date, "seen": date[:10], "about": ["thanh-hoa"] if number % 60 == 0 else [],
            "mention": mention, "national": number % 50 == 0, "tier": tier,
            "verdicts": [chance.choice(("CONTRADICTED", "UNSUPPORTED"))] if judged else [],
            "types": [f"D{chance.randint(1, 18):02d}"] if judged else [], "refs": [f"PCA-{chance.randint(1, 60):02d}"] if judged else [],
            "status": [chance.choice(("mới", "đang xem", "cần phản hồi", "không sai lệch"))] if judged else [], "story": f"{number:032x}", "revision": 1,
        }  # fmt: skip


def fill(index: Index, count: int, words: int, batch: int) -> float:
    """Index documents; return seconds spent in the index (making the documents left out)."""
    source, spent, done = documents(count, words), 0.0, 0
    while part := [Change(d["id"], 1, d) for d in islice(source, batch)]:
        started = time.perf_counter()
        taken = index.bulk(part).count(Outcome.DELIVERED)
        spent += time.perf_counter() - started
        if taken != len(part):
            raise SystemExit(f"{index.name}: {len(part) - taken} documents were not taken")
        done += len(part)
        if done % 20_000 < batch:
            print(f"\r{index.name}: {done}/{count}, {done / spent:.0f}/s", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return spent


def timed(ask: Callable[[int], int], repeats: int = REPEATS) -> dict[str, Any]:
    """Ask each of the ten questions `repeats` times; return p50 and p95 over all, by clock and processor, and medians."""
    all_times: list[float] = []
    # Processor time beside it: on a machine that is busy with other things it is what the engine itself costs.
    cpu: list[float] = []
    medians: dict[str, float] = {}
    for number, question in enumerate(TYPICAL):
        times = []
        for _ in range(repeats):
            started, worked = time.perf_counter(), time.process_time()
            ask(number)
            times.append((time.perf_counter() - started) * 1000)
            cpu.append((time.process_time() - worked) * 1000)
        all_times += times
        medians[question or "(tất cả)"] = round(statistics.median(times), 2)
    ordered = sorted(all_times)
    return {"cpu_p50_ms": round(statistics.median(cpu), 2), "cpu_p95_ms": round(sorted(cpu)[int(len(cpu) * 0.95)], 2), "p50_ms": round(statistics.median(ordered), 2), "p95_ms": round(ordered[int(len(ordered) * 0.95)], 2), "median_ms": medians}


def measure(index: Index, count: int, words: int, batch: int, size: Callable[[], int]) -> dict[str, Any]:
    """Return the figures of one engine."""
    seconds = fill(index, count, words, batch)
    figures = {"documents": count, "seconds": round(seconds, 1), "documents_per_s": round(count / seconds), "bytes": size()}
    index.search("khởi động")
    figures |= timed(lambda number: index.search(TYPICAL[number], limit=20).total)
    for name, question in FACETED:
        times, cpu = [], []
        for _ in range(REPEATS):
            started, worked = time.perf_counter(), time.process_time()
            index.facets(question, limit=20)
            times.append((time.perf_counter() - started) * 1000)
            cpu.append((time.process_time() - worked) * 1000)
        figures[name], figures[f"{name}_cpu"] = round(statistics.median(times), 1), round(statistics.median(cpu), 1)
    return figures


def baseline(folder: Path, count: int, words: int) -> dict[str, Any]:
    """Return the figures of a plain table with LIKE: newest twenty and the number of hits, as the engines give."""
    db = sqlite3.connect(folder / "like.sqlite3")
    db.execute("CREATE TABLE articles (id TEXT PRIMARY KEY, date TEXT, title TEXT, body TEXT)")
    source, spent = documents(count, words), 0.0
    while rows := [(d["id"], d["date"], d["title"], d["body"]) for d in islice(source, 1000)]:
        started = time.perf_counter()
        db.executemany("INSERT INTO articles VALUES (?, ?, ?, ?)", rows)
        db.commit()
        spent += time.perf_counter() - started
    db.execute("CREATE INDEX by_date ON articles (date)")

    def ask(number: int) -> int:
        where = " AND ".join("(title || body) LIKE ?" for _ in LIKE[number])
        db.execute(f"SELECT id, title FROM articles WHERE {where} ORDER BY date DESC LIMIT 20", LIKE[number]).fetchall()
        return db.execute(f"SELECT count(*) FROM articles WHERE {where}", LIKE[number]).fetchone()[0]

    figures = {"documents": count, "seconds": round(spent, 1), "documents_per_s": round(count / spent), "bytes": (folder / "like.sqlite3").stat().st_size}
    # A scan of a million texts takes seconds: then once is enough.
    figures |= timed(ask, max(1, min(REPEATS, 200_000 // count)))
    db.close()
    return figures


def elasticsearch(url: str, count: int, words: int, batch: int) -> dict[str, Any]:
    """Return the figures of a real Elasticsearch; the index is dropped afterwards."""
    from pipelines.search.elastic import ElasticIndex
    from pipelines.settings import Settings

    index = ElasticIndex.open(Settings(elasticsearch_url=url, index_prefix=f"bench-{uuid.uuid4().hex[:8]}"))
    try:
        figures = measure(
            index, count, words, batch,
            lambda: index.client.indices.stats(index=index.alias)["_all"]["primaries"]["store"]["size_in_bytes"],
        )  # fmt: skip
        nodes = index.client.nodes.stats(metric="jvm")["nodes"].values()
        figures["rss_mb"] = psutil.Process().memory_info().rss // 2**20
        figures["heap_mb"] = [node["jvm"]["mem"]["heap_max_in_bytes"] // 2**20 for node in nodes]
        return figures
    finally:
        for name in index.client.indices.get(index=f"{index.alias}-v*"):
            index.client.indices.delete(index=name)
        index.client.indices.delete_index_template(name=index.alias)
        index.close()


def main() -> None:
    """Measure, print the table, write build/bench/index.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("documents", nargs="?", type=int, default=100_000)
    parser.add_argument("--words", type=int, default=180)
    parser.add_argument("--batch", type=int, default=1000)
    parser.add_argument("--elasticsearch", type=int, default=0)
    given = parser.parse_args()
    url = os.environ.get("COTMOC_TEST_ELASTICSEARCH_URL") or os.environ.get("COTMOC_ELASTICSEARCH_URL") or ""
    results: dict[str, Any] = {"words": given.words}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        results["like"] = baseline(folder, given.documents, given.words)
        (folder / "like.sqlite3").unlink()
        index = EmbeddedIndex(folder / "index.sqlite3")
        results["embedded"] = measure(
            index, given.documents, given.words, given.batch, lambda: sum(p.stat().st_size for p in folder.glob("index.sqlite3*"))
        )
        index.close()
        results["embedded"]["rss_mb"] = psutil.Process().memory_info().rss // 2**20
        if url:
            results["elasticsearch"] = elasticsearch(url, given.elasticsearch or given.documents // 5, given.words, given.batch)
        else:
            print("Elasticsearch: left out (make elasticsearch, then set COTMOC_ELASTICSEARCH_URL)")
    show(results)
    target = Path("build/bench/index.json")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def show(results: dict[str, Any]) -> None:
    """Print the table, the baseline first."""
    engines = [name for name in ("like", "embedded", "elasticsearch") if name in results]
    print(f"{'':<34}" + "".join(f"{'LIKE (baseline)' if name == 'like' else name:>18}" for name in engines))
    for key in ("documents", "documents_per_s", "bytes", "p50_ms", "p95_ms", "cpu_p50_ms", "cpu_p95_ms", *(f"{name}{end}" for name, _ in FACETED for end in ("", "_cpu")), "rss_mb", "heap_mb"):
        print(f"{key:<34}" + "".join(f"{results[name].get(key, '–')!s:>18}" for name in engines))
    for question in results["embedded"]["median_ms"]:
        print(f"  {question:<32}" + "".join(f"{results[name]['median_ms'][question]!s:>18}" for name in engines))


if __name__ == "__main__":
    main()
