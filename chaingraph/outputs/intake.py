"""An Excel form back into an atlas, or everything that is wrong with it, by sheet and cell.

The form becomes the same plain data that YAML files are read into, with the cell of every
value, and goes through the same checks.
"""

from __future__ import annotations

import dataclasses
import datetime
import io
import json
import math
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chaingraph._names import fold
from chaingraph._yaml import CONTROL, Document, Steps
from chaingraph.errors import (
    DataError,
    MissingExtraError,
    Place,
    Problem,
    UsageError,
    did_you_mean,
    make_problem,
)
from chaingraph.figures import check_date, read_number
from chaingraph.loader import assemble, check_all
from chaingraph.model import SECTIONS, Atlas, AtlasFile
from chaingraph.outputs.pinyin import make_key
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
from chaingraph.units import UNIT_WORDS

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

FIRST_ROW = 3
MAX_MEGABYTES = 64
LATEST_YEAR, LATEST_SERIAL = 2999, 73_050
"""A larger number is no year; up to the second, which is 2099-12-31, days as Excel counts them."""

MAX_UNPACKED = 512
"""A workbook may unpack to so many megabytes at most."""

_TRUE = frozenset(("是", "yes", "true", "y", "1", "√", "✓"))
_FALSE = frozenset(("否", "no", "false", "n", "0", "×"))


_ORDER = {
    title: at
    for at, (zh, en) in enumerate([SETTINGS[1:], *((sheet.zh, sheet.en) for sheet in SHEETS)])
    for title in (zh, en)
}


@dataclasses.dataclass(frozen=True)
class Cell(Place):
    """A cell of a workbook: the file's name holds the sheet, line and column count from 1."""

    head: tuple[str, str] | None = dataclasses.field(default=None, compare=False)
    """What should stand there, in English and Chinese, if nothing does."""

    def __lt__(self, other: object) -> bool:
        """Cells stand in the order of the sheets, not of their names."""
        return isinstance(other, Cell) and self._rank() < other._rank()

    def _rank(self) -> tuple[int, str, int, int]:
        title = self.file.rpartition(" ")[2]
        return _ORDER.get(title, len(_ORDER)), self.file, self.line, self.column

    def __str__(self) -> str:
        from openpyxl.utils import get_column_letter

        return f"{self.file}!{get_column_letter(self.column)}{self.line}"


class FormDocument(Document):
    """Plain data out of a form, with the cell of each value."""

    def __init__(self, form: Form) -> None:
        super().__init__(form.file)
        self.cells = form.cells
        self.empty = form.empty
        self.prefix: Steps = ()
        """What stands before the paths of this document in the form."""

    def place(self, path: Steps, *, of_key: bool = False) -> Place:  # noqa: ARG002
        """Return the cell of a value, or of the nearest entry that it belongs to."""
        full = self._in_form(path)
        for end in range(len(full), 0, -1):
            if full[:end] in self.cells:
                return self.cells[full[:end]]
        return Cell(self.file)

    def place_of_missing(self, path: Steps) -> Place:
        """Return the empty cell that a value should stand in."""
        full = self._in_form(path)
        for end in range(
            len(full), 0, -1
        ):  # the name is missing where neither of its cells is filled
            for cell in (self.empty.get(full[:end]), self.empty.get((*full[:end], "zh"))):
                if cell is not None:
                    return cell
        return self.place(path)

    def _in_form(self, path: Steps) -> Steps:
        """Branch files name their branch; in the form it is one of many."""
        if self.prefix and path[:1] == ("branch",):
            return (*self.prefix, *(() if path[1:] == ("id",) else path[1:]))
        return path


@dataclasses.dataclass
class Form:
    """What was read from a workbook: an atlas as plain data, and the cell of each value."""

    file: str
    results: Workbook | None = None
    """The same workbook with the values of its formulas, where it has any."""
    tree: dict[str, Any] = dataclasses.field(default_factory=dict)
    cells: dict[Steps, Cell] = dataclasses.field(default_factory=dict)
    """Path → the cell of what stands there."""
    empty: dict[Steps, Cell] = dataclasses.field(default_factory=dict)
    """Path → the cell where nothing stands."""
    columns: dict[str, dict[str, int]] = dataclasses.field(default_factory=dict)
    """Title of a sheet → path of a column → its number."""
    problems: list[Problem] = dataclasses.field(default_factory=list)
    names: dict[str, dict[str, str]] = dataclasses.field(default_factory=dict)
    """Section → name in lower case → id; an empty id where two share the name."""
    ids: dict[str, set[str]] = dataclasses.field(default_factory=dict)
    """Section → its ids."""

    def complain(self, cell: Cell, code: str, **values: Any) -> None:
        """Note a problem."""
        self.problems.append(make_problem(cell, code, **values))

    def value(self, page: Worksheet, row: int, column: int) -> Any:
        """Return what stands in a cell: of a formula its value, None where there is none."""
        cell = page.cell(row, column)
        if cell.data_type != "f" or self.results is None:
            return _without_controls(cell.value)
        value = self.results[page.title].cell(row, column).value
        if value is None:
            self.complain(self.cell(page.title, row, column), "cell-formula", found=str(cell.value))
        return _without_controls(value)

    def cell(self, title: str, row: int, column: int) -> Cell:
        """Return a cell of a sheet."""
        return Cell(f"{self.file} {title}", row, column)


def read_form(path: str | Path) -> Atlas:
    """
    Read an atlas out of a filled Excel form.

    Parameters
    ----------
    path
        The workbook.

    Returns
    -------
    atlas
        All of it.

    Raises
    ------
    DataError
        With every problem, by sheet and cell.
    UsageError
        If the file cannot be read as a workbook.
    MissingExtraError
        If openpyxl is not installed.
    """
    form = _read_workbook(Path(path))
    parts, found = check_all(_divide(form))
    told = {problem.place for problem in form.problems}
    problems = [
        *form.problems,
        *(_put_into_words(each) for each in found if each.place not in told),
    ]
    if problems:
        raise DataError(problems, "en" if form.tree.get("language") == "en" else "zh")
    return assemble(parts)


def _put_into_words(problem: Problem) -> Problem:
    """Name what is missing as the heading of its column does."""
    head = getattr(problem.place, "head", None)
    if problem.code != "missing-key" or head is None:
        return problem
    return make_problem(problem.place, "missing-cell", column=head)


# ------------------------------------------------------------------- the workbook


_LINE_ENDS = re.compile("[\x85\u2028\u2029]")


def _without_controls(value: Any) -> Any:
    """Leave out what nobody sees or typed, as comes along with pasted text, and YAML cannot hold."""
    if not isinstance(value, str):
        return value
    return CONTROL.sub("", _LINE_ENDS.sub("\n", value))


def _read_workbook(path: Path) -> Form:
    book, results = _open(path)
    form = Form(path.name, results)
    pages = {page.title: page for page in book.worksheets}
    known = {title: sheet for sheet in SHEETS for title in (sheet.zh, sheet.en)}
    special = {title: names[0] for names in (SETTINGS, REST, GUIDE) for title in names[1:]}
    named = {special[title]: page for title, page in pages.items() if title in special}
    if SETTINGS[0] not in named:
        raise UsageError(
            f"{path} is no form, it has no sheet {SETTINGS[1]} or {SETTINGS[2]}: "
            "make one with 'chaingraph export xlsx' or 'chaingraph init --excel'"
        )
    for title in pages.keys() - known.keys() - special.keys():
        hint = did_you_mean(title, [*known, *special])
        form.complain(form.cell(title, 1, 1), "unknown-sheet", sheet=title, hint=hint)
    rows = [
        (sheet, page.title, list(_read_rows(form, sheet, page)))
        for sheet in SHEETS
        for title, page in pages.items()
        if known.get(title) is sheet
    ]
    for sheet, title, entries in rows:
        _find_names(form, sheet, title, entries)
    if SETTINGS[0] in named:
        _read_settings(form, named[SETTINGS[0]])
    for sheet, title, entries in rows:
        for row, values, cells in entries:
            _place_entry(form, sheet, title, row, values, cells)
    if REST[0] in named:
        _read_rest(form, named[REST[0]])
    return form


def _open(path: Path) -> tuple[Workbook, Workbook | None]:
    """Open a workbook; where it has formulas, also as the values that they were worked out to."""
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise MissingExtraError("excel", "openpyxl") from error
    try:
        data = path.read_bytes()
        _check_size(path, data)
        book = load_workbook(io.BytesIO(data))
        has_formulas = any(
            cell.data_type == "f"
            for page in book.worksheets
            for row in page.iter_rows()
            for cell in row
        )
        return book, load_workbook(io.BytesIO(data), data_only=True) if has_formulas else None
    except UsageError:
        raise
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    except Exception as error:  # what is broken inside makes openpyxl fail in any way
        raise UsageError(
            f"{path} is no workbook that can be read: save it as .xlsx in Excel or WPS"
        ) from error


def _check_size(path: Path, data: bytes) -> None:
    """Refuse what would take all memory to unpack."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    if len(data) > MAX_MEGABYTES * 1_000_000 or unpacked > MAX_UNPACKED * 1_000_000:
        raise UsageError(f"{path} is larger than a form can be ({MAX_MEGABYTES} MB)")


Values = dict[str, Any]
Entry = tuple[int, Values, dict[str, Cell]]
"""The row, path of a column → what stands there, and its cell."""


def _read_rows(form: Form, sheet: Sheet, page: Worksheet) -> Iterable[Entry]:
    """Yield what the rows of a sheet hold, column by column."""
    columns = _find_columns(form, sheet, page)
    form.columns[page.title] = {_key_of(sheet, each): at for at, each in columns.items()}
    for row in range(FIRST_ROW, page.max_row + 1):
        values: Values = {}
        places: dict[str, Cell] = {}
        for at, column in columns.items():
            raw = form.value(page, row, at)
            place = form.cell(page.title, row, at)
            if raw is None or (isinstance(raw, str) and not raw.strip()):
                continue
            if (value := _read_value(form, raw, column, place)) is not None:
                key = _key_of(sheet, column)
                values[key], places[key] = value, place
        if values:
            yield row, values, places


def _key_of(sheet: Sheet, column: Column) -> str:
    """Key columns are told from others of that name."""
    return f"#{column.path}" if column in sheet.keys else column.path


def _find_columns(form: Form, sheet: Sheet, page: Worksheet) -> dict[int, Column]:
    """Number → column, by the paths of row 2, failing that by the headings of row 1."""
    all_columns = [*sheet.keys, *sheet.columns]
    paths = {column.path: column for column in reversed(all_columns)}
    heads = {head: column for column in all_columns for head in (column.zh, column.en)}
    found: dict[int, Column] = {}
    for at in range(1, page.max_column + 1):
        path, head = (str(page.cell(row, at).value or "").strip() for row in (2, 1))
        if not path and not head:
            continue
        is_key = at <= len(sheet.keys) and path == sheet.keys[at - 1].path
        column = sheet.keys[at - 1] if is_key else paths.get(path) or heads.get(head)
        if column is None:
            hint = did_you_mean(path or head, [*paths, *heads])
            form.complain(
                form.cell(page.title, 1, at), "unknown-column", column=head or path, hint=hint
            )
        elif column in found.values():
            form.complain(form.cell(page.title, 1, at), "duplicate-column", column=head or path)
        else:
            found[at] = column
    for key in sheet.keys:
        if key not in found.values() and key.form != "id" and key.path != "route":
            cell = form.cell(page.title, 1, 1)
            form.complain(cell, "missing-column", column=(key.en, key.zh))
    return found


# ------------------------------------------------------------------------ values


def _read_value(form: Form, raw: Any, column: Column, cell: Cell) -> Any:
    """Read what stands in a cell into what YAML would hold; None after a complaint."""
    if isinstance(raw, str) and raw.startswith("#") and raw.rstrip("!?").isupper():
        form.complain(cell, "cell-error", found=raw)
        return None
    match column.form:
        case "number":
            return _read_number(form, raw, cell)
        case "date":
            return _read_date_cell(raw)
        case "yes":
            return _read_yes(form, raw, cell)
        case "list":
            items = split_list(_as_text(raw), marks=column.marks)
            if not column.choices:
                return items
            chosen = [_read_choice(form, item, column, cell) for item in items]
            return [code for code in chosen if code is not None]
        case "choice":
            return _read_choice(form, _as_text(raw), column, cell)
        case "unit":
            return _read_unit(_as_text(raw))
        case "pairs":
            return _read_pairs(form, _as_text(raw), cell)
    is_prose = column.path.rpartition(".")[2] in ("note", "title")
    return raw if is_prose and isinstance(raw, str) else _as_text(raw)


def _as_text(raw: Any) -> str:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    if isinstance(raw, datetime.datetime | datetime.date):
        return str(_read_date(raw))
    return str(raw).strip()


def _read_number(form: Form, raw: Any, cell: Cell) -> float | int:
    """Read a number; 0 after a complaint, so that nobody misses it."""
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return raw
    text = "".join(str(raw).split())
    try:
        number = read_number(text)
    except ValueError:
        number = float("nan")
    if not math.isfinite(number):
        form.complain(cell, "cell-number", found=str(raw))
        return 0
    return int(number) if number.is_integer() and "." not in text else number


def _read_date_cell(raw: Any) -> Any:
    """Return the date that a cell tells; what tells none stays as it was typed, to be complained of."""
    if isinstance(raw, float) and raw < LATEST_YEAR and not raw.is_integer():
        return str(raw)  # where 2025.10 was typed, Excel keeps 2025.1
    date = _read_date(raw)
    return raw.strip() if isinstance(raw, str) and not _is_date(date) else date


def _is_date(text: str) -> bool:
    try:
        check_date(text)
    except ValueError:
        return False
    return True


def _read_date(raw: Any) -> Any:
    """Dates that Excel made of what was typed become text again."""
    if isinstance(raw, datetime.datetime):
        return raw.date().isoformat()
    if isinstance(raw, datetime.date):
        return raw.isoformat()
    if isinstance(raw, int | float) and raw > LATEST_SERIAL:
        raw = _divide_digits(str(int(raw)))
    if isinstance(raw, int | float) and raw > LATEST_YEAR:  # a date shown as a number
        from openpyxl.utils.datetime import from_excel

        return _read_date(from_excel(raw))
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    text = unicodedata.normalize("NFKC", str(raw)).strip()
    parts = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?", text)
    if parts:
        return "-".join(f"{int(part):02d}" for part in parts.groups() if part)
    return text.removesuffix("年")


def _divide_digits(digits: str) -> str:
    """202302 and 20230215 as dates are written."""
    parts = re.fullmatch(r"(\d{4})(\d\d)(\d\d)?", digits)
    return "-".join(filter(None, parts.groups())) if parts else digits


def _read_yes(form: Form, raw: Any, cell: Cell) -> bool | None:
    if isinstance(raw, bool):
        return raw
    word = _as_text(raw).casefold()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    form.complain(cell, "cell-yes", found=str(raw))
    return None


def _read_choice(form: Form, word: str, column: Column, cell: Cell) -> str | None:
    """The code of what a choice is called."""
    known = {fold(name): code for code in column.choices for name in (code, *CHOICES.get(code, ()))}
    if code := known.get(fold(word)):
        return code
    english, chinese = (
        ", ".join(CHOICES.get(code, (code, code))[which] for code in column.choices)
        for which in (1, 0)
    )
    hint = did_you_mean(word, list(known))
    form.complain(cell, "wrong-choice", found=word, choices=(english, chinese), hint=hint)
    return None


def _read_unit(text: str) -> str:
    """The unit that is meant by what planners call it, also on both sides of a slash."""
    sides = unicodedata.normalize("NFKC", text).replace(" ", "").split("/")
    return "/".join(UNIT_WORDS.get(side, side) for side in sides)


def _read_pairs(form: Form, text: str, cell: Cell) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for item in split_list(text):
        key, equals, value = item.partition("=")
        if not equals:
            form.complain(cell, "cell-pairs", found=item)
            return None
        found[key.strip()] = value.strip()
    return found


def split_list(text: str, *, marks: str = DIVIDERS) -> list[str]:
    """
    Divide a cell into items by marks, or as JSON where it is a list of that.

    Examples
    --------
    >>> split_list("PTFE; 聚四氟乙烯；F4")
    ['PTFE', '聚四氟乙烯', 'F4']
    >>> split_list("浙江、上海", marks="、")
    ['浙江', '上海']
    """
    found = _read_json(text) if text.startswith("[") else None
    if isinstance(found, list) and all(isinstance(item, str) for item in found):
        return found
    return [part.strip() for part in re.split(f"[{marks}]", text) if part.strip()]


# ------------------------------------------------------------------ ids and names


def _find_names(form: Form, sheet: Sheet, title: str, entries: list[Entry]) -> None:
    """Note the names of a section's entries; give an id to those that have none."""
    if len(sheet.keys) != 1 or sheet.keys[0].form != "id":
        return
    key = f"#{sheet.keys[0].path}"
    taken = {values[key]: row for row, values, _ in reversed(entries) if key in values}
    names = form.names.setdefault(sheet.name, {})
    called: dict[str, int] = {}
    for row, values, cells in entries:
        given = values.get("name.zh") or values.get("name.en")
        if key not in values:
            if given is None:
                form.complain(form.cell(title, row, 1), "missing-id")
                continue
            cells[key] = form.cell(title, row, 1)
            if fold(given) in called:
                where = str(form.cell(title, called[fold(given)], 1))
                form.complain(cells[key], "same-name", name=given, where=where)
            values[key] = _make_id(given, taken)
            taken[values[key]] = row
        elif taken[values[key]] != row:
            where = str(form.cell(title, taken[values[key]], 1))
            form.complain(cells[key], "duplicate-id", id=values[key], where=where)
        form.ids.setdefault(sheet.name, set()).add(values[key])
        if given is not None:
            called.setdefault(fold(given), row)
        for name in (values.get("name.zh"), values.get("name.en"), *values.get("aliases", [])):
            if isinstance(name, str):
                folded = fold(name)
                names[folded] = values[key] if names.get(folded, values[key]) == values[key] else ""


def _make_id(name: str, taken: Mapping[str, int]) -> str:
    """Make an id of a name, by its pinyin."""
    plain = make_key(name)
    id, number = plain, 2
    while id in taken:
        id, number = f"{plain}_{number}", number + 1
    return id


def _refer(form: Form, value: str, refs: Sequence[str], cell: Cell) -> str | None:
    """The id that is meant by an id or a name; None after a complaint that nothing is."""
    for section in refs:
        if value in form.ids.get(section, ()):
            return value
    for section in refs:
        if id := form.names.get(section, {}).get(fold(value)):
            return id
    titles = {sheet.name: sheet for sheet in SHEETS}
    where = tuple(
        mark.join(titles[section].title(lang) for section in refs)
        for lang, mark in (("en", " or "), ("zh", "、"))
    )
    ids, names = (
        {key for section in refs for key in known.get(section, ())}
        for known in (form.ids, form.names)
    )
    if fold(value) in names:
        form.complain(cell, "name-twice", name=value, section=where)
        return None
    hint = did_you_mean(value, ids)
    hint = hint if hint[0] else did_you_mean(value, names)
    form.complain(cell, "unknown-reference", id=value, section=where, hint=hint)
    return None


# ------------------------------------------------------------------ into the tree


def _place_entry(
    form: Form, sheet: Sheet, title: str, row: int, values: Values, cells: dict[str, Cell]
) -> None:
    """Put a row where it belongs in the tree; with a wrong key where that would be, to be checked."""
    start = form.cell(title, row, 1)
    keys, wrong = _read_keys(form, sheet, title, row, values)
    path = None if keys is None else _find_path(form, sheet, keys, start)
    if path is None:
        return
    if path in form.cells and len(sheet.keys) > 1:
        where, id = str(form.cells[path]), ".".join(map(str, keys or ()))
        form.complain(start, "duplicate-id", id=id, where=where)
        return
    entry: Any = _entry_at(form, path)
    for key, cell in wrong.items():
        form.cells.setdefault(path[: path.index(key) + 1], cell)
    form.cells.setdefault(path, start)
    for column in sheet.columns:
        steps = tuple(column.path.split("."))
        if column.path not in values:
            at = form.columns[title].get(column.path, 1)
            cell = form.cell(title, row, at)
            form.empty[*path, *steps] = dataclasses.replace(cell, head=(column.en, column.zh))
        else:
            cell = cells[column.path]
            _put(entry, steps, _refer_all(form, values[column.path], column, cell))
            _note_cells(form, path, steps, cell)
    if not entry and sheet.empty == "none":
        _put(form.tree, path, None)


def _read_keys(
    form: Form, sheet: Sheet, title: str, row: int, values: Values
) -> tuple[list[Any] | None, dict[str, Cell]]:
    """The values of the key columns, None if one is missing; and those that refer to nothing."""
    keys: list[Any] = []
    wrong: dict[str, Cell] = {}
    missing = False
    for at, column in enumerate(sheet.keys, start=1):
        value, cell = values.get(f"#{column.path}"), form.cell(title, row, at)
        if value is None and column.path == "route":
            keys.append(None)
        elif value is None:
            told = any(problem.place == cell for problem in form.problems)
            if not told and (len(sheet.keys) > 1 or column.form != "id"):
                form.complain(cell, "missing-cell", column=(column.en, column.zh))
            missing = True
        elif column.refs and (id := _refer(form, value, column.refs, cell)) is None:
            wrong[value] = cell
            keys.append(value)
        else:
            keys.append(id if column.refs else value)
    return None if missing else keys, wrong


def _refer_all(form: Form, value: Any, column: Column, cell: Cell) -> Any:
    """The ids that are meant by the names in a column that refers to other sheets."""
    if not column.refs:
        return value
    if not isinstance(value, list):
        return _refer(form, value, column.refs, cell) or value
    return [_refer(form, item, column.refs, cell) or item for item in value]


def _note_cells(form: Form, path: Steps, steps: Steps, cell: Cell) -> None:
    for end in range(1, len(steps)):
        form.cells.setdefault((*path, *steps[:end]), cell)
    form.cells[*path, *steps] = cell


def _find_path(form: Form, sheet: Sheet, keys: Sequence[Any], cell: Cell) -> Steps | None:
    """Where the entry with these keys stands in the tree; None after a complaint."""
    if sheet.name == "flows":
        product, route, side, other = keys
        ways: Steps = () if not route else ("routes", _route_index(form, product, route))
        return ("products", product, *ways, side, other)
    if sheet.name == "routes":
        at = _route_index(form, keys[0], keys[1])
        return ("products", keys[0], "routes", at)
    if sheet.name == "figures":
        owner = str(keys[0]).split("/")
        known = owner == ["place"] or (
            len(owner) == 2 and owner[0] in ("parks", "projects", "products")
        )
        if not known:
            form.complain(cell, "figure-owner", found=keys[0])
            return None
        return (*owner, "figures", keys[1])
    path: list[str | int] = []
    for step in sheet.at:
        if step == -1:
            node = _entry_at(form, tuple(path), of=list)
            path.append(len(node))
        else:
            path.append(keys[step] if isinstance(step, int) else step)
    return tuple(path)


def _route_index(form: Form, product: str, route: str) -> int:
    """The number of a route in its product's list; it is added if it is new."""
    routes = _entry_at(form, ("products", product, "routes"), of=list)
    for at, each in enumerate(routes):
        if each.get("id", "main") == route:
            return at
    routes.append({"id": route})
    return len(routes) - 1


def _entry_at(form: Form, path: Steps, of: type = dict) -> Any:
    """Return what stands at a path of the tree; made if it is not there."""
    node: Any = form.tree
    for at, step in enumerate(path):
        following = path[at + 1] if at + 1 < len(path) else None
        make = list if isinstance(following, int) else of if following is None else dict
        if isinstance(node, list):
            while len(node) <= int(step):
                node.append({})
            node = node[int(step)]
        else:
            if node.get(step) is None:
                node[step] = make()
            node = node[step]
    return node


def _put(entry: Any, steps: Steps, value: Any) -> None:
    for step in steps[:-1]:
        entry = entry.setdefault(step, {})
    entry[steps[-1]] = value


def _read_settings(form: Form, page: Worksheet) -> None:
    """Read the settings, one a row: label, path, value."""
    known = {column.path: column for column in SETTING_ROWS}
    heads = {head: column for column in SETTING_ROWS for head in (column.zh, column.en)}
    for row in range(2, page.max_row + 1):
        head, path, raw = (form.value(page, row, at) for at in (1, 2, 3))
        if head is None and path is None:
            continue
        cell = form.cell(page.title, row, 3)
        column = known.get(str(path or "").strip()) or heads.get(str(head or "").strip())
        if column is None:
            form.complain(form.cell(page.title, row, 2), "unknown-key", key=str(path or head), hint=did_you_mean(str(path or head), known))  # fmt: skip
            continue
        steps = tuple(column.path.split("."))
        blank = raw is None or (isinstance(raw, str) and not raw.strip())
        value = None if blank else _read_value(form, raw, column, cell)
        if value is None:
            form.empty |= {
                steps[:end]: dataclasses.replace(cell, head=(column.en, column.zh))
                for end in range(len(steps), 0, -1)
                if steps[:end] not in form.empty
            }
            continue
        _put(form.tree, steps, value)
        for end in range(1, len(steps) + 1):
            form.cells.setdefault(steps[:end], cell)
        form.cells[steps] = cell


def _read_rest(form: Form, page: Worksheet) -> None:
    """Put what stands by path where it belongs."""
    for row in range(FIRST_ROW, page.max_row + 1):
        where, what = form.value(page, row, 1), form.value(page, row, 2)
        if where is None and what is None:
            continue
        cell = form.cell(page.title, row, 2)
        path, value = _read_json(where), _read_json(what)
        if not isinstance(path, list) or not path or value is None:
            form.complain(cell, "cell-json", found=str(what)[:60])
            continue
        steps = _with_indices(form, path)
        parent = _entry_at(form, steps[:-1])
        if isinstance(parent, dict):
            parent[str(steps[-1])] = value
            form.cells[steps] = cell


def _read_json(raw: Any) -> Any:
    """Read a cell as JSON; None if it is none."""
    try:
        return json.loads(str(raw))
    except ValueError:
        return None


def _with_indices(form: Form, path: list[Any]) -> Steps:
    """Routes are named by their ids in the form, and numbered in the tree."""
    if len(path) > 3 and path[0] == "products" and path[2] == "routes":
        path[3] = _route_index(form, path[1], path[3])
    return tuple(path)


# ------------------------------------------------------------------ into documents


def _divide(form: Form) -> list[Document]:
    """Make of a form the documents that YAML files would give."""
    tree = form.tree
    head = FormDocument(form)
    keys = [name for name in AtlasFile.model_fields if name not in SECTIONS]
    head.data = {name: tree[name] for name in keys if name in tree}
    documents: list[Document] = [head]
    branches = tree.get("branches", {})
    by_branch: dict[str, dict[str, Any]] = {id: {} for id in branches}
    for id, product in tree.get("products", {}).items():
        branch = product.pop("branch", None) if isinstance(product, dict) else None
        if branch not in by_branch:  # complained of already, unless it is empty
            cell = form.empty.get(("products", id, "branch"))
            if cell is not None:
                form.complain(cell, "missing-cell", column=cell.head)
            branch = next(iter(by_branch), None)
        if branch is not None:
            by_branch[branch][id] = product
    for id, products in by_branch.items():
        document = FormDocument(form)
        document.prefix = ("branches", id)
        document.data = {"branch": {"id": id, **branches[id]}, "products": products}
        documents.append(document)
    facts = FormDocument(form)
    facts.data = {name: tree[name] for name in SECTIONS if name in tree}
    if facts.data:
        documents.append(facts)
    return documents
