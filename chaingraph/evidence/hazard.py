r"""How fast activities arrive at places that lack them: a model whose every weight has a name.

An activity that a place lacks arrives there at a rate (a proportional hazard)

.. math:: \lambda_{cp} = \text{pace} \cdot r_{cp}, \quad
          r_{cp} \propto \exp \sum_k w_k x_{kcp}, \quad
          P_{cp} = 1 - e^{-\lambda_{cp} h}

over a horizon of :math:`h` years: a regression with the complementary log-log link, whose
:math:`x` are the drivers (`chaingraph.evidence.drivers`) and whose weights have names. Every
probability is the product of a few factors, and each of them can be told.

**Training** looks at earlier windows only: drivers on a day, arrivals in the
window after it, all before the day of the forecast. Years differ wildly (in 2013 nobody was
let on to China's stock market), so every window has its own pace, and the weights say only
who is faster. They start from the drivers' priors, which count as much as `PRIOR_ENTRIES`
arrivals (a ridge penalty on standardised drivers), and move as there is evidence. Old
windows count less (`MEMORY`).

**Calibration**: rates are told as times the average of all pairs, those already together
included, so that less is left to come as places fill up. The pace is the one at which the
windows, recent ones first, would have had as many arrivals as they had. How much it differed
from window to window gives each probability its range.

References
----------
- Prentice, Gloeckler (1978), Regression analysis of grouped survival data: the link.
- Hidalgo et al. (2007); He, Yan, Rigby (2015) and Gao et al. (2021) on entry in China: related
  activities and similar places as drivers.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize

from chaingraph.errors import UsageError
from chaingraph.evidence.arrivals import YEAR, Entries, Link, write_day
from chaingraph.evidence.drivers import Driver, Nearness, find_nearness, measure_drivers
from chaingraph.evidence.panel import Matrix
from chaingraph.figures import Text

PRIOR_ENTRIES = 500.0
"""As many arrivals as the priors of the weights are worth."""

MEMORY = 3.0
"""After so many years a window counts half [years]."""

SHORTEST, LONGEST = 1.0, 3.0
"""A window is as long as the horizon, within these bounds [years]."""

STEP, WINDOWS = 1.0, 15
"""Windows begin so many years apart, so many at most."""


RANGE = 1.28
"""Standard deviations on either side that hold 80 % of a normal distribution."""


@dataclasses.dataclass(frozen=True)
class Window:
    """What was lacking on a day, and which of it arrived until another."""

    day: int
    """Its first day."""
    years: float
    """How long it is [years]."""
    lacking: NDArray[np.bool_]
    """Places × activities that are candidates: both known, but not together."""
    values: Matrix
    """Candidates × drivers, on its first day, less their mean."""
    others: Matrix
    """The same of the pairs that were together already."""
    happened: NDArray[np.bool_]
    """Of each candidate whether it arrived."""


@dataclasses.dataclass(frozen=True)
class Model:
    """What was learned from the arrivals before a day."""

    entries: Entries
    """The arrivals that it knows."""
    day: int
    """The day from which on it knows nothing."""
    near: Nearness
    """How near activities are."""
    windows: tuple[Window, ...]
    """What it learned from, latest first."""
    weights: Matrix
    """Of each driver."""
    pace: float
    """Arrivals a year of a pair of average rate."""
    pace_spread: float
    """Standard deviation of the logarithm of the pace from window to window."""
    warnings: tuple[Text, ...] = ()
    """What makes it doubtful."""

    @property
    def drivers(self) -> tuple[Driver, ...]:
        """The drivers that the weights belong to."""
        return self.near.drivers

    @property
    def named_weights(self) -> dict[str, float]:
        """The weights by the names of their drivers."""
        names = [driver.name for driver in self.drivers]
        return dict(zip(names, self.weights.tolist(), strict=True))

    @property
    def learned(self) -> int:
        """Arrivals in the windows that it learned from; 0 where weights are only the priors."""
        return sum(int(window.happened.sum()) for window in self.windows)

    @property
    def swing(self) -> float:
        """By what factor the pace differs either way, in 80 % of times."""
        return math.exp(RANGE * self.pace_spread)

    def expect(self, window: Window, years: float) -> Matrix:
        """Return how many arrivals are expected of candidates within some years."""
        return self.pace * years * relative_rates(window, self.weights)


def learn(
    entries: Entries,
    day: int,
    *,
    years: float,
    links: Sequence[Link] = (),
    groups: Sequence[Link] = (),
) -> Model:
    """
    Learn from all arrivals before a day what makes activities arrive.

    Parameters
    ----------
    entries
        Arrivals; those from that day on are not looked at.
    day
        The day.
    years
        The horizon of the forecast, which the windows are as long as if they can be [years].
    links
        Pairs of activities of which one supplies the other.
    groups
        Pairs of activity and group, such as a class of a classification.

    Returns
    -------
    model
        Its places and activities are those with arrivals before the day.

    Raises
    ------
    UsageError
        If nothing arrived before that day.
    """
    known = entries.before(day)
    if not known.day.size:
        raise UsageError(f"nothing arrived before {write_day(day)}{suggest_day(entries)}")
    near = find_nearness(known.activities, links=links, groups=groups)
    windows = tuple(_windows(known, day, years, near))
    weights = fit_weights(windows, np.array([driver.prior for driver in near.drivers]))
    pace, spread = fit_pace(windows, weights)
    told = _warn(windows)
    return Model(known, day, near, windows, weights, pace, spread, told)


def suggest_day(entries: Entries) -> str:
    """Say which day has two thirds of the arrivals before it, as a way out; may be empty."""
    if not entries.day.size:
        return ""
    first, last = int(entries.day[0]), int(entries.day[-1])
    middle = int(entries.day[entries.day.size * 2 // 3])
    text = f": the data run from {write_day(first)} to {write_day(last)}"
    return text + (f"; try {write_day(middle)}" if middle > first else "")


def _windows(entries: Entries, end: int, years: float, near: Nearness) -> Iterator[Window]:
    """Windows before a day, latest first; as far back as there is as much to know as to learn."""
    first = int(entries.day[0])
    history = (end - first) / YEAR
    length = min(max(min(years, LONGEST), SHORTEST), history / 2)
    days = round(length * YEAR)
    for number in range(WINDOWS):
        day = end - days - round(number * STEP * YEAR)
        if days < 1 or day - first < min(days, YEAR):
            return
        yield look(entries, day, day + days, near)


def look(entries: Entries, day: int, end: int, near: Nearness) -> Window:
    """Return the candidates of a day, their drivers, and which of them arrive before another."""
    there: NDArray[np.bool_] = entries.count(day) > 0
    lacking = ~there & there.any(axis=1, keepdims=True) & there.any(axis=0)
    measured = measure_drivers(entries, day, near)
    values, others = measured[:, lacking].T, measured[:, there].T
    mean = values.mean(axis=0) if len(values) else np.zeros(len(near.drivers))
    happened = entries.arrived(day, end)[lacking]
    return Window(day, (end - day) / YEAR, lacking, values - mean, others - mean, happened)


def relative_rates(window: Window, weights: Matrix) -> Matrix:
    """
    Return how many times as fast as the average pair candidates arrive.

    The average is over what is there already, too: as a place fills up with what comes
    easily, what is left to come becomes less.
    """
    rates = np.exp(window.values @ weights)
    total = rates.sum() + np.exp(window.others @ weights).sum()
    return np.asarray(rates * ((len(window.values) + len(window.others)) / total))


def fit_weights(
    windows: Sequence[Window], prior: Matrix, *, strength: float = PRIOR_ENTRIES
) -> Matrix:
    r"""
    Fit the weights of the drivers: the most likely ones, given the windows and the priors.

    .. math:: \max_{w, a} \sum_t v_t \ell_t(w, a) - \frac{n_0}{2} \sum_k s_k^2 (w_k - w^0_k)^2

    with the log-likelihood :math:`\ell_t` of window :math:`t`, whose pace is its own, its
    worth :math:`v_t` by age and overlap, and the standard deviations :math:`s_k` of the drivers.

    Parameters
    ----------
    windows
        What happened.
    prior
        The weights to start from.
    strength
        How many arrivals the priors are worth, :math:`n_0`.

    Returns
    -------
    weights
        The priors, where nothing happened.
    """
    told = [window for window in windows if window.happened.any()]
    if not told:
        return prior
    values = np.concatenate([window.values for window in told])
    happened = np.concatenate([window.happened for window in told])
    worth = np.concatenate(
        [np.full(len(w.values), _worth(w, windows[0].day), dtype=np.float64) for w in told]
    )
    scale = values.std(axis=0)
    scale[scale < 1e-9] = 1
    offset = np.concatenate([_guess(window, prior) for window in told])
    design = np.column_stack([np.ones(len(values)), values / scale])
    penalty = np.r_[0.0, np.full(len(prior), strength)]
    moved = minimize(
        _loss,
        np.zeros(len(penalty)),
        args=(design, offset, happened, worth, penalty),
        jac=True,
        method="L-BFGS-B",
        options={"ftol": 1e-12, "gtol": 1e-8, "maxiter": 500},
    ).x
    return np.asarray(prior + moved[1:] / scale)


def _guess(window: Window, prior: Matrix) -> Matrix:
    """The logarithm of what the priors expect of candidates, at the window's own pace."""
    rates = relative_rates(window, prior)
    return np.asarray(np.log(rates * (window.happened.sum() / rates.sum())))


def _loss(
    moved: Matrix,
    design: Matrix,
    offset: Matrix,
    happened: NDArray[np.bool_],
    worth: Matrix,
    penalty: Matrix,
) -> tuple[float, Matrix]:
    """Minus the penalised log-likelihood of the complementary log-log link, and its gradient."""
    expected = np.exp(np.clip(offset + design @ moved, -30, 5))
    chance = -np.expm1(-expected)
    loss = np.where(happened, -np.log(chance), expected)
    slope = np.where(happened, -expected * (1 - chance) / chance, expected)
    return (
        float(worth @ loss + penalty @ moved**2 / 2),
        design.T @ (worth * slope) + penalty * moved,
    )


def _worth(window: Window, latest: int) -> float:
    """How much a window counts: less if old, and as a share where windows overlap."""
    age = (latest - window.day) / YEAR
    return float(min(STEP / window.years, 1.0) * 0.5 ** (age / MEMORY))


def fit_pace(windows: Sequence[Window], weights: Matrix) -> tuple[float, float]:
    r"""
    Fit the pace: expected and observed arrivals of all windows agree.

    .. math:: \sum_t v_t \sum_{cp} (1 - e^{-\text{pace} \cdot h_t r_{cp}})
              = \sum_t v_t \sum_{cp} y_{cp}

    Returns
    -------
    pace
        Arrivals a year of a pair of average rate.
    spread
        Standard deviation of the logarithm of each window's own pace, half an arrival added.
        Without windows that say anything, a pace of half an arrival among all, and 1.
    """
    asked = [window for window in windows if window.happened.size]
    if not asked:
        return 0.0, 1.0
    worth = np.array([_worth(window, windows[0].day) for window in asked])
    hits = np.array([float(window.happened.sum()) for window in asked])
    rates = [relative_rates(window, weights) * window.years for window in asked]
    exposure = np.array([rate.sum() for rate in rates])
    single = np.log((hits + 0.5) / exposure)
    mean = worth @ single / worth.sum()
    spread = math.sqrt(worth @ (single - mean) ** 2 / worth.sum()) if len(asked) > 1 else 1.0
    if not hits.any():
        return float(0.5 / exposure.sum()), spread

    def excess(log_pace: float) -> float:
        expected = [-np.expm1(-math.exp(log_pace) * rate).sum() for rate in rates]
        return float(worth @ (np.array(expected) - hits))

    start = math.log(worth @ hits / (worth @ exposure))
    if all(window.happened.all() for window in asked):
        return math.exp(start), spread
    return math.exp(brentq(excess, start - 1, start + 30, xtol=1e-12)), spread


FEW_ENTRIES = 30
"""With fewer arrivals to learn from, a warning."""


def _warn(windows: Sequence[Window]) -> tuple[Text, ...]:
    total = sum(int(window.happened.sum()) for window in windows)
    if not windows:
        return (
            Text(
                zh="此前没有可学的时段：权重只是先验，概率都是 0",
                en="no earlier window to learn from: weights are the priors, probabilities are 0",
            ),
        )
    if not total:
        return (
            Text(
                zh="此前各时段都没有新出现的：权重只是先验，快慢只是猜测",
                en="nothing arrived in earlier windows: weights are the priors, the pace is a guess",
            ),
        )
    if total < FEW_ENTRIES:
        return (
            Text(
                zh=f"只有 {total} 次新出现可学：权重大半是先验",
                en=f"only {total} arrivals to learn from: the weights are mostly the priors",
            ),
        )
    return ()
