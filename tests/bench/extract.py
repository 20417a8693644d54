"""Extraction: quality beside trafilatura and resiliparse (tests/bench/quality.py), then speed on all stored pages.

Run: `SHARED_DATA=… python -m tests.bench.extract`; writes build/bench/extract.json.
"""

from __future__ import annotations

import gzip
import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pipelines.duplicates import sign
from pipelines.extract import Extracted, extract
from tests.bench.quality import table

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def pages_per_second(work: Callable[[bytes, str], object], pages: list[tuple[bytes, str]], rounds: int = 3) -> float:
    """Return pages a second of the best of `rounds` over all pages."""
    best = 0.0
    for _ in range(rounds):
        start = time.perf_counter()
        for body, url in pages:
            work(body, url)
        best = max(best, len(pages) / (time.perf_counter() - start))
    return best


def main() -> None:
    quality = table(Path(os.environ["SHARED_DATA"]))
    folder = Path(os.environ["SHARED_DATA"]) / "html"
    facts = json.loads((folder / "meth04" / "_auto_metadata.json").read_text(encoding="utf-8"))
    articles = [((folder / "meth04" / name).read_bytes(), page["canonical"]) for name, page in facts.items()]
    every = [(path.read_bytes(), "https://bao.example/luu/trang-da-luu.html") for path in sorted((folder / "meth04").glob("*.html"))]
    every += [(gzip.decompress(path.read_bytes()), "https://bao.example/luu/trang-da-luu.html") for path in sorted(folder.glob("*.gz"))]
    unknown = [(body, "https://bao.example/luu/trang-da-luu.html") for body, _ in articles]

    def ours(body: bytes, url: str) -> object:
        return extract(body, url, now=NOW)

    def baseline(body: bytes, _url: str) -> object:
        import trafilatura

        return trafilatura.bare_extraction(body.decode("utf-8", "replace"), with_metadata=True)

    sign("lần đầu nạp thư viện")
    texts = [found.body for body, url in articles if isinstance(found := extract(body, url, now=NOW), Extracted)]
    start = time.perf_counter()
    for text in texts * 5:
        sign(text)
    signing = len(texts) * 5 / (time.perf_counter() - start)
    rows = {
        "articles, outlet known": pages_per_second(ours, articles),
        "articles, outlet unknown": pages_per_second(ours, unknown),
        "all stored pages, outlet unknown": pages_per_second(ours, every),
        "trafilatura alone, articles": pages_per_second(baseline, articles),
        "trafilatura alone, all stored pages": pages_per_second(baseline, every),
        "signatures of texts": signing,
    }
    for name, value in rows.items():
        print(f"{name:40s} {value:9.1f} /s")
    out = Path("build/bench")
    out.mkdir(parents=True, exist_ok=True)
    (out / "extract.json").write_text(json.dumps({name: round(value, 1) for name, value in rows.items()} | {"quality": quality}, indent=1, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
