"""Which activities take root where next, how likely, and why.

The model is `chaingraph.evidence.hazard`; a forecast is what it says of one activity that a
place lacks, told as the factors that make it more or less likely than usual.
"""

from __future__ import annotations

import dataclasses
import datetime
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chaingraph.errors import UsageError, did_you_mean
from chaingraph.evidence.arrivals import YEAR, Entries, Link, parse_day, write_day
from chaingraph.evidence.drivers import LOCAL, cosine
from chaingraph.evidence.hazard import Model, Window, learn, look, relative_rates
from chaingraph.evidence.panel import Matrix

PHRASES = {
    "pace": (
        ("本地近年新增多", "本地近年新增少"),
        ("much arrived here lately", "little arrived here lately"),
    ),
    "momentum": (("该行业近年扩张快", "该行业近年扩张慢"), ("it grows fast", "it grows slowly")),
    "trend": (("所在领域走强", "所在领域走弱"), ("its field is rising", "its field is falling")),
    "spread": (
        ("该行业布局分散", "该行业集聚少数地区"),
        ("it spreads over places", "it clusters in few places"),
    ),
    "kin": (
        ("同领域行业基础厚", "同领域行业基础薄"),
        ("its field is strong here", "its field is weak here"),
    ),
    "peers": (
        ("相似地区正在引入", "相似地区少有引入"),
        ("similar places get it", "similar places do not get it"),
    ),
    "relatedness": (
        ("常共处的行业多在本地", "常共处的行业少在本地"),
        ("what it is found with is here", "what it is found with is not here"),
    ),
    "group": (
        ("同组行业基础厚", "同组行业基础薄"),
        ("its group is strong here", "its group is weak here"),
    ),
    "links": (
        ("上下游多在本地", "上下游少在本地"),
        ("its suppliers and users are here", "its suppliers and users are not here"),
    ),
}
"""Of each driver what it says where it speeds up and where it slows down, in Chinese and English."""

FARTHEST = 50
"""The longest horizon [years]."""

TOLD = 1.1
"""A factor is told from here on, or from its inverse down."""


@dataclasses.dataclass(frozen=True)
class Outlook:
    """Forecasts, and the model that they come from."""

    forecasts: list[Forecast]
    """By place, likeliest first; equal ones by name."""
    model: Model
    """With what makes it doubtful."""


@dataclasses.dataclass(frozen=True)
class Forecast:
    """That an activity arrives at a place which lacks it."""

    place: str
    """The place."""
    activity: str
    """The activity."""
    probability: float
    """That it arrives within the horizon, 0 to 1."""
    low: float
    """The probability if the pace is as slow as in the slowest tenth of times."""
    high: float
    """The probability if the pace is as fast as in the fastest tenth of times."""
    rank: int
    """Among what the place lacks; 1 is likeliest, also where all probabilities are 0."""
    local: float
    """Times as fast as usual by the place's own surroundings alone: the product of its factors
    of kin, peers, relatedness, group and links, without the fashion of the country."""
    parts: dict[str, float]
    """Factors whose product is the expected number of arrivals: ``base`` and each driver."""
    nearest: tuple[str, ...]
    """Activities already there that are nearest to it."""
    why: dict[str, str]
    """One sentence, by language."""


COLUMNS = (
    "place", "activity", "probability", "low", "high", "rank", "local", "why", "nearest", "parts",
)  # fmt: skip
"""The columns of `to_records`."""


def to_records(forecasts: Sequence[Forecast], *, lang: str = "zh") -> list[dict[str, Any]]:
    """Return one row for each forecast, with its sentence in a language."""
    return [
        {
            "place": one.place,
            "activity": one.activity,
            "probability": round(one.probability, 6),
            "low": round(one.low, 6),
            "high": round(one.high, 6),
            "rank": one.rank,
            "local": round(one.local, 4),
            "why": one.why[lang],
            "nearest": list(one.nearest),
            "parts": {name: round(part, 4) for name, part in one.parts.items()},
        }
        for one in forecasts
    ]


def forecast(entries: Entries, **asked: Any) -> list[Forecast]:
    """Return the forecasts of `look_ahead`, which takes the same arguments and says what they mean."""
    return look_ahead(entries, **asked).forecasts


def look_ahead(
    entries: Entries,
    *,
    as_of: str | None = None,
    horizon_years: float = 3.0,
    places: Sequence[str] | None = None,
    top: int | None = None,
    links: Sequence[Link] | None = None,
    groups: Sequence[Link] | None = None,
) -> Outlook:
    """
    Forecast which activities arrive at places that lack them.

    Parameters
    ----------
    entries
        Dated arrivals.
    as_of
        The first day of the forecast; what arrived from then on is not looked at. The day
        after the last arrival if none.
    horizon_years
        How far it looks [years].
    places
        Those asked for; all if none.
    top
        How many for each place, likeliest first; all if none.
    links, groups
        As for `learn`.

    Returns
    -------
    outlook
        The forecasts, and the model with its warnings.

    Raises
    ------
    UsageError
        If a place is unknown, the horizon or the top is out of range, or nothing arrived before.
    """
    if top is not None and top < 1:
        raise UsageError(f"the top {top} of each place: at least 1")
    day, _ = find_period(entries, as_of, horizon_years)
    model = learn(entries, day, years=horizon_years, links=links or (), groups=groups or ())
    for place in places or ():
        if place not in model.entries.places:
            hint = did_you_mean(place, model.entries.places)[0]
            raise UsageError(f"nothing arrived at {place!r} before {write_day(day)}{hint}")
    asked = model.entries.places if places is None else tuple(dict.fromkeys(places))
    now = _know(model, horizon_years)
    found = [one for place in asked for one in _forecast_place(model, now, place, top)]
    return Outlook(found, model)


def find_period(entries: Entries, as_of: str | None, years: float) -> tuple[int, int]:
    """
    Return the first and the last day that a forecast speaks of.

    Parameters
    ----------
    entries
        Dated arrivals.
    as_of
        The first day; the one after the last arrival if none.
    years
        How far it looks [years].

    Raises
    ------
    UsageError
        If there are no arrivals, the horizon is out of range, or no calendar goes that far.
    """
    if not 0 < years <= FARTHEST:
        raise UsageError(f"a horizon of {years} years: above 0 and at most {FARTHEST}")
    if not entries.day.size:
        raise UsageError("there are no arrivals")
    day = parse_day(as_of) if as_of is not None else int(entries.day[-1]) + 1
    end = day + max(round(years * YEAR), 1) - 1
    if end > datetime.date.max.toordinal():
        raise UsageError(f"a forecast from {write_day(day)} on would end after the year 9999")
    return day, end


@dataclasses.dataclass(frozen=True)
class _Now:
    """What is known on the day of a forecast, found once for all places."""

    window: Window
    rates: Matrix
    """Of each candidate, in order of places."""
    expected: Matrix
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    there: NDArray[np.bool_]
    near: Matrix


def _know(model: Model, years: float) -> _Now:
    window = look(model.entries, model.day, model.day, model.near)
    rows, columns = np.nonzero(window.lacking)
    return _Now(
        window,
        relative_rates(window, model.weights),
        model.expect(window, years),
        rows,
        columns,
        model.entries.count(model.day) > 0,
        _nearness(model),
    )


def _forecast_place(model: Model, now: _Now, place: str, top: int | None) -> list[Forecast]:
    """Forecast what one place lacks, likeliest first."""
    row = model.entries.places.index(place)
    first, end = np.searchsorted(now.rows, (row, row + 1))
    best = first + np.argsort(-now.rates[first:end], kind="stable")[:top]
    swing = model.swing
    here = np.flatnonzero(now.there[row])
    found = []
    for rank, at in enumerate(best.tolist(), start=1):
        expected, column = float(now.expected[at]), int(now.columns[at])
        parts = _part(model, now.window.values[at], expected)
        nearest = _find_nearest(model, now.near, here, column)
        chance, low, high = (-math.expm1(-expected * by) for by in (1, 1 / swing, swing))
        activity = model.entries.activities[column]
        why = explain(parts, nearest)
        local = math.prod(parts.get(name, 1.0) for name in LOCAL)
        found.append(Forecast(place, activity, chance, low, high, rank, local, parts, nearest, why))
    return found


def _part(model: Model, values: Matrix, expected: float) -> dict[str, float]:
    """Split what is expected into factors; ``base`` is what is left for usual values."""
    factors = np.exp(model.weights * values)
    names = [driver.name for driver in model.drivers]
    return {"base": float(expected / factors.prod())} | dict(
        zip(names, factors.tolist(), strict=True)
    )


def _nearness(model: Model) -> Matrix:
    """How near activities are: those of one field, one group or linked; else by co-location."""
    together = cosine((model.entries.count(model.day) > 0).astype(np.float64))
    related = (model.near.kin + model.near.grouped + model.near.linked) > 0
    return np.where(related.any(axis=0), related * (1 + together), together)


def _find_nearest(
    model: Model, near: Matrix, here: NDArray[np.intp], activity: int
) -> tuple[str, ...]:
    """The three activities nearest to one among those here; fewer, if fewer are near at all."""
    best = here[np.argsort(-near[here, activity], kind="stable")][:3]
    return tuple(model.entries.activities[at] for at in best if near[at, activity] > 0)


def explain(parts: dict[str, float], nearest: Sequence[str]) -> dict[str, str]:
    """
    Say in one sentence what makes an arrival likely, what unlikely, and what is near.

    Parameters
    ----------
    parts
        Factors by driver.
    nearest
        Activities already there.

    Returns
    -------
    why
        By language; drivers by the strength of what they do.

    Examples
    --------
    >>> explain({"base": 0.1, "momentum": 3.0, "kin": 0.5}, ["铜"])["zh"]
    '该行业近年扩张快（×3.0）；但同领域行业基础薄（×0.5）；本地已有铜'
    >>> explain({"base": 0.1, "momentum": 3.0, "kin": 0.5}, ["铜"])["en"]
    'it grows fast (×3.0); but its field is weak here (×0.5); already here: 铜'
    """
    factors = sorted(
        ((name, factor) for name, factor in parts.items() if name in PHRASES),
        key=lambda pair: -abs(math.log(pair[1])),
    )
    up = [(name, factor) for name, factor in factors if factor >= TOLD][:3]
    down = [(name, factor) for name, factor in factors if factor <= 1 / TOLD][:2]
    zh = ["、".join(f"{PHRASES[name][0][0]}（×{factor:.1f}）" for name, factor in up)]
    zh.append("、".join(f"{PHRASES[name][0][1]}（×{factor:.1f}）" for name, factor in down))
    en = [", ".join(f"{PHRASES[name][1][0]} (×{factor:.1f})" for name, factor in up)]
    en.append(", ".join(f"{PHRASES[name][1][1]} (×{factor:.1f})" for name, factor in down))
    if up and down:
        zh[1], en[1] = f"但{zh[1]}", f"but {en[1]}"
    if not up and not down:
        zh, en = ["各项都是一般水平"], ["all is as usual"]
    if nearest:
        zh.append(f"本地已有{'、'.join(nearest)}")
        en.append(f"already here: {', '.join(nearest)}")
    return {"zh": "；".join(filter(None, zh)), "en": "; ".join(filter(None, en))}
