"""An issue of 500 articles in all four forms, against the 20 seconds that the office allows: python -m tests.bench.digest."""

from __future__ import annotations

import json
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from dashboards.digest import build_digest
from dashboards.digest.docx import render_docx
from dashboards.digest.html import render_html
from dashboards.digest.mail import render_mail
from dashboards.digest.pdf import render_pdf
from dashboards.digest.write import write_digest
from pipelines.records import Places
from tests.desk import DAY, NOON, add_article, add_story, make_desk

ARTICLES, ALLOWED = 500, 20.0
KINDS = (
    ("Ngư dân Kim Sơn ra khơi chuyến {n}", "vi", "press"), ("Cắm thêm mốc giới số {n} trên đường biên giới", "vi", "press"),
    ("Bão số {n} gây mưa lớn", "vi", "press"), ("Border talks, round {n}", "en", "foreign_press"), ("越南渔船第{n}次出海", "zh", "foreign_press"),
)  # fmt: skip


def main() -> None:
    """Measure and print the table; write build/bench/digest.json."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        desk = make_desk(folder / "data")
        for n in range(ARTICLES):
            title, lang, kind = KINDS[n % len(KINDS)]
            body = "Một câu tường thuật dài vừa phải về sự việc trong ngày, đủ để làm tóm tắt. " * 12
            places = Places(about=("ninh-binh",)) if n % 2 else Places(national=True)
            found = add_article(
                desk.store, f"https://bao-{n % 40}.example/{n}", f"Báo {n % 40}", title.format(n=n), body, NOON + timedelta(minutes=n % 900),
                lang=lang, kind=kind, places=places,
            )  # fmt: skip
            add_story(desk.store, found)
        steps: dict[str, float] = {}
        start = time.perf_counter()
        digest = build_digest(desk.store, "ninh-binh", DAY)
        steps["gather"] = time.perf_counter() - start
        for label, render in (("html", render_html), ("docx", render_docx), ("pdf", render_pdf)):
            start = time.perf_counter()
            made = render(digest)
            steps[label] = time.perf_counter() - start
        start = time.perf_counter()
        render_mail(digest, render_html(digest), {"a.pdf": made})
        steps["mail"] = time.perf_counter() - start
        start = time.perf_counter()
        write_digest(desk.store, desk.settings, "ninh-binh", DAY, folder / "out")
        steps["all, written"] = time.perf_counter() - start
    print(f"{digest.total} articles; allowed {ALLOWED:.0f} s for all four")
    for label, seconds in steps.items():
        print(f"  {label:<14} {seconds:7.2f} s")
    out = Path("build/bench/digest.json")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps({"articles": digest.total, "allowed": ALLOWED, "seconds": steps}, indent=1) + "\n")


if __name__ == "__main__":
    main()
