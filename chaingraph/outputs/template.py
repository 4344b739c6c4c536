"""The Excel form: empty for a new place, or filled with an atlas (needs the extra ``excel``).

Row 1 of a sheet holds headings for people, row 2 the paths that the values have in the
YAML; what is filled in stands below.  `chaingraph.intake` reads it back.
"""

from __future__ import annotations

import datetime
import io
import json
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from chaingraph.errors import MissingExtraError, UsageError
from chaingraph.model import Atlas, AtlasFile, Language
from chaingraph.outputs.files import settle_zip
from chaingraph.outputs.sheets import (
    CHOICES,
    DIVIDERS,
    GUIDE,
    REST,
    SETTING_ROWS,
    SETTINGS,
    SHEETS,
    Column,
    Sheet,
)
from chaingraph.outputs.workbook import FONT, LONGEST, put
from chaingraph.units import unit_name

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

FIRST_ROW = 3
"""Where the rows begin, below headings and paths."""

SPARE_ROWS = 1000
"""To how many rows drop-downs reach at least."""

Tree = dict[str, Any]
"""An atlas as plain data: settings and sections side by side."""


def make_template(atlas: Atlas | None = None, *, lang: Language = "zh") -> bytes:
    """
    Make the Excel form.

    Parameters
    ----------
    atlas
        What it is filled with; an empty form if none.
    lang
        The language of its headings and choices.

    Returns
    -------
    data
        The whole file; the same atlas gives the same bytes.

    Raises
    ------
    MissingExtraError
        If openpyxl is not installed.
    """
    try:
        from openpyxl import Workbook
    except ImportError as error:
        raise MissingExtraError("excel", "openpyxl") from error
    tree = atlas_tree(atlas) if atlas else {"language": lang, "rule": "state"}
    book = Workbook()
    _write_guide(book, lang)
    _write_settings(book, tree, lang)
    for sheet in SHEETS:
        _write_sheet(book, sheet, tree, lang)
    _write_rest(book, tree, lang)
    day = atlas.date() if atlas else datetime.date(2024, 1, 1)
    book.properties.creator = "chaingraph"
    book.properties.created = book.properties.modified = datetime.datetime.combine(
        day, datetime.time()
    )
    out = io.BytesIO()
    book.save(out)
    return settle_zip(out.getvalue(), day)


# ------------------------------------------------------------ atlas to plain data


def atlas_tree(atlas: Atlas) -> Tree:
    """Return an atlas as plain data, without what is not said."""
    head = {name: getattr(atlas, name) for name in AtlasFile.model_fields if name != "includes"}
    tree: Tree = {}
    for name, value in head.items():
        plain = plain_value(value)
        if plain not in ({}, [], None) or name in ("rule", "language"):
            tree[name] = plain
    tree["branches"] = {id: plain_value(branch) for id, branch in atlas.branches.items()}
    for branch in tree["branches"].values():
        branch.pop("id", None)
    tree["products"] = {
        id: {"branch": atlas.branch_of[id], **plain_value(product)}
        for id, product in atlas.products.items()
    }
    return tree


def plain_value(value: Any) -> Any:
    """Return an entity as plain data, without what equals its default."""
    if hasattr(value, "model_dump"):
        return value.model_dump(exclude_defaults=True)
    if isinstance(value, dict):
        return {key: plain_value(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain_value(inner) for inner in value]
    return value


# ---------------------------------------------------------------- rows of a sheet


def find_rows(sheet: Sheet, tree: Tree) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield (keys, entry) of all entries of a sheet; an entry is the tree's own."""
    if sheet.name == "flows":
        yield from _find_flows(tree)
    elif sheet.name == "routes":
        for id, product in tree.get("products", {}).items():
            for route in product.get("routes", []):
                yield (id, route.get("id", "main")), route
    elif sheet.name == "figures":
        yield from _find_figures(tree)
    else:
        yield from _walk(tree, sheet.at, ())


def _walk(
    node: Any, steps: Sequence[str | int], keys: tuple[Any, ...]
) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if not steps:
        yield keys, node
        return
    step, rest = steps[0], steps[1:]
    if isinstance(step, str):
        if isinstance(node, dict) and step in node:
            yield from _walk(node[step], rest, keys)
    elif step == -1:
        for item in node:
            yield from _walk(item, rest, keys)
    else:
        for key, inner in node.items():
            yield from _walk(inner, rest, (*keys, key))


def _find_flows(tree: Tree) -> Iterator[tuple[tuple[Any, ...], Any]]:
    for id, product in tree.get("products", {}).items():
        ways = [
            ("", product),
            *((route.get("id", "main"), route) for route in product.get("routes", [])),
        ]
        for route_id, route in ways:
            for side in ("inputs", "byproducts"):
                for other, flow in route.get(side, {}).items():
                    yield (id, route_id, side, other), flow


def _find_figures(tree: Tree) -> Iterator[tuple[tuple[Any, ...], Any]]:
    for key, figure in tree.get("place", {}).get("figures", {}).items():
        yield ("place", key), figure
    for section in ("parks", "projects", "products"):
        for id, entity in tree.get(section, {}).items():
            for key, figure in entity.get("figures", {}).items():
                yield (f"{section}/{id}", key), figure


def take(entry: Any, path: str) -> Any:
    """Take a value out of an entry; None if there is none."""
    *steps, last = path.split(".")
    for step in steps:
        entry = entry.get(step) if isinstance(entry, dict) else None
    return entry.pop(last, None) if isinstance(entry, dict) else None


def say_value(value: Any, column: Column, lang: str) -> str | float | None:
    """Return a value as it stands in a cell; raise UsageError where it is too long for one."""
    said = _say(value, column, lang)
    if isinstance(said, str) and len(said) > LONGEST:
        raise UsageError(f"{said[:40]!r}… is longer than a cell of Excel can hold")
    return said


def _say(value: Any, column: Column, lang: str) -> str | float | None:
    if value is None:
        return None
    if column.form == "yes":
        return ("是" if value else "否") if lang == "zh" else ("yes" if value else "no")
    if column.form == "choice":
        return say_choice(str(value), lang)
    if column.form == "unit":
        return "/".join(
            unit_name(side, "zh") if lang == "zh" else side for side in value.split("/")
        )
    if column.form == "pairs":
        pairs = [
            (key, each)
            for key, of in value.items()
            for each in (of if isinstance(of, list) else [of])
        ]
        return "; ".join(f"{key}={each}" for key, each in pairs)
    if column.form == "list":
        items = [say_choice(item, lang) if column.choices else str(item) for item in value]
        return join_list(items, marks=column.marks)
    return float(value) if isinstance(value, float) else value


def say_choice(value: str, lang: str) -> str:
    """Return what a choice is called in the form."""
    zh, en = CHOICES.get(value, (value, value))
    return zh if lang == "zh" else en


def join_list(items: Sequence[str], *, marks: str = DIVIDERS) -> str:
    """
    Write a list into one cell: divided by semicolons, or as JSON where that would mislead.

    Examples
    --------
    >>> join_list(["PTFE", "聚四氟乙烯"])
    'PTFE; 聚四氟乙烯'
    >>> join_list(["a; b"])
    '["a; b"]'
    >>> join_list(["甲、乙"], marks="；、")
    '["甲、乙"]'
    """
    if all(item == item.strip() and not re.search(rf"[{marks}]|^\[", item) for item in items):
        return "; ".join(items)
    return json.dumps(list(items), ensure_ascii=False)


# -------------------------------------------------------------------- the sheets


def _write_sheet(book: Workbook, sheet: Sheet, tree: Tree, lang: str) -> None:
    page = book.create_sheet(sheet.title(lang))
    columns = (*sheet.keys, *sheet.columns)
    _write_heads(page, columns, lang, keys=len(sheet.keys))
    row = FIRST_ROW
    for row, (keys, entry) in enumerate(list(find_rows(sheet, tree)), start=FIRST_ROW):
        for at, (column, value) in enumerate(zip(sheet.keys, keys, strict=True), start=1):
            put(page, row, at, say_value(value or None, column, lang))
        for at, column in enumerate(sheet.columns, start=len(sheet.keys) + 1):
            if (value := say_value(take(entry, column.path), column, lang)) is not None:
                put(page, row, at, value)
    _add_choices(page, columns, row + SPARE_ROWS, tree, lang)
    page.freeze_panes = page.cell(FIRST_ROW, len(sheet.keys) + 1)


def _write_heads(page: Worksheet, columns: Sequence[Column], lang: str, *, keys: int) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    for at, column in enumerate(columns, start=1):
        head = put(page, 1, at, column.head(lang))
        head.font = Font(FONT, size=10, bold=True, color="FFFFFF")
        head.fill = PatternFill("solid", fgColor="14599C" if at <= keys else "4C5A68")
        head.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        if told := _say_note(column, lang):
            head.comment = Comment(told, "chaingraph", height=110, width=260)
        path = put(page, 2, at, column.path)
        path.font = Font(FONT, size=8, color="7A8794")
        letter = get_column_letter(at)
        page.column_dimensions[letter].width = column.width
        if column.form != "number":
            page.column_dimensions[letter].number_format = "@"
    page.row_dimensions[1].height = 34


def _say_note(column: Column, lang: str) -> str:
    """What a cell's note says: what to write, and which choices there are."""
    zh = lang == "zh"
    parts = [column.note[0 if zh else 1]]
    if column.choices:
        names = [say_choice(choice, lang) for choice in column.choices]
        parts.append(("可填：" if zh else "one of: ") + ("、" if zh else ", ").join(names))
    if column.refs:
        titles = {sheet.name: sheet.title(lang) for sheet in SHEETS}
        names = [titles.get(section, section) for section in column.refs]
        parts.append(
            f"“{'、'.join(names)}”表里的编号或名称"
            if zh
            else f"an id or name of the sheet {' or '.join(names)}"
        )
    if column.form == "yes":
        parts.append("是或否" if zh else "yes or no")
    return "\n".join(part for part in parts if part)


def _add_choices(
    page: Worksheet, columns: Sequence[Column], last: int, tree: Tree, lang: str
) -> None:
    """Add drop-downs; they warn, and do not forbid: the import explains what is wrong."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for at, column in enumerate(columns, start=1):
        formula = None
        if column.form == "choice":
            formula = '"' + ",".join(say_choice(choice, lang) for choice in column.choices) + '"'
        elif column.form == "yes":
            formula = '"是,否"' if lang == "zh" else '"yes,no"'
        elif column.form == "ref":
            formula = _find_range(column.refs[0], tree, lang)
        if formula is None or len(formula) > 255:
            continue
        rule = DataValidation(
            type="list", formula1=formula, allow_blank=True, showErrorMessage=False
        )
        letter = get_column_letter(at)
        rule.add(f"{letter}{FIRST_ROW}:{letter}{last}")
        page.add_data_validation(rule)


def _find_range(section: str, tree: Tree, lang: str) -> str:
    """Where the entries of a section are named: by id, in a new form by name, for ids may be left out."""
    from openpyxl.utils import get_column_letter

    sheet = next(sheet for sheet in SHEETS if sheet.name == section)
    paths = [column.path for column in (*sheet.keys, *sheet.columns)]
    name = f"name.{lang}"
    letter = (
        "A" if tree.get(section) or name not in paths else get_column_letter(paths.index(name) + 1)
    )
    return f"'{sheet.title(lang)}'!${letter}${FIRST_ROW}:${letter}${FIRST_ROW + SPARE_ROWS}"


def _write_settings(book: Workbook, tree: Tree, lang: str) -> None:
    from openpyxl.styles import Font
    from openpyxl.worksheet.datavalidation import DataValidation

    page = book.create_sheet(SETTINGS[1] if lang == "zh" else SETTINGS[2])
    heads = ("项目", "path", "内容") if lang == "zh" else ("Setting", "path", "Value")
    for at, (head, width) in enumerate(zip(heads, (26, 26, 60), strict=True), start=1):
        put(page, 1, at, head).font = Font(FONT, size=10, bold=True)
        page.column_dimensions["ABC"[at - 1]].width = width
    for row, column in enumerate(SETTING_ROWS, start=2):
        put(page, row, 1, column.head(lang))
        put(page, row, 2, column.path).font = Font(FONT, size=8, color="7A8794")
        if (value := say_value(take(tree, column.path), column, lang)) is not None:
            put(page, row, 3, value)
        if column.form != "number":
            page.cell(row, 3).number_format = "@"
        if column.form == "choice":
            names = ",".join(say_choice(choice, lang) for choice in column.choices)
            rule = DataValidation(
                type="list", formula1=f'"{names}"', allow_blank=True, showErrorMessage=False
            )
            rule.add(f"C{row}")
            page.add_data_validation(rule)
    page.freeze_panes = "A2"


def _write_rest(book: Workbook, tree: Tree, lang: str) -> None:
    """What has no column of its own, by path."""
    page = book.create_sheet(REST[1] if lang == "zh" else REST[2])
    put(page, 1, 1, "位置" if lang == "zh" else "Where")
    put(page, 1, 2, "内容（JSON）" if lang == "zh" else "Value (JSON)")
    put(page, 2, 1, "path")
    put(page, 2, 2, "value")
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 60, 100
    for row, (path, value) in enumerate(_leaves(tree, ()), start=FIRST_ROW):
        put(page, row, 1, json.dumps(list(path), ensure_ascii=False))
        put(page, row, 2, json.dumps(value, ensure_ascii=False))
    page.freeze_panes = "A3"


def _leaves(node: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield (path, value) of all that is left in a tree; lists stay whole unless they hold entries."""
    if isinstance(node, dict):
        for key, inner in node.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(node, list) and path[-1:] == ("routes",):
        for inner in node:
            rest = {key: value for key, value in inner.items() if key != "id"}
            yield from _leaves(rest, (*path, inner.get("id", "main")))
    elif isinstance(node, list) and path[:1] == ("candidates",) and path[-1:] == ("signals",):
        for at, inner in enumerate(node):
            yield from _leaves(inner, (*path, at))
    elif node not in (None, []):
        yield path, node


_GUIDE_ZH = (
    "这是产业链图谱的填报表。填好后运行：chaingraph import 本文件.xlsx -o 目录",
    "",
    "1. 先填“设置”：图谱编号、地名、截至日期。",
    "2. “产业链”“细分链”“产品”说明链条；“投入与副产”一行是一种产品的一种投入。",
    "3. “本地企业”“本地企业产品”“项目”“项目产能”是本地情况；“候选企业”是外地的。",
    "4. 第 1 行是标题，第 2 行灰字是字段名，请不要改动；从第 3 行起填（“设置”从第 2 行起）。",
    "5. 鼠标停在标题上有填写说明；有下拉的单元格可以选，也可以直接写。",
    "6. 编号可以空着，导入时按名称的拼音生成；引用别的表时写编号或名称都行。",
    "7. 日期写 2023-02-15、2023-02 或 2023；多个值用分号隔开；不知道的空着，不要估计。",
    "8. 每个数字请在“来源”栏写来源代号，代号在“来源”表里登记。",
    "9. “其余”表是没有单独列出的内容，一般不用改。",
)
_GUIDE_EN = (
    "The form of an atlas. When it is filled: chaingraph import FILE.xlsx -o FOLDER",
    "",
    "1. Begin with the settings: the atlas's id, the place, the day.",
    "2. Chains, branches and products tell the chain; a row of inputs is one input of one product.",
    "3. Enterprises, what they make, projects and their capacity are local; candidates are elsewhere.",
    "4. Row 1 has headings, row 2 the names of the fields: leave both; fill in from row 3 (settings: 2).",
    "5. Headings have notes; where there is a drop-down one may choose or write.",
    "6. An id may stay empty: it is made from the name; other sheets take ids or names.",
    "7. Dates are 2023-02-15, 2023-02 or 2023; several values are divided by semicolons.",
    "8. Give the source of every figure by its key in the sheet of sources.",
    "9. The last sheet holds what has no column of its own.",
)


def _write_guide(book: Workbook, lang: str) -> None:
    from openpyxl.styles import Alignment, Font

    page = book.worksheets[0]
    page.title = GUIDE[1] if lang == "zh" else GUIDE[2]
    page.column_dimensions["A"].width = 110
    page.sheet_view.showGridLines = False
    for row, text in enumerate(_GUIDE_ZH if lang == "zh" else _GUIDE_EN, start=1):
        cell = put(page, row, 1, text)
        cell.font = Font(FONT, size=14 if row == 1 else 11, bold=row == 1)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
