"""What facts are written in: dates, units, texts in two languages, figures with their sources.

`chaingraph.model` builds the entities of an atlas from these.
"""

from __future__ import annotations

import calendar
import dataclasses
import datetime
import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    model_validator,
)

from chaingraph.errors import UsageError
from chaingraph.units import UNITS, split_ratio

Confidence = Literal["H", "M", "L"]


class Ref:
    """Marks a text as the id of another entity, so that the loader can check it."""

    def __init__(self, *sections: str) -> None:
        self.sections = sections


@dataclasses.dataclass(frozen=True)
class ImpliedUnit:
    """Marks a figure with the unit that is meant where it names none."""

    unit: str
    """A unit, or whose: of the `product` next around the figure, of the one `made` that its entry
    is about, of the one `consumed` that is named beside it; or the `key` itself that it stands
    under; or one of them per another, such as ``product/made``."""
    unless: str | None = None
    """The field beside it that may name another."""


Id = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9_]+$",
        json_schema_extra={
            "patternErrorMessage": "An id has small letters a–z, digits and _ only."
        },
    ),
]
NewSourceKey = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_]+$",
        json_schema_extra={"patternErrorMessage": "A source's key has letters, digits and _ only."},
    ),
]
SourceKey = Annotated[str, Ref("sources")]
ProductId = Annotated[str, Ref("products")]
ParkId = Annotated[str, Ref("parks")]
ChainId = Annotated[str, Ref("chains")]
BranchId = Annotated[str, Ref("branches")]


def last_day(date: str) -> datetime.date:
    """
    Return the last day that a date can mean.

    A fact dated 2023-09 surely holds only when the month is over, so that is
    when it counts.

    Examples
    --------
    >>> last_day("2023-09")
    datetime.date(2023, 9, 30)
    """
    year, month, day = ([int(part) for part in date.split("-")] + [0, 0])[:3]
    month = month or 12
    return datetime.date(year, month, day or calendar.monthrange(year, month)[1])


def first_day(date: str) -> datetime.date:
    """
    Return the first day that a date can mean.

    Examples
    --------
    >>> first_day("2023-09")
    datetime.date(2023, 9, 1)
    """
    year, month, day = ([int(part) for part in date.split("-")] + [1, 1])[:3]
    return datetime.date(year, month, day)


def _year_as_text(value: Any) -> Any:
    if isinstance(value, float):  # such as 2024.10, which is meant for a month
        raise ValueError("date")  # noqa: TRY004  # a TypeError would be no fault to pydantic
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def check_date(date: str) -> str:
    """Return a date if it is one that a file may hold; raise ValueError else."""
    if not re.fullmatch("(19|20)[0-9]{2}(-(?!00)[0-9]{2}){0,2}", date):
        raise ValueError("date")
    try:
        last_day(date)
    except ValueError:
        raise ValueError("date") from None
    return date


def read_date(text: str) -> datetime.date:
    """
    Return the day that is asked for, the last one of a month or year.

    Raises
    ------
    UsageError
        If it is not a date.

    Examples
    --------
    >>> read_date("2023-02")
    datetime.date(2023, 2, 28)
    """
    try:
        return last_day(check_date(text))
    except (TypeError, ValueError):
        raise UsageError(f"{text!r} is not a date: {say_how_to_write_date(text)}") from None


_NEARLY_DATE = re.compile(r"(\d{4})\D(\d{1,2})(?:\D(\d{1,2}))?\D?")
"""Such as 2023/2/5 and 2023年2月5日."""


def guess_date(text: str) -> str | None:
    """
    Return what a date that is written otherwise is meant for; None if that cannot be told.

    Examples
    --------
    >>> guess_date("2023年2月5日"), guess_date("2024.10"), guess_date("15/02/2023")
    ('2023-02-05', '2024-10', None)
    """
    parts = _NEARLY_DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    date = "-".join(part.zfill(2) for part in parts.groups() if part) if parts else ""
    try:
        return check_date(date)
    except ValueError:
        return None


def say_how_to_write_date(text: object) -> str:
    """
    Say how to write a date that is written otherwise, or cannot be told.

    Examples
    --------
    >>> say_how_to_write_date("2023/2/5")
    'write 2023-02-05'
    >>> say_how_to_write_date("2100")
    'write 2023-02-15, 2023-02 or 2023, of the years 1900 to 2099'
    """
    guess = guess_date(str(text))
    return f"write {guess or '2023-02-15, 2023-02 or 2023, of the years 1900 to 2099'}"


_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
"""A number with commas between its thousands."""


def read_number(text: str) -> float:
    """
    Return the number that is written, in letters of any width; a comma parts thousands only.

    Raises
    ------
    ValueError
        If it is none.

    Examples
    --------
    >>> read_number("1,500.5")
    1500.5
    >>> read_number("0,5")
    Traceback (most recent call last):
        ...
    ValueError: could not convert string to float: '0,5'
    """
    text = unicodedata.normalize("NFKC", text).strip()
    return float(text.replace(",", "") if _GROUPED.fullmatch(text) else text)


_DateText = Annotated[
    str,
    Field(
        pattern="^(19|20)[0-9]{2}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$",
        json_schema_extra={"patternErrorMessage": "Write 2023-02-15, 2023-02 or 2023."},
    ),
]
_Year = Annotated[int, Field(ge=1900, le=2099)]

Date = Annotated[
    str,
    BeforeValidator(_year_as_text, json_schema_input_type=_DateText | _Year),
    AfterValidator(check_date),
]
"""A day, month or year: 2023-02-15, 2023-02 or 2023."""


def _check_day(date: str) -> str:
    if len(date) != 10:
        raise ValueError("day")
    return date


Year = Annotated[
    str,
    Field(
        pattern="^(19|20)[0-9]{2}$",
        json_schema_extra={"patternErrorMessage": "Write a year such as 2023."},
    ),
]
"""A year as a key."""


Day = Annotated[Date, AfterValidator(_check_day)]
"""A single day: 2023-02-15."""


def _check_unit(unit: str) -> str:
    if unit not in UNITS:
        raise ValueError("unit")
    return unit


def _check_any_unit(unit: str) -> str:
    return _check_unit(unit.rpartition("/")[2]) and _check_unit(unit.partition("/")[0]) and unit


def _check_ratio(unit: str) -> str:
    try:
        split_ratio(unit)
    except ValueError:
        raise ValueError("ratio") from None
    return unit


_UNIT = f"({'|'.join(UNITS)})"

Unit = Annotated[str, AfterValidator(_check_unit), Field(json_schema_extra={"enum": [*UNITS]})]
"""A unit such as t."""
AnyUnit = Annotated[
    str,
    AfterValidator(_check_any_unit),
    Field(
        json_schema_extra={
            "pattern": f"^{_UNIT}(/{_UNIT})?$",
            "patternErrorMessage": f"Units are {', '.join(UNITS)}, or one per another such as kWh/t.",
        }
    ),
]
"""Either of the two."""
RatioUnit = Annotated[
    str,
    AfterValidator(_check_ratio),
    Field(
        json_schema_extra={
            "pattern": f"^{_UNIT}/{_UNIT}$",
            "patternErrorMessage": "Units of the input per unit of the product, such as kWh/t.",
        }
    ),
]
"""A unit of unit consumption such as kWh/t."""
Line = Annotated[str, Field(pattern=r"\S")]
"""A text that is not blank."""
Number = Annotated[float, Field(strict=True)]
"""A number, and neither a truth value nor a text."""


class Entity(BaseModel):
    """The settings that all models share: closed, frozen, documented field by field."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        allow_inf_nan=False,
        coerce_numbers_to_str=False,
    )

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy, as pydantic does, without what was worked out from the fields before."""
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied


class Text(Entity):
    """A text in one or both languages."""

    zh: Line | None = None
    """In Chinese."""
    en: Line | None = None
    """In English."""

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.zh is None and self.en is None:
            raise ValueError("empty_name")
        return self

    def text(self, lang: str) -> str:
        """Return the text in `lang`, or in the other language where that is all there is."""
        first, second = (self.zh, self.en) if lang == "zh" else (self.en, self.zh)
        return first or second or ""


def _plain_text(value: Any, info: ValidationInfo) -> Any:
    """A plain string means the atlas's language, which the loader puts into the context."""
    if isinstance(value, str):
        return {(info.context or {}).get("language", "zh"): value}
    return value


Name = Annotated[Text, BeforeValidator(_plain_text, json_schema_input_type=Text | str)]
"""`{zh: …, en: …}`, or a plain string in the atlas's language."""


class Claim(Entity):
    """What another source says of the same figure."""

    value: Number
    """The other value, in the same unit."""
    date: Date | None = None
    """When that was said, or the date it speaks of."""
    sources: list[SourceKey] = []
    """Who says so."""
    note: str | None = None
    """Why they may differ."""


class Figure(Entity):
    """A number with where it comes from and how far it can be trusted."""

    value: Annotated[Number, Field(json_schema_extra={"minimum": 0})] | None = None
    """The number used in calculations; left out where only a range or a note is known."""
    range: list[Number] | None = Field(None, min_length=2, max_length=2)
    """Lowest and highest credible value."""
    unit: AnyUnit | None = None
    """The unit, where it is not the one that the field implies."""
    date: Date | None = None
    """The date the number speaks of."""
    sources: list[SourceKey] = []
    """Where it comes from."""
    confidence: Confidence | None = None
    """H official or exact, M one credible source, L order of magnitude, old or inferred."""
    note: str | None = None
    """What a reader must know about it."""
    conflicts: list[Claim] = []
    """What other sources say instead."""

    @model_validator(mode="after")
    def _range_in_order(self) -> Self:
        if self.range is None:
            if self.value is None and self.note is None:
                raise ValueError("no_value")
        elif self.range[0] > self.range[1]:
            raise ValueError("range_order")
        elif self.value is not None and not self.range[0] <= self.value <= self.range[1]:
            raise ValueError("range_value")
        return self

    @property
    def best(self) -> float | None:
        """The value, or the middle of the range; None where only a note says something."""
        if self.value is not None or self.range is None:
            return self.value
        return sum(self.range) / 2


def _bare_number(value: Any) -> Any:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return {"value": value} if is_number else value


def _not_negative(figure: Figure) -> Figure:
    if (figure.best or 0) < 0 or (figure.range and figure.range[0] < 0):
        raise ValueError("negative")
    return figure


Amount = Annotated[
    Figure,
    BeforeValidator(_bare_number, json_schema_input_type=Figure | Annotated[float, Field(ge=0)]),
    AfterValidator(_not_negative),
]
"""A bare number or a figure, not below zero."""
Quantity = Annotated[Amount, ImpliedUnit("product")]
"""An amount of a product, in the product's unit unless it says otherwise."""
Money = Annotated[Amount, ImpliedUnit("100m_CNY")]
"""An amount of money, in 亿元 (100 million yuan) unless it says otherwise."""
People = Annotated[Amount, ImpliedUnit("count")]
"""A number of people."""


def at_most_one(figure: Figure) -> Figure:
    """Return a figure if it is not above one; raise ValueError else."""
    if (figure.best or 0) > 1:
        raise ValueError("above_one")
    return figure


class Named(Entity):
    """What every entity has."""

    name: Name
    """What it is called."""
    aliases: list[Line] = []
    """Other names it goes by; no two products share one."""
    note: str | None = None
    """What a reader should know."""
    sources: list[SourceKey] = []
    """Where the facts about it come from."""
    confidence: Confidence | None = None
    """How far they can be trusted."""

    @property
    def all_names(self) -> list[str]:
        """All that it is called: its names in Chinese and in English, then its aliases."""
        return [name for name in (self.name.zh, self.name.en, *self.aliases) if name]
