"""Words by underthesea against syllables: what cutting costs, and which texts an exact search over words would lose.

Run: `SHARED_DATA=… python tests/bench/words.py`; writes build/bench/words.json. The baseline beside it are the index's syllables.
"""

from __future__ import annotations

import gzip
import json
import lzma
import os
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipelines.places import Matcher
from pipelines.search.analysis import tokens
from pipelines.words import words

QUESTIONS = (
    "biên giới", "cột mốc", "chủ quyền", "quần đảo", "Hoàng Sa", "Trường Sa", "Biển Đông", "đường lưỡi bò", "ngư dân", "tàu cá", "hải cảnh",
    "bộ đội biên phòng", "đồn biên phòng", "cửa khẩu", "cửa khẩu quốc tế", "lãnh hải", "thềm lục địa", "vùng đặc quyền kinh tế", "luật biển",
    "Thanh Hóa", "Ninh Bình", "Nam Định", "Hà Nam", "Quảng Trị", "Quảng Bình", "Lào Cai", "Sa Pa", "Yên Bái", "Sầm Sơn", "công an", "chủ tịch",
    "sáp nhập", "giáo viên", "học sinh", "bệnh viện", "tai nạn", "mưa lũ", "sạt lở", "khởi tố", "ma túy", "Trung Quốc", "đặc khu Trường Sa",
    "nhà giàn DK1", "hòa bình", "thành cổ", "giàn khoan", "phân định", "lễ hội", "người dân", "khu vực biên giới",
)  # fmt: skip


def holds(sequence: Sequence[str], question: Sequence[str]) -> bool:
    """Tell whether `question` stands in `sequence` as a run."""
    size = len(question)
    return any(list(sequence[at : at + size]) == list(question) for at in range(len(sequence) - size + 1))


def as_words(text: str) -> list[str]:
    """Return the words of `text` in the index's spelling."""
    return [" ".join(found) for word in words(text) if (found := tokens(word))]


def _headlines(shared: Path) -> Iterator[str]:
    with lzma.open(shared / "news" / "headlines_2025-08_2026-04.jsonl.xz", "rt", encoding="utf-8") as stream:
        for row in map(json.loads, stream):
            yield f"{row['title']}. {row['summary']}"


def _whole(shared: Path) -> Iterator[str]:
    for name in ("dantri_2021", "press_2016"):
        with gzip.open(shared / "news" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as stream:
            for row in map(json.loads, stream):
                yield "\n".join([row.get("title", ""), *row.get("sentences", []), row.get("text", "")])


def main() -> None:
    shared = Path(os.environ["SHARED_DATA"])
    matcher = Matcher.load()
    texts = [text for text in _headlines(shared) if matcher.touches(text)]
    random.Random(1).shuffle(texts)
    whole = [text for text in _whole(shared) if matcher.touches(text)]
    random.Random(1).shuffle(whole)
    texts = texts[:700] + [text[:6000] for text in whole[:90]]
    words("khởi động")
    size = sum(map(len, texts))
    start = time.process_time()
    cut = [as_words(text) for text in texts]
    slow = time.process_time() - start
    start = time.process_time()
    plain = [tokens(text) for text in texts]
    quick = time.process_time() - start
    by_syllables = by_words = by_tags = 0
    tags = [set(text) for text in cut]
    worst = []
    for question in QUESTIONS:
        syllables, parts = tokens(question), as_words(question)
        known = sum(holds(text, syllables) for text in plain)
        found = sum(holds(text, parts) for text in cut)
        by_tags += sum(" ".join(syllables) in text for text in tags)
        by_syllables, by_words = by_syllables + known, by_words + found
        if found < known:
            worst.append({"question": question, "syllables": known, "words": found})
    worst.sort(key=lambda row: row["words"] - row["syllables"])  # type: ignore[operator]
    figures = {
        "texts": len(texts), "characters": size, "words_characters_per_s": round(size / slow), "syllables_characters_per_s": round(size / quick),
        "times_slower": round(slow / quick), "texts_by_syllables": by_syllables, "texts_by_words": by_words, "texts_by_tags": by_tags, "lost": round(1 - by_words / by_syllables, 3), "worst": worst[:12],
    }  # fmt: skip
    target = Path("build/bench")
    target.mkdir(parents=True, exist_ok=True)
    (target / "words.json").write_text(json.dumps(figures, indent=1, ensure_ascii=False))
    print(f"{'ký tự/giây, tách từ':36}{figures['words_characters_per_s']:>12,}")
    print(f"{'mốc so sánh: âm tiết, ký tự/giây':36}{figures['syllables_characters_per_s']:>12,}   ({figures['times_slower']} lần)")
    print(f"{'bài mà tìm theo từ bỏ sót':36}{by_syllables - by_words:>12,}   (trên {by_syllables}: {figures['lost']:.1%})")
    print(f"{'bài mà nhãn word: bỏ sót':36}{by_syllables - by_tags:>12,}")
    for row in worst[:12]:
        print(f"  {row['question']}: {row['words']} / {row['syllables']}")


if __name__ == "__main__":
    main()
