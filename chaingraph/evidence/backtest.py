"""What the forecast would have been worth: learned before a day, judged by what came after.

**Candidates** are the pairs of place and activity that are not together before the split, of
places and activities that both occur before it. What arrives later as the first of its
kind anywhere, or at a place without any history, cannot be forecast and is counted under
``unseen``, not judged.

**Measures** (`chaingraph.evidence.ranking`, ties by expected value): ROC-AUC and AUC-PR
(average precision) over all candidates; lift = AUC-PR over prevalence; precision@10 = mean over
places of the share of their 10 best candidates that arrived; precision@100 = the same of
the 100 best overall; Brier score of the probabilities.

**Baselines**, given the same candidates: `chaingraph.evidence.baselines`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chaingraph.errors import UsageError
from chaingraph.evidence.arrivals import YEAR, Entries, Link, parse_day, write_day
from chaingraph.evidence.baselines import BASELINES, calibrate_score
from chaingraph.evidence.hazard import Model, Window, fit_weights, learn, look, suggest_day
from chaingraph.evidence.panel import Matrix
from chaingraph.evidence.ranking import (
    Groups,
    Happened,
    Order,
    brier_score,
    group_scores,
    precision_at,
)
from chaingraph.figures import Text

RATIOS = ("auc_pr", "precision_at_10", "precision_at_100")
"""Measures whose ratio to those of density is told."""

BEST = ("auc_pr", "precision_at_10")
"""Measures whose ratio to those of the best baseline is told."""

BINS = 10
"""Groups of the calibration, of as many expected arrivals each."""

LATE = 92
"""Days without data that are told of."""

FEW_ENTRIES, FEW_PLACES = 50, 10
"""With fewer arrivals to judge by, or places to draw from, a warning."""


@dataclasses.dataclass(frozen=True)
class Measures:
    """How good one ranking is; NaN where it cannot be said."""

    roc_auc: float
    """Chance that what arrived ranks above what did not."""
    auc_pr: float
    """Average precision."""
    lift: float
    """Average precision over prevalence."""
    precision_at_10: float
    """Mean over places of the share of their best 10 that arrived."""
    precision_at_100: float
    """Share of the best 100 of all that arrived."""
    brier: float
    """Mean squared error of the probabilities."""


@dataclasses.dataclass(frozen=True)
class Bin:
    """Candidates of similar probability."""

    predicted: float
    """Their mean probability."""
    observed: float
    """The share of them that arrived."""
    count: int
    """How many they are."""


@dataclasses.dataclass(frozen=True)
class Backtest:
    """The forecast from a day on, beside the baselines and what happened."""

    split: str
    """First day of the forecast; nothing from then on was learned from."""
    until: str
    """Last day of what it is judged by."""
    candidates: int
    """Pairs of place and activity that could arrive."""
    entries: int
    """Those that did."""
    unseen: int
    """New pairs that could not be forecast: the place or the activity had no history."""
    model: Measures
    """Of the model."""
    baselines: dict[str, Measures]
    """Of each baseline."""
    ratios: dict[str, float]
    """Measures of the model over those of density."""
    best: dict[str, str]
    """By measure the name of the baseline that does best; none where nothing happened."""
    over_best: dict[str, float]
    """Measures of the model over those of the best baseline."""
    intervals: dict[str, tuple[float, float]]
    """95 % of draws of places: of the model's measures, and of model over density and over what
    is the best baseline of all places."""
    calibration: tuple[Bin, ...]
    """Probability and truth, rarest first."""
    slope: float
    """Of truth on forecast, on the scale of the link; 1 is best, below: too sure of itself."""
    expected: float
    """Arrivals that the model expected."""
    pace_range: tuple[float, float]
    """Arrivals that it would have expected at the slow and at the fast pace of 80 % of times."""
    weights: dict[str, float]
    """Of each driver."""
    windows: int
    """Windows that it learned from."""
    warnings: tuple[Text, ...]
    """What makes it doubtful."""

    @property
    def prevalence(self) -> float:
        """The share of candidates that arrived; NaN without candidates."""
        return self.entries / self.candidates if self.candidates else math.nan

    def to_record(self, lang: str = "en") -> dict[str, Any]:
        """Return all of it as plain data for JSON: rounded to 6 digits, null where undefined."""
        return {
            "model": _plain(dataclasses.asdict(self.model)),
            "baselines": {
                name: _plain(dataclasses.asdict(one)) for name, one in self.baselines.items()
            },
            "prevalence": _plain(self.prevalence),
            "candidates": self.candidates,
            "entries": self.entries,
            "unseen": self.unseen,
            "split": self.split,
            "until": self.until,
            "expected": _plain(self.expected),
            "expected_range": _plain(self.pace_range),
            "over_density": _plain(self.ratios),
            "best_baseline": {name: self.best.get(name) for name in BEST},
            "over_best": {name: _plain(self.over_best.get(name)) for name in BEST},
            "intervals": _plain(self.intervals),
            "calibration": [_plain(dataclasses.asdict(one)) for one in self.calibration],
            "calibration_slope": _plain(self.slope),
            "weights": _plain(self.weights),
            "windows": self.windows,
            "warnings": [warning.text(lang) for warning in self.warnings],
        }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value


def backtest(
    entries: Entries,
    *,
    split: str,
    until: str | None = None,
    links: Sequence[Link] | None = None,
    groups: Sequence[Link] | None = None,
    seed: int = 0,
    draws: int = 500,
) -> Backtest:
    """
    Learn before a day, forecast, and judge by what came after.

    Parameters
    ----------
    entries
        Dated arrivals.
    split
        First day of the forecast; of a month or year its first.
    until
        Last day of what it is judged by, of a month or year its last; that of the last arrival
        if none.
    links, groups
        As for `hazard.learn`.
    seed, draws
        Of the intervals: places are drawn with replacement so many times.

    Returns
    -------
    result
        The same for the same input.

    Raises
    ------
    UsageError
        If nothing arrived before the split, or no time is left after it.
    """
    start, end = _read_days(entries, split, until)
    years = (end - start) / YEAR
    model = learn(entries, start, years=years, links=links or (), groups=groups or ())
    now = look(model.entries, start, start, model.near)
    happened = _find_truth(entries, model, start, end)[now.lacking]
    scores, chances = _score(model, now, years)
    rows = np.nonzero(now.lacking)[0]
    found = {name: _measure(scores[name], chances[name], happened, rows) for name in scores}
    expected = scores["model"]
    best = _find_best(found)
    return Backtest(
        split=write_day(start),
        until=write_day(end - 1),
        candidates=happened.size,
        entries=int(happened.sum()),
        unseen=_count_new(entries, start, end) - int(happened.sum()),
        ratios=_compare(found["model"], found["density"]),
        best=best,
        over_best=_compare_best(found, best),
        model=found.pop("model"),
        baselines=found,
        intervals=_draw(scores, chances["model"], happened, rows, best, seed=seed, draws=draws),
        calibration=_bin(chances["model"], happened),
        slope=_find_slope(expected, happened),
        expected=_add_up(expected),
        pace_range=(_add_up(expected / model.swing), _add_up(expected * model.swing)),
        weights=model.named_weights,
        windows=len(model.windows),
        warnings=(*model.warnings, *_warn(happened, np.unique(rows).size, _say_late(entries, end))),
    )


def _read_days(entries: Entries, split: str, until: str | None) -> tuple[int, int]:
    """The first day of what is judged, and the one after the last."""
    if not entries.day.size:
        raise UsageError("there are no arrivals")
    start = parse_day(split)
    end = (parse_day(until, last=True) if until is not None else int(entries.day[-1])) + 1
    if end <= start:
        raise UsageError(
            f"nothing to judge by from {split} to {write_day(end - 1)}{suggest_day(entries)}"
        )
    return start, end


def _say_late(entries: Entries, end: int) -> str:
    """The last day of the data, if what is judged goes on for long after it."""
    last = int(entries.day[-1])
    return write_day(last) if end - last > LATE else ""


def _score(model: Model, now: Window, years: float) -> tuple[dict[str, Matrix], dict[str, Matrix]]:
    """Scores and probabilities of the candidates, by the model and by each baseline."""
    has = (model.entries.count(now.day) > 0).astype(np.float64)
    scores = {"model": model.expect(now, years)}
    chances = {"model": -np.expm1(-scores["model"])}
    for name, score in BASELINES.items():
        scores[name] = score(has)[now.lacking]
        chances[name] = calibrate_score(model, now, score, years)
    return scores, chances


def _add_up(expected: Matrix) -> float:
    """How many of all candidates arrive."""
    return float(-np.expm1(-expected).sum()) + 0.0  # never -0


def _find_truth(entries: Entries, model: Model, start: int, end: int) -> NDArray[np.bool_]:
    """What arrived in a time, by the places and activities that the model knows."""
    arrived = entries.arrived(start, end)
    row = [entries.places.index(place) for place in model.entries.places]
    column = [entries.activities.index(activity) for activity in model.entries.activities]
    return np.asarray(arrived[np.ix_(row, column)])


def _count_new(entries: Entries, start: int, end: int) -> int:
    """How many pairs arrived in a time that were not together before."""
    return int((entries.arrived(start, end) & (entries.count(start) == 0)).sum())


def _measure(
    scores: Matrix, chances: Matrix, happened: Happened, rows: NDArray[np.int64]
) -> Measures:
    """Measure one ranking; the rows, which tell the place of each candidate, are in order."""
    at_10 = _precise(scores, happened, rows)
    return _sum_up(group_scores(scores, happened), at_10, brier_score(chances, happened))


def _precise(scores: Matrix, happened: Happened, rows: NDArray[np.int64]) -> Matrix:
    """Of each place the share of its best 10 that arrived."""
    ends = np.flatnonzero(np.diff(rows, append=-1)) + 1
    starts = np.concatenate([[0], ends[:-1]]) if ends.size else ends
    return np.array(
        [
            precision_at(scores[start:end], happened[start:end], 10)
            for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        ],
        dtype=np.float64,
    )


def _sum_up(groups: Groups, at_10: Matrix, brier: float) -> Measures:
    """Put the measures of a ranking together."""
    precision, size = groups.average_precision, int(groups.sizes.sum())
    hits = int(groups.hits.sum())
    return Measures(
        roc_auc=groups.roc_auc,
        auc_pr=precision,
        lift=precision / (hits / size) if hits else math.nan,
        precision_at_10=float(np.mean(at_10)) if at_10.size else math.nan,
        precision_at_100=groups.precision_at(100),
        brier=brier,
    )


def _draw(
    scores: dict[str, Matrix],
    chances: Matrix,
    happened: Happened,
    rows: NDArray[np.int64],
    best: dict[str, str],
    *,
    seed: int,
    draws: int,
) -> dict[str, tuple[float, float]]:
    """
    Intervals of 95 %: places drawn with replacement, for what is found may hang on a few.

    What does not change from draw to draw, the order of the scores and the best 10 of each place,
    is found once.
    """
    _, place, size = np.unique(rows, return_inverse=True, return_counts=True)
    if not size.size or draws < 1:
        return {}
    random = np.random.default_rng(seed)
    members = np.split(np.arange(rows.size), np.cumsum(size)[:-1])
    asked = tuple(dict.fromkeys(("model", "density", *best.values())))
    order = {name: Order(scores[name], happened) for name in asked}
    at_10 = {name: _precise(scores[name], happened, rows) for name in asked}
    found: dict[str, list[float]] = {}
    for _ in range(draws):
        drawn = random.integers(size.size, size=size.size)
        times = np.bincount(drawn, minlength=size.size)[place]
        at = np.concatenate([members[number] for number in drawn])
        brier = brier_score(chances[at], happened[at])
        each = {
            name: _sum_up(order[name].group(times), at_10[name][drawn], brier) for name in asked
        }
        sample = dataclasses.asdict(each["model"])
        for name, ratio in _compare(each["model"], each["density"]).items():
            sample[f"{name}_over_density"] = ratio
        for name, ratio in _compare_best(each, best).items():
            sample[f"{name}_over_best"] = ratio
        for name, value in sample.items():
            found.setdefault(name, []).append(value)
    return {name: _middle(np.array(values)) for name, values in found.items()}


def _compare(one: Measures, other: Measures) -> dict[str, float]:
    """By how many times one is better than another."""
    return {name: _ratio(getattr(one, name), getattr(other, name)) for name in RATIOS}


def _find_best(found: dict[str, Measures]) -> dict[str, str]:
    """By measure the baseline that does best, the first of equals; none where nothing was found."""
    best = {}
    for measure in BEST:
        of = {name: getattr(found[name], measure) for name in BASELINES}
        of = {name: value for name, value in of.items() if value > 0}
        if of:
            best[measure] = max(of, key=of.__getitem__)
    return best


def _compare_best(found: dict[str, Measures], best: dict[str, str]) -> dict[str, float]:
    """By how many times the model is better than the best baseline of each measure."""
    return {
        measure: _ratio(getattr(found["model"], measure), getattr(found[name], measure))
        for measure, name in best.items()
    }


def _ratio(one: float, other: float) -> float:
    """Divide; infinite over 0, NaN for 0 over 0."""
    if other:
        return one / other
    return math.inf if one > 0 else math.nan


def _middle(values: Matrix) -> tuple[float, float]:
    """The middle 95 % of the values that are defined."""
    values = values[~np.isnan(values)]
    if not values.size:
        return math.nan, math.nan
    low, high = np.quantile(values, (0.025, 0.975), method="nearest")
    return float(low), float(high)


def _bin(chances: Matrix, happened: Happened) -> tuple[Bin, ...]:
    """Group candidates by probability, so that in each group as many arrivals are expected."""
    total = chances.sum()
    if not total > 0:
        return ()
    values, of = np.unique(chances, return_inverse=True)
    each = np.bincount(of) * values
    before = np.cumsum(each) - each
    group = np.minimum((before / total * BINS + 1e-9).astype(int), BINS - 1)[of]
    return tuple(
        Bin(
            float(chances[group == number].mean()),
            float(happened[group == number].mean()),
            int((group == number).sum()),
        )
        for number in np.unique(group)
    )


def _find_slope(expected: Matrix, happened: Happened) -> float:
    """Fit by how much the truth changes where the forecast does, as logarithms of rates."""
    if not happened.any() or happened.all() or not (expected > 0).all():
        return math.nan
    logs = np.log(expected)
    if np.ptp(logs) < 1e-9:
        return math.nan
    values = (logs - logs.mean())[:, None]
    window = Window(0, 1.0, np.ones((1, logs.size), bool), values, np.zeros((0, 1)), happened)
    return float(fit_weights([window], np.ones(1), strength=1e-6)[0])


def _warn(happened: Happened, places: int, late: str) -> Iterator[Text]:
    hits = int(happened.sum())
    if late:
        yield Text(
            zh=f"数据到 {late} 为止：此后的时间无从检验",
            en=f"the data end on {late}: nothing after that can be judged",
        )
    if not happened.size:
        yield Text(
            zh="没有候选：各地已有全部产业", en="no candidates: every place has every activity"
        )
    elif not hits:
        yield Text(
            zh="切分之后没有新出现的：各项指标无定义或为 0",
            en="nothing arrived after the split: the measures are not defined or 0",
        )
    elif hits < FEW_ENTRIES:
        yield Text(
            zh=f"只有 {hits} 次新出现可供检验：请看区间",
            en=f"only {hits} arrivals to judge by: see the intervals",
        )
    if places < FEW_PLACES:
        yield Text(
            zh=f"只有 {places} 个地方：按地方抽样的区间意义不大",
            en=f"only {places} places: the intervals, which draw places, mean little",
        )
