"""The bundle as one Word document (needs the extra ``report``).

Its headings are Word's own styles, so that the navigation and the table of contents know
them; its numbers are those of the lists, and each row cites its sources.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chaingraph.analysis.flagships import Flagship
from chaingraph.analysis.gaps import KINDS
from chaingraph.analysis.state import tally
from chaingraph.bundles import ListItem, ListKind, MapKind
from chaingraph.errors import MissingExtraError
from chaingraph.model import Language
from chaingraph.outputs.console.targets import say_where
from chaingraph.outputs.contents import Contents
from chaingraph.outputs.files import settle_zip
from chaingraph.outputs.lists import (
    REPORT_ROWS,
    Cell,
    Listing,
    Row,
    find_runs,
    make_lists,
    number_sources,
)
from chaingraph.outputs.picture import make_png
from chaingraph.outputs.words import number_word, say_number, word

if TYPE_CHECKING:
    from docx.document import Document
    from docx.shared import Length
    from docx.table import Table, _Cell

PICTURE = 188
"""The width of a picture [mm]: it leaves room for a heading and a caption on a lying page."""

TABLE = 241
"""The width of a table [mm]."""

LETTER, NARROW, SIGN, MARGIN = 1.95, 1.75, 3.05, 5.0
"""How wide a figure, a Latin letter and a Chinese one are in tables, and the edges of a cell [mm]."""

BODY, HEADING = "仿宋", "黑体"
"""The typefaces of official documents (GB/T 9704); Latin letters are in Times New Roman."""

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")

SHOWN: dict[ListKind, tuple[int, ...]] = {
    "enterprises": (0, 1, 2, 3, 4, 5),
    "projects": (0, 1, 2, 3, 5, 7, 8, 11),
    "pipeline": (0, 1, 2, 3, 5, 7, 8, 11),
    "gaps": (0, 1, 3, 4, 5, 13, 14, 15, 17),
    "targets": (0, 2, 4, 5, 8, 10, 13, 14, 15),
    "policies": (0, 1, 2, 3, 5, 6),
    "parks": (0, 1, 2, 3, 4, 6, 7),
    "chains": (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    "opportunities": (0, 1, 2, 3, 4, 5, 8, 9),
    "timetable": (0, 1, 2, 3, 4, 5, 7),
}
"""Which columns of a list a page has room for; empty ones are left out."""

MEASURES, WITH_TEAM = 8, 6
"""How many measures of a task book a page has room for, and how many if it names the teams.

Where several teams share a chain they are named in any case."""

Pictures = Mapping[MapKind, Sequence[tuple[str, str]]]
"""Map of the bundle → (caption, SVG) of each of its pages."""


def make_report(
    contents: Contents,
    pictures: Pictures,
    *,
    lang: Language | None = None,
) -> bytes:
    """
    Make the report of a bundle.

    Parameters
    ----------
    contents
        The atlas on its day, as `gather` works it out.
    pictures
        The drawings, as `draw_map_pages` makes them.
    lang
        `zh` or `en`; the atlas's own if none.

    Returns
    -------
    data
        The whole file; the same contents give the same bytes.

    Raises
    ------
    MissingExtraError
        If python-docx or resvg-py is not installed.
    """
    try:
        import docx
    except ImportError as error:
        raise MissingExtraError("report", "python-docx") from error
    lang = lang or contents.atlas.language
    document = docx.Document()
    _set_up(document)
    _set_language(document)
    _number_pages(document)
    writer = _Writer(document, contents, lang)
    writer.write_title()
    writer.write_summary()
    writer.write_maps(pictures)
    writer.write_lists()
    writer.write_sources()
    writer.write_contents()
    stamp = datetime.datetime.combine(contents.day, datetime.time())
    document.core_properties.author = "chaingraph"
    document.core_properties.title = contents.atlas.atlas.name.text(lang)
    document.core_properties.created = document.core_properties.modified = stamp
    out = io.BytesIO()
    document.save(out)
    return settle_zip(out.getvalue(), contents.day)


# -------------------------------------------------------------------- set-up


def _set_up(document: Document) -> None:
    """A4 pages, and the styles that headings, text and tables use."""
    from docx.shared import Mm, Pt, RGBColor

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(26)
    section.top_margin, section.bottom_margin = Mm(30), Mm(28)
    sizes = {"Normal": 12.0, "Title": 26.0, "Heading 1": 16.0, "Heading 2": 14.0, "Caption": 10.5}
    for name, size in sizes.items():
        style = document.styles[name]
        face = HEADING if name in ("Title", "Heading 1", "Heading 2") else BODY
        _set_face(style, face)
        style.font.size = Pt(size)
        style.font.color.rgb = RGBColor(0x16, 0x20, 0x2B)
        style.font.italic = False
        style.font.bold = name in ("Title", "Heading 1")
    normal = document.styles["Normal"].paragraph_format
    normal.line_spacing, normal.space_after = 1.4, Pt(4)
    for name in ("Heading 1", "Heading 2"):
        form = document.styles[name].paragraph_format
        form.space_before, form.space_after, form.keep_with_next = Pt(14), Pt(6), True


def _set_face(style: Any, face: str) -> None:
    """Set the typefaces of Latin and Chinese letters."""
    from docx.oxml.ns import qn

    style.font.name = "Times New Roman"
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)
    fonts.set(qn("w:eastAsia"), face)


def _set_language(document: Document) -> None:
    """Chinese text is that of the mainland: its marks stand low, and Word proofreads it as such."""
    from docx.oxml.ns import qn

    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")


def _number_pages(document: Document) -> None:
    """The number of the page at its foot, save on the first; the sections that follow take it over."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    section = document.sections[0]
    section.different_first_page_header_footer = True
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, "— ", size=10.5)
    _field_mark(paragraph, "begin")
    _field_code(paragraph, "PAGE")
    _field_mark(paragraph, "separate")
    _run(paragraph, "1", size=10.5)
    _field_mark(paragraph, "end")
    _run(paragraph, " —", size=10.5)


class _Writer:
    """Writes the parts of the report one after the other."""

    def __init__(self, document: Document, contents: Contents, lang: Language) -> None:
        self.document, self.contents, self.lang = document, contents, lang
        self.atlas, self.zh = contents.atlas, lang == "zh"
        self.lists = make_lists(contents, lang)
        self.numbers = number_sources(self.atlas, [listing for _, listing in self.lists])
        self.cited: set[str] = set()
        self.figures = self.tables = self.chapters = 0
        self.headings: list[tuple[int, str]] = []
        self.anchor: Any = None

    def t(self, zh: str, en: str) -> str:
        return zh if self.zh else en

    # ------------------------------------------------------------------- parts

    def write_title(self) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Pt

        place = self.atlas.place.name.text(self.lang)
        bundle = self.contents.bundle.name.text(self.lang)
        title = self.document.add_paragraph(style="Title")
        title.alignment = WD_ALIGN_PARAGRAPH.CENTER
        title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(60), Pt(12)
        _run(title, self.t(f"{place}产业链招商{bundle}", f"{place}: {bundle}"))
        below = self.document.add_paragraph()
        below.alignment = WD_ALIGN_PARAGRAPH.CENTER
        view = word(f"view_{self.contents.view}", self.lang)
        _run(
            below,
            self.t(
                f"截至 {self.contents.day}　视图：{view}",
                f"as of {self.contents.day}, view: {view}",
            ),
        )
        self._heading_plain(self.t("目　录", "Contents"))
        self.anchor = self.document.add_paragraph()
        self.document.add_page_break()  # type: ignore[no-untyped-call]

    def write_contents(self) -> None:
        """
        Fill the table of contents with the headings, at the place kept for it.

        It is a field of Word's: once refreshed there it has page numbers, too.
        """
        from docx.shared import Mm

        lines = [(level, text) for level, text in self.headings]
        for at, (level, text) in enumerate(lines):
            paragraph = self.anchor.insert_paragraph_before()
            paragraph.paragraph_format.left_indent = Mm(8 * level)
            paragraph.paragraph_format.space_after = 0
            if at == 0:
                _field_mark(paragraph, "begin")
                _field_code(paragraph, 'TOC \\o "1-2" \\h \\z \\u')
                _field_mark(paragraph, "separate")
            _run(paragraph, text)
            if at == len(lines) - 1:
                _field_mark(paragraph, "end")

    def _heading_plain(self, text: str) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(paragraph, text, bold=True)

    def chapter(self, text: str) -> None:
        self.chapters += 1
        number = (
            f"{'一二三四五六七八九十'[self.chapters - 1]}、" if self.zh else f"{self.chapters}. "
        )
        self._heading(number + text, 1)

    def _heading(self, text: str, level: int) -> None:
        self.headings.append((level - 1, text))
        self.document.add_heading(_UNSEEN.sub("", text), level=level)

    def write_summary(self) -> None:
        """Paragraphs that are built from the figures, and say nothing else."""
        self.chapter(self.t("概况", "Summary"))
        for text in summarise(self.contents, self.lang):
            paragraph = self.document.add_paragraph()
            if self.zh:
                from docx.shared import Pt

                paragraph.paragraph_format.first_line_indent = Pt(24)
            _run(paragraph, text)

    def write_maps(self, pictures: Pictures) -> None:
        """Each map on pages of its own, lying on their long side."""
        items = [item for item in self.contents.bundle.maps if item.kind in pictures]
        if not items:
            return
        self._turn(landscape=True)
        self.chapter(self.t("图", "Maps"))
        for item in items:
            assert item.kind is not None  # noqa: S101 (for the type checker)
            for at, (caption, svg) in enumerate(pictures[item.kind]):
                if at == 0:
                    self._heading(item.name.text(self.lang), 2)
                self._add_picture(caption, svg)
        by_hand = [item.name.text(self.lang) for item in self.contents.bundle.maps if not item.kind]
        if by_hand:
            names = ("、" if self.zh else ", ").join(by_hand)
            self._note(
                self.t(
                    f"图谱数据里没有、需另行提供：{names}。", f"To be supplied by hand: {names}."
                )
            )

    def _add_picture(self, caption: str, svg: str) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Mm

        self.figures += 1
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.keep_with_next = True
        shape = paragraph.add_run().add_picture(io.BytesIO(make_png(svg)), width=Mm(PICTURE))
        shape._inline.docPr.set("descr", caption)  # noqa: SLF001 (the text for screen readers)
        below = self.document.add_paragraph(style="Caption")
        below.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(below, self.t(f"图 {self.figures}　{caption}", f"Figure {self.figures}. {caption}"))

    def write_lists(self) -> None:
        """The lists of the bundle, their first rows; then the task book and the time table."""
        self._turn(landscape=True)
        self.chapter(self.t("清单", "Lists"))
        listings = iter(self.lists)
        for item in self.contents.bundle.lists:
            if item.kind is None:
                self._note(
                    self.t(
                        f"{item.name.text('zh')}：图谱数据里没有，需另行提供。",
                        f"{item.name.text('en')}: to be supplied by hand.",
                    )
                )
                continue
            self._add_list(*next(listings))
        if rest := list(listings):
            self.chapter(self.t("任务书和时间表", "Task book and time table"))
        for item, listing in rest:
            self._add_list(item, listing)

    def _add_list(self, item: ListItem, listing: Listing) -> None:
        assert item.kind is not None  # noqa: S101 (for the type checker)
        name = item.name.text(self.lang)
        self._heading(name, 2)
        shown = listing.rows[:REPORT_ROWS]
        self.tables += 1
        caption = self.document.add_paragraph(style="Caption")
        _run(caption, self.t(f"表 {self.tables}　{name}", f"Table {self.tables}. {name}"))
        caption.paragraph_format.keep_with_next = True
        for at, columns in enumerate(_choose_columns(item.kind, listing)):
            if at:  # Word joins tables with nothing between them
                self._note("")
            self._add_table(listing, columns, len(shown))
        said = (
            [listing.note[0].upper() + listing.note[1:] + self.t("。", ".")] if listing.note else []
        )
        if len(shown) < len(listing.rows):
            said = [
                self.t(
                    f"共 {len(listing.rows)} 条，这里列前 {len(shown)} 条，全部见工作簿。",
                    f"The first {len(shown)} of {len(listing.rows)}; all are in the workbook.",
                ),
                *said,
            ]
        if said:
            self._note(self.t("", " ").join(said))

    def _add_table(self, listing: Listing, shown: Sequence[int], count: int) -> None:
        from docx.enum.table import WD_TABLE_ALIGNMENT
        from docx.shared import Mm

        rows = listing.rows[:count]
        shown = [
            at for at in shown if not rows or any(row.cells[at] not in (None, "") for row in rows)
        ]
        columns = [listing.columns[at] for at in shown]
        heads = [column.head(self.lang) for column in columns] + [self.t("来源", "Sources")]
        table = self.document.add_table(rows=1 + listing.is_grouped, cols=len(heads))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        forms = [*(column.form for column in columns), "text"]
        _write_heads(table, heads, [*(column.group(self.lang) for column in columns), ""])
        texts = [self._say_row(listing, row, shown) for row in rows]
        for row in texts:
            added = table.add_row()
            _mark_row(added, "w:cantSplit")
            for cell, text, form in zip(added.cells, row, forms, strict=True):
                _fill(cell, text, form=form)
        asked = [*(column.width for column in columns), 5.5]
        least = [_needed([head, *column]) for head, *column in zip(heads, *texts, strict=True)]
        in_a_line = 3 if sum(least) < 0.75 * TABLE else 2
        least[-1] = max(least[-1], _citations(texts, in_a_line))
        shares = [Mm(width) for width in share_width(asked, least, TABLE)]
        for cell in table.rows[-1].cells:  # what is said below a table stays with its end
            cell.paragraphs[0].paragraph_format.keep_with_next = bool(texts)
        _set_widths(table, shares)

    def _say_row(self, listing: Listing, row: Row, shown: Sequence[int]) -> list[str]:
        keys = [key for key in row.sources if key in self.numbers]
        self.cited.update(keys)
        cited = " ".join(f"[{self.numbers[key]}]" for key in keys)
        return [
            *(_say_cell(row.cells[at], listing.columns[at].form) for at in shown),
            cited,
        ]

    def write_sources(self) -> None:
        from docx.shared import Mm, Pt

        self._turn(landscape=False)
        self.chapter(self.t("来源", "Sources"))
        for key, number in self.numbers.items():
            if key not in self.cited:
                continue
            source = self.atlas.sources[key]
            parts = [source.title, source.publisher, source.date]
            paragraph = self.document.add_paragraph()
            form = paragraph.paragraph_format
            form.line_spacing, form.space_after = 1.1, Pt(3)
            form.left_indent, form.first_line_indent = Mm(9), Mm(-9)
            told = f"[{number}] " + self.t("，", ", ").join(filter(None, parts))
            _run(paragraph, "\n".join([told, *source.url[:1]]), size=9.5)

    # ------------------------------------------------------------------ helpers

    def _note(self, text: str) -> None:
        from docx.shared import Pt

        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(4)
        _run(paragraph, text, size=9.5)

    def _turn(self, *, landscape: bool) -> None:
        """Begin a section whose pages lie or stand."""
        from docx.enum.section import WD_ORIENT, WD_SECTION
        from docx.shared import Mm

        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        wide, high = (297, 210) if landscape else (210, 297)
        section.different_first_page_header_footer = False
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Mm(wide), Mm(high)
        side = 28 if landscape else 26
        section.left_margin = section.right_margin = Mm(side)
        section.top_margin = section.bottom_margin = Mm(14 if landscape else 28)
        section.header_distance = section.footer_distance = Mm(6 if landscape else 14)


def _run(paragraph: Any, text: str, *, size: float | None = None, bold: bool = False) -> None:
    from docx.shared import Pt

    run = paragraph.add_run(_UNSEEN.sub("", text))
    if size is not None:
        run.font.size = Pt(size)
    if bold:
        run.font.bold = True


def _field_mark(paragraph: Any, kind: str) -> None:
    """Begin, divide or end a field, for which python-docx has nothing of its own."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    paragraph.add_run()._r.append(mark)  # noqa: SLF001


def _field_code(paragraph: Any, text: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    code = OxmlElement("w:instrText")
    code.set(qn("xml:space"), "preserve")
    code.text = text
    paragraph.add_run()._r.append(code)  # noqa: SLF001


def _fill(
    cell: _Cell, text: str, *, form: str = "text", bold: bool = False, shade: str | None = None
) -> None:
    """Write a cell of a table in small type: numbers at the right, short words in the middle."""
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.line_spacing = 1.0
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1.5)
    if form in ("number", "score"):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    elif form in ("count", "date"):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, text, size=8.5, bold=bold)
    if shade:
        mark = OxmlElement("w:shd")
        mark.set(qn("w:val"), "clear")
        mark.set(qn("w:fill"), shade)
        cell._tc.get_or_add_tcPr().append(mark)  # noqa: SLF001
    cell.vertical_alignment = (
        WD_CELL_VERTICAL_ALIGNMENT.CENTER
    )  # after the shade, as Word orders them


def _choose_columns(kind: ListKind, listing: Listing) -> list[list[int]]:
    """Choose the columns of a list for a page; of a task book that is too wide, period by period."""
    if kind in SHOWN:
        return [list(SHOWN[kind])]
    columns = range(len(listing.columns))
    periods = list(dict.fromkeys(column.group_zh for column in listing.columns if column.group_zh))
    count = sum(bool(column.group_zh) for column in listing.columns)
    needs_team = len({row.cells[1] for row in listing.rows}) < len(listing.rows)
    if count <= WITH_TEAM or (needs_team and count <= MEASURES):
        return [list(columns)]
    if count <= MEASURES:
        return [list(columns[:-1])]
    return [
        [at for at in columns if listing.columns[at].group_zh in ("", period)] for period in periods
    ]


def _write_heads(table: Table, heads: Sequence[str], groups: Sequence[str]) -> None:
    """Write the heading of a table, above it that of groups where there are two rows for it."""
    top, bottom = table.rows[0].cells, table.rows[-1].cells
    for row in table.rows:
        _mark_row(row, "w:tblHeader")
    for group, start, end in find_runs(groups):
        if group:
            _fill(top[start].merge(top[end]), group, form="count", bold=True, shade="DCEAFA")
        for at in range(start, end + 1):
            cell = bottom[at] if group else top[at].merge(bottom[at])
            _fill(cell, heads[at], form="count", bold=True, shade="DCEAFA")


def _set_widths(table: Table, shares: Sequence[Length]) -> None:
    """Set the widths of columns and cells; one that spans several has what these have together."""
    from docx.shared import Length

    for column, share in zip(table.columns, shares, strict=True):
        column.width = share
    for line in table.rows:
        at = 0
        for cell in line._tr.tc_lst:  # noqa: SLF001 (line.cells has one that spans several times)
            cell.width = Length(sum(shares[at : at + cell.grid_span]))
            at += cell.grid_span


def _mark_row(row: Any, mark: str) -> None:
    """Have a heading repeated on every page, or a row kept on one."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement(mark))  # noqa: SLF001


def _say_cell(value: Cell, form: str) -> str:
    if value is None:
        return ""
    if form == "score" and isinstance(value, float | int):
        return f"{value:.2f}"
    return say_number(value) if isinstance(value, float) else str(value)


def _needed(texts: Iterable[str]) -> float:
    """Return the width [mm] in which no day and no short word is broken, be it Chinese or not."""
    marks = [word for text in texts for word in re.findall("[!-~]+", text)]
    words = [word for text in texts for word in re.findall("[A-Za-z]+", text)]
    lines = [line for text in texts for line in text.split("\n")]
    short = [line for line in lines if re.fullmatch("[\u4e00-\u9fff]{1,5}", line)]
    return MARGIN + max(
        LETTER * min(max(map(len, marks), default=4), 10),
        NARROW * min(max(map(len, words), default=0), 14),
        SIGN * max(map(len, short), default=0),
    )


def _citations(texts: Sequence[Sequence[str]], count: int) -> float:
    """Return the width [mm] that the sources need so that some of them share a line."""
    longest = max((" ".join(row[-1].split()[:count]) for row in texts), key=len, default="")
    return MARGIN + LETTER * len(longest)


def share_width(asked: Sequence[float], least: Sequence[float], wide: float) -> list[float]:
    """
    Share a width out as it is asked for, but to nobody less than it needs.

    Examples
    --------
    >>> share_width([1, 1, 2], [10, 40, 10], 100)
    [20.0, 40.0, 40.0]
    >>> share_width([1, 1], [100, 300], 100)
    [25.0, 75.0]
    """
    if sum(least) >= wide:
        return [each / sum(least) * wide for each in least]
    held: set[int] = set()
    while True:
        room = wide - sum(least[at] for at in held)
        total = sum(each for at, each in enumerate(asked) if at not in held)
        shares = [
            float(least[at]) if at in held else each / total * room for at, each in enumerate(asked)
        ]
        short = {at for at, share in enumerate(shares) if share < least[at] - 1e-9}
        if not short:
            return shares
        held |= short


# -------------------------------------------------------------------- summary


def summarise(contents: Contents, lang: Language) -> list[str]:
    """
    Say in a few paragraphs what the figures are.

    Parameters
    ----------
    contents
        The atlas on its day.
    lang
        `zh` or `en`.

    Returns
    -------
    paragraphs
        Every number in them is counted from the contents.
    """
    makers = (_say_scope, _say_gaps, _say_flagships, _say_projects, _say_plan, _say_unfair)
    told = (make(contents, lang) for make in makers)
    return [paragraph for paragraph in told if paragraph]


def _say_scope(contents: Contents, lang: Language) -> str:
    atlas = contents.atlas
    found = tally(contents.states, atlas.products)
    place, chains = atlas.place.name.text(lang), len(atlas.chains)
    if lang == "zh":
        clusters = f"{len(atlas.clusters)} 个产业集群、" if atlas.clusters else ""
        return (
            f"{place}图谱覆盖 {clusters}{chains} 条产业链、{len(atlas.branches)} 条细分链，"
            f"共 {found.total} 个产品和环节。截至 {contents.day}，本地已有 {found.present} 个，"
            f"在建 {found.building} 个，已签约 {found.signed} 个，没有 {found.absent} 个。"
        )
    groups = len(atlas.clusters)
    clusters = f"{groups} {number_word(groups, 'cluster', 'clusters')}, " if groups else ""
    branches = len(atlas.branches)
    return (
        f"The atlas of {place} covers {clusters}"
        f"{chains} {number_word(chains, 'chain', 'chains')} "
        f"and {branches} {number_word(branches, 'branch', 'branches')} "
        f"with {found.total} {number_word(found.total, 'product', 'products')}. On {contents.day}: {found.present} made here, "
        f"{found.building} under construction, {found.signed} signed, {found.absent} absent."
    )


def _say_gaps(contents: Contents, lang: Language) -> str:
    gaps = contents.gaps
    if not gaps:
        return ""
    zh = lang == "zh"
    counts = {kind: sum(gap.kind == kind for gap in gaps) for kind in KINDS}
    said = ("、" if zh else ", ").join(
        f"{word(kind, lang)} {count} 个" if zh else f"{count} {word(kind, lang)}"
        for kind, count in counts.items()
        if count
    )
    best = ("、" if zh else ", ").join(gap.name.text(lang) for gap in gaps[:5])
    sized = sum(bool(gap.shortfall) for gap in gaps)
    if zh:
        return (
            f"共有缺口 {len(gaps)} 个：{said}；其中 {sized} 个能算出缺多少。"
            f"按得分排在最前的是{best}。"
        )
    return (
        f"{number_word(len(gaps), 'There is one gap', f'There are {len(gaps)} gaps')}: {said}; "
        f"for {sized} of them the shortfall can be computed. "
        f"{number_word(len(gaps), 'It is', 'The first by score are')} {best}."
    )


def _say_flagships(contents: Contents, lang: Language) -> str:
    if not contents.flagships:
        return ""
    zh = lang == "zh"
    said = [_say_flagship(flagship, lang) for flagship in contents.flagships]
    if zh:
        return f"有文件点名的招商方向 {len(said)} 个：{'、'.join(said)}。"
    return f"Policies name {len(said)} {number_word(len(said), 'direction', 'directions')}: {', '.join(said)}."


def _say_flagship(flagship: Flagship, lang: Language) -> str:
    name, state = flagship.name.text(lang), word(flagship.state, lang)
    here, total = flagship.tally.present, flagship.tally.total
    if flagship.section == "products":
        return f"{name}（{state}）" if lang == "zh" else f"{name} ({state})"
    if lang == "zh":
        return f"{name}（{state}，{total} 个产品中已有 {here} 个）"
    return f"{name} ({state}, {here} of {total} {number_word(total, 'product', 'products')} here)"


def _say_projects(contents: Contents, lang: Language) -> str:
    total = contents.progress[-1]
    if not total.signed:
        return ""

    def money(amount: float | None) -> str:
        if amount is None:
            return ""
        return (
            f"（{say_number(amount)} 亿元）"
            if lang == "zh"
            else f" (CNY {say_number(amount / 10)} bn)"
        )

    stale = sum(status.colour in ("red", "out") for status in contents.projects)
    if lang == "zh":
        return (
            f"图谱登记的项目中，累计已签约 {total.signed} 个{money(total.signed_investment)}，"
            f"其中开工 {total.started} 个{money(total.started_investment)}，"
            f"投产 {total.operating} 个{money(total.operating_investment)}；"
            f"{stale} 个超过三个月没有见到新进展。金额只加有公开数字的项目，重叠的只计一次。"
        )
    return (
        f"Of the projects in the atlas {total.signed} have been signed{money(total.signed_investment)}, "
        f"{total.started} started{money(total.started_investment)} and {total.operating} come into "
        f"operation{money(total.operating_investment)}; of {stale} no progress was seen for three "
        "months. Money is that of projects with a published figure, overlaps counted once."
    )


def _say_plan(contents: Contents, lang: Language) -> str:
    plan = contents.plan
    if not plan.targets:
        return ""
    firms = len({target.enterprise for target in plan.targets})
    gaps = len({target.product for target in plan.targets})
    visited = len({stop.enterprise for trip in plan.trips for stop in trip.stops})
    last = max((trip.end for trip in plan.trips), default=contents.day)
    first = next(iter(plan.trips), None)
    names = [stop.name.text(lang) for stop in first.stops] if first else []
    if lang == "zh":
        begin = (
            (
                f"第一程拜访已在本地的{'、'.join(names)}。"
                if first.local
                else f"第一程去{say_where(contents.atlas, first, lang)}，拜访{'、'.join(names)}。"
            )
            if first
            else ""
        )
        return (
            f"{gaps} 个缺口有目标企业，共 {firms} 家。本轮计划 {len(plan.trips)} 程、"
            f"拜访 {visited} 家，最后一程到 {last} 结束。{begin}"
        )
    begin = f" The first goes to {', '.join(names)}." if first else ""
    return (
        f"{gaps} gaps have targets, {firms} firms in all. This round plans {len(plan.trips)} trips to "
        f"{visited} firms, the last ending on {last}.{begin}"
    )


def _say_unfair(contents: Contents, lang: Language) -> str:
    found = contents.unfair
    if not found:
        return ""
    names = list(dict.fromkeys(finding.name.text(lang) for finding in found))
    if lang == "zh":
        return (
            f"政策清单里有 {len(names)} 条的字句须按《公平竞争审查条例》核对：{'、'.join(names)}。"
            "理由见政策清单。"
        )
    return (
        "Wording to be checked under the regulation on fair competition review stands in "
        f"{', '.join(names)} ({len(names)} of the policies). The list of policies says why."
    )
