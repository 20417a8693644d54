"""`cotmoc assess`: the whole chain for one text, or predictions for many."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.options import DataOption, JsonOption

if TYPE_CHECKING:
    from classifiers.assessor import Assessor
    from pipelines.places import Matcher
    from pipelines.records import Places, TextLine


def assess(
    what: Annotated[str | None, typer.Argument(metavar="VĂN BẢN|TỆP|URL", help="Một câu, một tệp .txt/.html, hoặc địa chỉ.")] = None,
    source: Annotated[Path | None, typer.Option("--input", metavar="F", help="Tệp dòng JSON.")] = None,
    output: Annotated[Path | None, typer.Option("--output", metavar="G", help="Nơi ghi kết quả, mỗi dòng một văn bản.")] = None,
    date: Annotated[str | None, typer.Option("--date", help="Ngày của văn bản (mặc định hôm nay).")] = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Đối chiếu: câu, vai phát ngôn, kết luận, tư liệu, chỗ khác nhau, lý do."""
    from pipelines.errors import UsageError

    if (what is None) == (source is None):
        raise UsageError("assess: cần đúng một trong hai: văn bản (hoặc tệp, địa chỉ), hay --input F --output G")
    if source is not None:
        if output is None:
            raise UsageError("assess: thiếu --output G để ghi kết quả")
        _many(source, output, data)
    elif what is not None:
        _one(what, date, as_json, data)


def _load(data: Path | None) -> tuple[Assessor, Matcher]:
    from classifiers.assessor import Assessor
    from flows.context import settings
    from pipelines.places import Matcher

    config = settings(data)
    return Assessor.load(config.model_home, config.matcher_plugin), Matcher.load()


def _places(matcher: Matcher, line: TextLine) -> Places:
    from pipelines.language import detect

    language = line.lang or detect(f"{line.title}\n{line.text}")
    return matcher.resolve(
        line.title, line.sapo, line.text, line.published, outlet=line.outlet or "", lang=language, captions=line.captions
    )


def _one(what: str, date: str | None, as_json: bool, data: Path | None) -> None:
    import json

    from classifiers.explain import explain
    from classifiers.predictions import prediction

    line = _line(what, date, data)
    assessor, matcher = _load(data)
    result = assessor.assess(line, _places(matcher, line))
    if as_json:
        typer.echo(json.dumps(prediction(line.id, result), ensure_ascii=False))
        return
    for row in explain(result, assessor.base):
        typer.echo(row)


def _line(what: str, date: str | None, data: Path | None) -> TextLine:
    """Return the text to assess: an address is fetched, a file is read, anything else is the text itself."""
    from datetime import date as day

    from pipelines.clock import local, now
    from pipelines.errors import UsageError
    from pipelines.records import TextLine
    from pipelines.textlines import whole

    try:
        published = day.fromisoformat(date) if date else local(now()).date()
    except ValueError:
        raise UsageError(f"assess: --date “{date}” không phải ngày dạng YYYY-MM-DD") from None
    if what.startswith(("http://", "https://")):
        from flows.context import known_sources, settings
        from flows.page import line_of_url

        config = settings(data)
        return line_of_url(config, known_sources(config), what, published if date else None)
    if len(what) < 1000 and "\n" not in what and "\0" not in what:
        if Path(what).is_file():
            return _from_file(Path(what), published if date else None, published)
        if not any(c.isspace() for c in what) and Path(what).suffix.lower() in (".txt", ".html", ".htm", ".gz", ".jsonl", ".json", ".md"):
            raise UsageError(f"{what}: không có tệp này; hãy kiểm tra đường dẫn, hoặc đưa chính văn bản trong dấu ngoặc kép")
    return TextLine(id="-", text=whole(what), published=published)


def _from_file(path: Path, given: object, published: object) -> TextLine:
    from pipelines.clock import now
    from pipelines.errors import UsageError, UserError
    from pipelines.records import TextLine

    if path.suffix.lower() in (".html", ".htm", ".gz"):
        from flows.commands.extract import _bytes
        from pipelines.extract import NotArticle
        from pipelines.extract import extract as read_page

        found = read_page(_bytes(path), f"https://tep.invalid/{path.name}", content_type="", now=now(), captured=None)
        if isinstance(found, NotArticle):
            raise UserError(f"{path}: không phải bài viết ({found.kind}): {found.reason}")
        page = found.as_json()
        return TextLine.model_validate(
            {"id": path.name, "title": page["title"], "text": page["body"], "sapo": page["sapo"], "captions": page["captions"], "published": given or page["published"] or published}
        )
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: không đọc được dạng UTF-8 ({type(error).__name__})") from error
    return TextLine.model_validate({"id": path.name, "text": text, "published": published})


def _many(source: Path, target: Path, data: Path | None) -> None:
    import json
    from collections import Counter

    from classifiers.predictions import prediction
    from flows.outfile import whole
    from pipelines.textlines import read_text_lines

    if not source.is_file():
        from pipelines.errors import UsageError

        raise UsageError(f"{source}: không có tệp này")
    assessor, matcher = _load(data)
    counts: Counter[str] = Counter()
    with whole(target, source, "assess") as out:
        for number, line in read_text_lines(source):
            if isinstance(line, str):
                typer.echo(f"{source}, dòng {number}: bỏ qua, {line}", err=True)
                counts["dòng hỏng"] += 1
                continue
            result = assessor.assess(line, _places(matcher, line))
            counts[result.tier.value] += 1
            out.write(json.dumps(prediction(line.id, result), ensure_ascii=False) + "\n")
    shown = ", ".join(f"{name} {count}" for name, count in counts.most_common())
    typer.echo(f"outcomes: {shown} (tổng {sum(counts.values())})", err=True)
    if counts["dòng hỏng"]:
        raise typer.Exit(1)
