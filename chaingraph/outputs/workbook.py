"""The lists of a bundle as one Excel workbook (needs the extra ``excel``).

One sheet a list, with filters, a frozen heading and print set-up; a cover that leads to
each of them, and a sheet of sources that every row is linked to.  Text is always written
as text: what begins like a formula is none.
"""

from __future__ import annotations

import datetime
import functools
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from chaingraph.bundles import ListItem
from chaingraph.errors import MissingExtraError
from chaingraph.figures import last_day
from chaingraph.model import Language
from chaingraph.outputs.contents import Contents
from chaingraph.outputs.files import settle_zip
from chaingraph.outputs.lists import (
    Cell,
    Column,
    Listing,
    find_runs,
    make_lists,
    number_sources,
)
from chaingraph.outputs.words import word

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

FONT = "微软雅黑"
INK, BLUE, PALE, LINE = "16202B", "14599C", "DCEAFA", "C5CED7"
TITLE_ROW, HEAD_ROW = 1, 3
"""Above the heading stand the title and a note."""

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
"""What a cell cannot hold."""

MOST_ROWS = 20_000
"""How many rows of a list a sheet has; who has more reads the CSV files."""

SOURCE = Column("来源", "Source", 4)
OTHER_SOURCES = Column("其他来源", "Other sources", 6)
"""Apart from the first, which is a link: LibreOffice does not wrap the text of a link."""

INSET = 2.0
"""What indent and edges take of the width of a column."""

_NO_SOURCE = {"zh": "图谱未记", "en": "none yet"}
"""Said of a row for which the atlas names no source, so that nobody takes it for documented."""

LONGEST = 32_000
"""Letters that a cell can hold, with some to spare."""


def make_workbook(
    contents: Contents, *, lang: Language | None = None, files: Sequence[str] = ()
) -> bytes:
    """
    Make the workbook of a bundle.

    Parameters
    ----------
    contents
        The atlas on its day, as `gather` works it out.
    lang
        `zh` or `en`; the atlas's own if none.
    files
        The other files of the bundle, to name on the cover.

    Returns
    -------
    data
        The whole file; the same contents give the same bytes.

    Raises
    ------
    MissingExtraError
        If openpyxl is not installed.
    """
    try:
        from openpyxl import Workbook
    except ImportError as error:
        raise MissingExtraError("excel", "openpyxl") from error
    lang = lang or contents.atlas.language
    book = Workbook()
    cover = book.worksheets[0]
    listings = make_lists(contents, lang)
    numbers = number_sources(contents.atlas, [listing for _, listing in listings])
    names = _sheet_names([item.name.text(lang) for item, _ in listings], lang)
    for (item, listing), name in zip(listings, names, strict=True):
        _write_list(book, contents, item, listing, name, numbers, lang)
    _write_sources(book, contents, numbers, lang)
    _write_cover(cover, contents, listings, names, files, lang)
    stamp = datetime.datetime.combine(contents.day, datetime.time())
    book.properties.creator = "chaingraph"
    book.properties.title = contents.atlas.atlas.name.text(lang)
    book.properties.created = book.properties.modified = stamp
    out = io.BytesIO()
    book.save(out)
    return settle_zip(out.getvalue(), contents.day)


def _sheet_names(names: Sequence[str], lang: str) -> list[str]:
    """Names that Excel accepts: short, without its marks, none twice."""
    taken = {_reserved("cover", lang).casefold(), _reserved("sources", lang).casefold()}
    found = []
    for name in names:
        plain = re.sub(r"[\\/*?:\[\]']", " ", name).strip()[:28] or "list"
        each, number = plain, 2
        while each.casefold() in taken:
            each, number = f"{plain[:25]} {number}", number + 1
        taken.add(each.casefold())
        found.append(each)
    return found


def _reserved(which: str, lang: str) -> str:
    names = {"cover": ("封面", "Cover"), "sources": ("来源", "Sources")}
    return names[which][0 if lang == "zh" else 1]


# ---------------------------------------------------------------------- cells


def put(
    sheet: Worksheet, row: int, column: int, value: Cell, *, style: Mapping[str, Any] | None = None
) -> Any:
    """Write a cell; text is never a formula, and holds nothing that a cell cannot."""
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = _UNSEEN.sub("", value)[:LONGEST]
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in "=+-@" and bool(value)
    else:
        cell.value = value
    for name, each in (style or {}).items():
        setattr(cell, name, each)
    return cell


def link(cell: Any, sheet: str, row: int) -> None:
    """Have a cell lead to a row of another sheet."""
    from openpyxl.worksheet.hyperlink import Hyperlink

    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{sheet}'!A{row}")
    for name, style in _style()["link"].items():
        setattr(cell, name, style)


@functools.cache
def _style() -> dict[str, Any]:
    """The styles of the workbook, made once."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    side = Side(style="thin", color=LINE)
    border = Border(left=side, right=side, top=side, bottom=side)

    def align(horizontal: Literal["left", "center"]) -> Alignment:
        indent = 1 if horizontal == "left" else 0
        return Alignment(horizontal=horizontal, vertical="center", wrap_text=True, indent=indent)

    return {
        "title": {"font": Font(FONT, size=16, bold=True, color=INK)},
        "note": {"font": Font(FONT, size=9, color="4C5A68")},
        "head": {
            "font": Font(FONT, size=10, bold=True, color="FFFFFF"),
            "fill": PatternFill("solid", fgColor=BLUE),
            "alignment": Alignment(horizontal="center", vertical="center", wrap_text=True),
            "border": border,
        },
        "text": {
            "font": Font(FONT, size=10, color=INK), "alignment": align("left"), "border": border,
        },
        "number": {
            "font": Font(FONT, size=10, color=INK),
            "alignment": Alignment(horizontal="right", vertical="center", indent=1),
            "border": border,
        },
        "count": {
            "font": Font(FONT, size=10, color=INK),
            "alignment": align("center"),
            "border": border,
        },
        "date": {
            "font": Font(FONT, size=10, color=INK),
            "alignment": align("center"),
            "border": border,
        },
        "link": {
            "font": Font(FONT, size=10, color=BLUE, underline="single"),
            "alignment": align("left"),
            "border": border,
        },
    }  # fmt: skip


def _number_format(value: float) -> str:
    """Thousands apart; as many decimals as there are, at most four."""
    text = f"{abs(value):.4f}".rstrip("0")
    decimals = len(text.partition(".")[2])
    if abs(value) >= 1000:
        decimals = min(decimals, 1)
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def as_date(text: str) -> datetime.date | None:
    """Return a full date; None for a month or a year, which stay text."""
    return last_day(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None


def _write_value(
    sheet: Worksheet, row: int, column: int, value: Cell, form: str, styles: Any
) -> None:
    style = styles["number" if form == "score" else form]
    if form == "date" and isinstance(value, str) and (day := as_date(value)):
        put(sheet, row, column, None, style=style)
        cell = sheet.cell(row, column, day)
        cell.number_format = "yyyy-mm-dd"
        return
    if isinstance(value, float):
        value = float(f"{value:.12g}")
    cell = put(sheet, row, column, value, style=style)
    if isinstance(value, float | int) and form in ("number", "score"):
        cell.number_format = "0.00" if form == "score" else _number_format(value)


# ------------------------------------------------------------------- the sheets


def _write_list(
    book: Workbook,
    contents: Contents,
    item: ListItem,
    listing: Listing,
    name: str,
    numbers: Mapping[str, int],
    lang: Language,
) -> None:
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(name)
    styles = _style()
    columns = (*listing.columns, SOURCE, OTHER_SOURCES)
    put(sheet, TITLE_ROW, 1, _title(contents, item, lang), style=styles["title"])
    rows = listing.rows[:MOST_ROWS]
    note = listing.note
    if len(rows) < len(listing.rows):
        count = f"{len(rows):,} / {len(listing.rows):,}"
        note = f"{note}（{count} 条）" if lang == "zh" else f"{note} ({count} rows)"
    put(sheet, TITLE_ROW + 1, 1, note, style=styles["note"])
    head = _write_head(sheet, columns, lang)
    for place, row in enumerate(rows, start=head + 1):
        for at, (column, value) in enumerate(zip(listing.columns, row.cells, strict=True), start=1):
            _write_value(sheet, place, at, value, column.form, styles)
        keys = [key for key in row.sources if key in numbers]
        first, others = _cite(keys[:1], numbers), _cite(keys[1:], numbers)
        cell = put(sheet, place, len(columns) - 1, first, style=styles["text"])
        if keys:
            link(cell, _reserved("sources", lang), HEAD_ROW + numbers[keys[0]])
        others = others if keys else _NO_SOURCE[lang]
        put(sheet, place, len(columns), others, style=styles["text"])
        sheet.row_dimensions[place].height = _row_height(columns, (*row.cells, first, others), lang)
    last = head + max(1, len(rows))
    sheet.auto_filter.ref = f"A{head}:{get_column_letter(len(columns))}{last}"
    sheet.freeze_panes = sheet.cell(head + 1, min(4, len(columns)))
    sheet.row_dimensions[TITLE_ROW].height = 28
    _set_print(sheet, contents, columns, lang)
    sheet.print_title_rows = f"{HEAD_ROW}:{head}"


def _write_head(sheet: Worksheet, columns: Sequence[Column], lang: str) -> int:
    """Write the heading, in two rows where columns stand in groups; return its last row."""
    from openpyxl.utils import get_column_letter

    is_grouped = any(column.group(lang) for column in columns)
    last = HEAD_ROW + is_grouped
    for at, column in enumerate(columns, start=1):
        group = column.group(lang)
        put(sheet, HEAD_ROW, at, group or column.head(lang), style=_style()["head"])
        if is_grouped:
            put(sheet, last, at, column.head(lang) if group else None, style=_style()["head"])
        sheet.column_dimensions[get_column_letter(at)].width = _width(column, lang)
    if is_grouped:
        _merge_head(sheet, [column.group(lang) for column in columns])
        sheet.row_dimensions[HEAD_ROW].height = 22
    sheet.row_dimensions[last].height = _head_height(columns, lang)
    return last


def _merge_head(sheet: Worksheet, groups: Sequence[str]) -> None:
    """Join the cells of each group side by side, and those of a column in none one above the other."""
    for group, start, end in find_runs(groups):
        if group:
            sheet.merge_cells(None, HEAD_ROW, start + 1, HEAD_ROW, end + 1)
            continue
        for at in range(start + 1, end + 2):
            sheet.merge_cells(None, HEAD_ROW, at, HEAD_ROW + 1, at)


def _title(contents: Contents, item: ListItem, lang: Language) -> str:
    place = contents.atlas.place.name.text(lang)
    return f"{place}{item.name.text(lang)}" if lang == "zh" else f"{place}: {item.name.text(lang)}"


def _cite(keys: Sequence[str], numbers: Mapping[str, int]) -> str:
    return " ".join(f"[{numbers[key]}]" for key in keys)


def _width(column: Column, lang: str) -> float:
    """The width of a column in Excel's unit: a Chinese character takes about two."""
    head = column.head(lang)
    lines = 2 if lang == "zh" else 3
    word = max(map(len, re.findall("[!-~]+", head)), default=0)
    return max(2 * column.width, measure_text(head) / lines + 2, 1.15 * word, 5) + 2


def measure_text(text: str) -> int:
    """
    Return how many letters wide a text is; a Chinese character counts two.

    Examples
    --------
    >>> measure_text("PVDF氟膜")
    8
    """
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _lines(text: str, width: float) -> int:
    return sum(max(1, -(-measure_text(line) // max(1, int(width)))) for line in text.split("\n"))


def _row_height(columns: Sequence[Column], cells: Sequence[Cell], lang: str) -> float:
    lines = [
        _lines(str(cell), _width(column, lang) - INSET)
        for column, cell in zip(columns, cells, strict=True)
        if cell is not None
    ]
    return min(400.0, 15.5 * max(lines, default=1) + 3)


def _head_height(columns: Sequence[Column], lang: str) -> float:
    lines = [_lines(column.head(lang), _width(column, lang) - INSET) for column in columns]
    return 15.5 * max(lines) + 7


def _set_print(sheet: Worksheet, contents: Contents, columns: Sequence[Column], lang: str) -> None:
    """A3 or A4 lying on its long side, as wide as the page, headings on every page."""
    from openpyxl.worksheet.header_footer import HeaderFooterItem
    from openpyxl.worksheet.properties import PageSetupProperties

    wide = sum(_width(column, lang) for column in columns)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = "8" if wide > 150 else "9"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.5, 0.75
    sheet.page_margins.footer = 0.35
    footer = HeaderFooterItem()
    place = contents.atlas.place.name.text(lang).replace("&", "&&")
    footer.left.text = f"{place} {contents.day}"
    footer.right.text = "第 &P 页，共 &N 页" if lang == "zh" else "&P / &N"
    sheet.oddFooter = footer


def _write_sources(
    book: Workbook, contents: Contents, numbers: Mapping[str, int], lang: Language
) -> None:
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(_reserved("sources", lang))
    styles, zh = _style(), lang == "zh"
    columns = (
        Column("编号", "No.", 4, "count"), Column("标题", "Title", 40),
        Column("发布者", "Publisher", 18), Column("日期", "Date", 9, "date"),
        Column("类别", "Kind", 7), Column("可信度", "Confidence", 5), Column("网址", "Address", 40),
        Column("图谱中的代号", "Key in the atlas", 16),
    )  # fmt: skip
    put(sheet, TITLE_ROW, 1, "来源" if zh else "Sources", style=styles["title"])
    told = "各清单“来源”栏方括号里的编号" if zh else "the numbers in brackets of the other sheets"
    put(sheet, TITLE_ROW + 1, 1, told, style=styles["note"])
    for at, column in enumerate(columns, start=1):
        put(sheet, HEAD_ROW, at, column.head(lang), style=styles["head"])
        sheet.column_dimensions[get_column_letter(at)].width = _width(column, lang)
    for key, number in numbers.items():
        source, row = contents.atlas.sources[key], HEAD_ROW + number
        url = source.url[0] if source.url else ""
        cells: tuple[Cell, ...] = (
            number, source.title, source.publisher, source.date, _source_kind(source.kind, lang),
            source.confidence, url, key,
        )  # fmt: skip
        for at, (column, value) in enumerate(zip(columns, cells, strict=True), start=1):
            _write_value(sheet, row, at, value, column.form, styles)
        if re.match(r"https?://[^\s\"<>]+$", url) and len(url) < 2000:
            cell = sheet.cell(row, 7)
            cell.hyperlink = url
            cell.font = styles["link"]["font"]
        sheet.row_dimensions[row].height = _row_height(columns, cells, lang)
    last = HEAD_ROW + max(1, len(numbers))
    sheet.auto_filter.ref = f"A{HEAD_ROW}:{get_column_letter(len(columns))}{last}"
    sheet.freeze_panes = sheet.cell(HEAD_ROW + 1, 2)
    _set_print(sheet, contents, columns, lang)


_KINDS = {
    "government": "政府", "news": "新闻", "company": "企业", "standard": "标准", "data": "数据",
    "paper": "论文", "web": "网页", "textbook": "教科书", "calculation": "测算", "judgement": "判断",
}  # fmt: skip


def _source_kind(kind: str, lang: str) -> str:
    return _KINDS[kind] if lang == "zh" else kind


def _write_cover(
    sheet: Worksheet,
    contents: Contents,
    listings: Sequence[tuple[ListItem, Listing]],
    names: Sequence[str],
    files: Sequence[str],
    lang: Language,
) -> None:
    from openpyxl.styles import Font
    from openpyxl.worksheet.properties import PageSetupProperties

    atlas, zh, styles = contents.atlas, lang == "zh", _style()
    sheet.title = _reserved("cover", lang)
    sheet.sheet_view.showGridLines = False
    for letter, width in (("A", 4), ("B", 8), ("C", 32), ("D", 14), ("E", 56)):
        sheet.column_dimensions[letter].width = width
    title = put(sheet, 3, 2, f"{atlas.place.name.text(lang)} {contents.bundle.name.text(lang)}")
    title.font = Font(FONT, size=26, bold=True, color=INK)
    sheet.row_dimensions[3].height = 44
    view = word(f"view_{contents.view}", lang)
    told = f"截至 {contents.day}　视图：{view}" if zh else f"as of {contents.day}, view: {view}"
    put(sheet, 4, 2, told, style={"font": Font(FONT, size=12, color="4C5A68")})
    heads = ("序号", "清单", "条数", "说明") if zh else ("No.", "List", "Rows", "Notes")
    row = 6
    for at, head in enumerate(heads, start=2):
        put(sheet, row, at, head, style=styles["head"])
    for number, ((item, listing), name) in enumerate(zip(listings, names, strict=True), start=1):
        row += 1
        put(sheet, row, 2, number, style=styles["count"])
        link(put(sheet, row, 3, item.name.text(lang), style=styles["link"]), name, 1)
        put(sheet, row, 4, len(listing.rows), style=styles["count"])
        put(sheet, row, 5, listing.note, style=styles["text"])
        sheet.row_dimensions[row].height = 16 * _lines(listing.note, 50) + 4
    row += 1
    put(sheet, row, 2, "", style=styles["count"])
    sources = _reserved("sources", lang)
    link(put(sheet, row, 3, sources, style=styles["link"]), sources, 1)
    put(sheet, row, 4, None, style=styles["count"])
    put(sheet, row, 5, "", style=styles["text"])
    row += 2
    row = _write_maps(sheet, contents, files, row, lang)
    rest = [
        "可信度：H 官方或精确，M 一处可信来源，L 量级、旧数或推断；空着的是没有评级。",
        "没有公开数字的一律留空，不作估计。每行末尾“来源”可点到来源表；写“图谱未记”的，图谱里还没有来源，用前请核。",
        "由 chaingraph 根据图谱数据生成；同样的图谱生成同样的文件。",
    ] if zh else [
        "Confidence: H official or exact, M one credible source, L order of magnitude, old or inferred.",
        "What has no published figure is left empty. The sources of each row lead to the sheet of sources.",
        "Rows that say “none yet”: the atlas names no source; check them before use.",
        "Made by chaingraph from the atlas; the same atlas gives the same file.",
    ]  # fmt: skip
    for text in rest:
        put(sheet, row, 2, text, style=styles["note"])
        row += 1
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = "9"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 1
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _write_maps(
    sheet: Worksheet, contents: Contents, files: Sequence[str], row: int, lang: Language
) -> int:
    """Name the maps and where they are, and what must be supplied by hand."""
    zh, styles = lang == "zh", _style()
    by_hand = [item.name for item in contents.bundle.maps if item.kind is None]
    by_hand += [item.name for item in contents.bundle.lists if item.kind is None]
    for item in contents.bundle.maps:
        if item.kind is None:
            continue
        file_name = next((file for file in files if file.endswith(f"_{item.kind}.svg")), None)
        where = file_name or ("见图谱网页" if zh else "see the map page")
        put(sheet, row, 2, "图" if zh else "map", style=styles["note"])
        put(sheet, row, 3, item.name.text(lang), style=styles["note"])
        put(sheet, row, 5, where, style=styles["note"])
        row += 1
    for name in by_hand:
        put(sheet, row, 3, name.text(lang), style=styles["note"])
        told = "图谱数据里没有，需另行提供" if zh else "not in the atlas: to be supplied by hand"
        put(sheet, row, 5, told, style=styles["note"])
        row += 1
    return row + 1
