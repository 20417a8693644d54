"""PDF in pure Python, with an embedded font that holds every Vietnamese letter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from PIL import Image

from dashboards.office import nd30
from dashboards.office.fonts import FONTS, font_file
from dashboards.office.letterhead import ROOM, broken
from dashboards.shown import safe_url, visible
from pipelines.settings import Profile

SERIF = "LiberationSerif"
STYLES = {"": "Regular", "B": "Bold", "I": "Italic", "BI": "BoldItalic"}
# Letters that the serif font lacks: Chinese (the 9,257 commonest, simplified and traditional) and Lao from shipped fonts,
# rarer ones from a font of the machine where there is one.
FALLBACKS = (
    str(FONTS / "DroidSansFallback-Han.ttf"), str(FONTS / "NotoSerifLao-Regular.ttf"),
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf", "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
)  # fmt: skip


@cache
def letters() -> frozenset[int]:
    """Code points of the shipped font."""
    return _held(str(FONTS / f"{SERIF}-Regular.ttf"))


@cache
def _held(path: str) -> frozenset[int]:
    """Code points of a font file; read once, since a large font takes a fifth of a second to load whole."""
    from fontTools.ttLib import TTFont

    with TTFont(path, lazy=True, fontNumber=0) as font:
        return frozenset(font.getBestCmap())


class Paper(FPDF):
    """An A4 paper in the form of Nghị định 30/2020/NĐ-CP; counts the characters that no font holds."""

    def __init__(self, title: str, moment: datetime, mark: str = "", head: str = nd30.DRAFT, leading: float = 0.47) -> None:
        super().__init__(format="A4")
        # `leading`: height of a line in mm for a point of its letters; 0.42 is the decree's single spacing and a little more.
        self.mark, self.lost, self.head, self.leading = mark, 0, head, leading
        for style, name in STYLES.items():
            self.add_font("serif", style, font_file(f"{SERIF}-{name}", FONTS))
        self.extra: frozenset[int] = frozenset()
        self.set_margins(30, 20, 15)
        self.set_auto_page_break(True, 20)
        self.set_creation_date(moment)
        self.set_title(title)
        self.set_creator("Cột Mốc")
        self.set_lang("vi-VN")

    def borrow(self, text: str) -> None:
        """Add fonts of this machine for the letters of `text` that the shipped font lacks."""
        need = {ord(char) for char in text if ord(char) > 0x20} - letters()
        names: list[str] = []
        for path in FALLBACKS:
            if need and Path(path).exists():
                held = _held(path)
                if need & held:
                    name = Path(path).stem.lower()  # fpdf2 keeps names in lower case
                    self.add_font(name, "", path)
                    names.append(name)
                    self.extra |= held
                    need -= held
        if names:
            self.set_fallback_fonts(names, exact_match=False)
        if any("\u0e80" <= char <= "\u0eff" for char in text):
            # Lao sets a tone mark above a vowel mark; unshaped, the two print over one another (seen 2026-11-21, fpdf2 2.8).
            self.set_text_shaping(True)

    def clean(self, text: str) -> str:
        """Return text that can be printed: a run of letters that no font holds becomes □, and is counted."""
        out = []
        # 〇, the zero of Chinese dates, stands in no font that we ship; the circle looks the same on paper.
        for char in visible(text).replace("\u3007", "\u25cb"):
            if char in "\n\t " or ord(char) in letters() or ord(char) in self.extra:
                out.append(char)
                continue
            self.lost += 1
            if not out or out[-1] != "□":
                out.append("□")
        return "".join(out)

    def header(self) -> None:
        """Page number from page 2 on; DỰ THẢO, or what else the paper is, on page 1."""
        self.set_y(10)
        self.set_font("serif", "B" if self.page_no() == 1 else "", 13)
        first = self.page_no() == 1
        self.cell(0, 6, self.head if first else str(self.page_no()), align="R" if first else "C")
        self.set_y(20)

    def footer(self) -> None:
        """The mark of purpose, if any."""
        if self.mark:
            self.set_y(-15)
            self.set_font("serif", "B", 11)
            self.set_text_color(128)
            self.cell(0, 6, self.mark, align="C")
            self.set_text_color(0)

    def para(
        self, text: str, *, style: str = "", size: float = 13, align: str = "J", url: str | None = None, indent: float = 0
    ) -> None:
        """Write a paragraph; a safe `url` makes it a link; `indent` in mm moves its left edge."""
        self.set_font("serif", style, size)
        # Chinese has no blanks to stretch, and Lao none between words.
        align = "L" if align == "J" and nd30.is_far(text) else align
        if indent:
            self.set_x(self.l_margin + indent)
        # The decree's first line: 10 mm in, by blanks that are neither broken nor stretched.
        first = "\u00a0" * round(10 / self.get_string_width("\u00a0")) if align == "J" else ""
        self.multi_cell(
            0, size * self.leading, first + self.clean(text), align=align, link=safe_url(url) or "", new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )  # fmt: skip
        self.ln(0.8)

    def room(self, height: float) -> None:
        """Begin a new page when less than `height` mm is left of this one."""
        if self.get_y() + height > self.h - 20:
            self.add_page()

    def masthead(self, profile: Profile, sign: str, year: int) -> None:
        """The block of issuing body, quốc hiệu, tiêu ngữ, number, place and date (blank)."""
        top = self.get_y()
        left = [(broken(profile.agency_parent, bold=False), "", 12)] if profile.agency_parent else []
        left_end = self._column(30, ROOM, [*left, (broken(profile.agency, bold=True), "B", 12)], top, 24, [(f"Số: ……/{sign}", "", 13)])
        right_end = self._column(
            105, 90, [("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "B", 12), ("Độc lập - Tự do - Hạnh phúc", "B", 13)], top, 50,
            [(f"{profile.locality}, ngày …… tháng …… năm {year}", "I", 13)],
        )  # fmt: skip
        self.set_xy(self.l_margin, max(left_end, right_end) + 6)

    def _column(
        self, x: float, width: float, lines: Sequence[tuple[str, str, int]], y: float, rule: float,
        after: Sequence[tuple[str, str, int]],
    ) -> float:  # fmt: skip
        self.set_y(y)
        margin, self.c_margin = self.c_margin, 0
        for part in (lines, after):
            for text, style, size in part:
                self.set_x(x)
                self.set_font("serif", style, size)
                self.multi_cell(width, 5.6, self.clean(text), align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            if part is lines:
                self.line(x + (width - rule) / 2, self.get_y() + 1, x + (width + rule) / 2, self.get_y() + 1)
                self.ln(3)
        self.c_margin = margin
        return self.get_y()

    def rows(self, rows: Sequence[tuple[str, str]], widths: tuple[int, int] = (135, 30)) -> None:
        """A bordered table of labels and values."""
        self.set_font("serif", "", 12)
        with self.table(col_widths=widths, text_align=("LEFT", "RIGHT"), first_row_as_headings=False, line_height=6, width=165, align="LEFT") as grid:
            for label, value in rows:
                grid.row([self.clean(label), self.clean(value)])

    def picture(self, png: bytes, caption: str, width: float = 150) -> None:
        """A centred picture with its caption under it, never parted from it by the end of a page."""
        with Image.open(BytesIO(png)) as opened:
            height = width * opened.height / opened.width
        if self.get_y() + height + 16 > self.h - 20:
            self.add_page()
        self.ln(3)
        self.image(BytesIO(png), x=self.l_margin + (165 - width) / 2, w=width, alt_text=self.clean(caption))
        self.para(caption, style="I", size=12, align="C")

    def pictures(self, found: Sequence[tuple[bytes, str]]) -> None:
        """Pictures side by side, each with its caption under it, on one page."""
        if not found:
            return
        sizes = [Image.open(BytesIO(png)).size for png, _caption in found]
        tall = max(nd30.HALF * height / width for width, height in sizes)
        self.room(tall + 18)
        top, slot, ends = self.get_y() + 2, 165 / len(found), []
        for place, ((png, caption), (width, height)) in enumerate(zip(found, sizes, strict=True)):
            x = self.l_margin + slot * place + (slot - nd30.HALF) / 2
            self.image(BytesIO(png), x=x, y=top + tall - nd30.HALF * height / width, w=nd30.HALF, alt_text=self.clean(caption))
            self.set_font("serif", "I", nd30.SMALL)
            self.set_xy(x, top + tall + 1)
            self.multi_cell(nd30.HALF, 4.8, self.clean(caption), align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            ends.append(self.get_y())
        self.set_xy(self.l_margin, max(ends))

    def rule(self, width: float) -> None:
        """A short rule under a title."""
        at = self.l_margin + (165 - width) / 2
        self.line(at, self.get_y() + 0.5, at + width, self.get_y() + 0.5)
        self.ln(4)

    def grid(
        self, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int], *, size: float = 12, right: bool = False
    ) -> None:
        """A bordered table with a head that is repeated on every page; `right` puts the last column to the right, of a wide table all but the first."""
        self.set_font("serif", "", size)
        aligns = ("LEFT", *("RIGHT",) * (len(head) - 1)) if right and len(head) > 3 else (*("LEFT",) * (len(head) - 1), "RIGHT" if right else "LEFT")
        with self.table(col_widths=tuple(widths), text_align=aligns, line_height=size / 2, width=165, align="LEFT") as grid:
            for row in (head, *rows):
                grid.row([self.clean(cell) for cell in row])
        self.ln(2)

    def closing(self, recipients: Sequence[str], signer: str) -> None:
        """“Nơi nhận” and the signature block, name and seal blank."""
        if self.get_y() > self.h - 20 - 10 - 5 * len(recipients):
            self.add_page()
        self.ln(6)
        top = self.get_y()
        self._column(105, 90, [(signer, "B", 13), ("(chữ ký, dấu và họ tên để trống)", "I", 11)], top, 0, [])
        self.set_xy(self.l_margin, top)
        self.set_font("serif", "BI", 12)
        self.cell(80, 5.4, "Nơi nhận:", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_font("serif", "", 11)
        for place, name in enumerate(recipients):
            end = "." if place == len(recipients) - 1 else ";"
            self.multi_cell(78, 5, self.clean(f"- {name}{end}"), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
