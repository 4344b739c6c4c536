"""How well scores find what happened: ROC-AUC, average precision, precision at k, Brier score.

Equal scores are in no order, so every measure is the expected value over all their orders:
nothing depends on how rows happen to be sorted, and a constant score is exactly a
random one. Without ties they are those of scikit-learn.

References
----------
- Manning, Raghavan, Schütze (2008), Introduction to Information Retrieval, ch. 8:
  average precision and precision at k.
- Brier (1950), Verification of Forecasts Expressed in Terms of Probability.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import NDArray

from chaingraph.evidence.panel import Matrix

Happened = NDArray[np.bool_]
Counts = NDArray[np.int64]


@dataclasses.dataclass(frozen=True)
class Groups:
    """Equal scores, best first: all that a measure of a ranking needs to know."""

    sizes: Counts
    """How many have this score; never 0."""
    hits: Counts
    """How many of them happened."""

    @property
    def roc_auc(self) -> float:
        """As `roc_auc`."""
        total = int(self.sizes.sum())
        hits = int(self.hits.sum())
        misses = total - hits
        if not hits or not misses:
            return math.nan
        ranks = float((self.hits * (total - np.cumsum(self.sizes) + (self.sizes + 1) / 2)).sum())
        return (ranks - hits * (hits + 1) / 2) / (hits * misses)

    @property
    def average_precision(self) -> float:
        """As `average_precision`."""
        total = int(self.hits.sum())
        if not total:
            return math.nan
        sizes, hits = self.sizes, self.hits
        first = np.cumsum(sizes) - sizes
        found = np.cumsum(hits) - hits
        group = np.repeat(np.arange(sizes.size), sizes)
        at = np.arange(group.size) - first[group]
        others = (hits - 1) / np.maximum(sizes - 1, 1)
        above = found[group] + 1 + at * others[group]
        precision = (hits / sizes)[group] * above / np.arange(1, group.size + 1)
        return float(precision.sum() / total)

    def precision_at(self, k: int) -> float:
        """As `precision_at`."""
        k = min(k, int(self.sizes.sum()))
        if not k:
            return math.nan
        taken = np.clip(k - (np.cumsum(self.sizes) - self.sizes), 0, self.sizes)
        return float((self.hits * taken / self.sizes).sum() / k)


class Order:
    """Candidates in the order of their scores, sorted once, however often they are drawn."""

    def __init__(self, scores: Matrix, happened: Happened) -> None:
        self._order = np.argsort(-scores, kind="stable")
        self._starts = np.flatnonzero(np.diff(scores[self._order], prepend=np.inf))
        self._happened = happened[self._order]

    def group(self, times: Counts) -> Groups:
        """Return the groups of equal scores, where each candidate counts so many times."""
        if not self._starts.size:
            return Groups(np.zeros(0, np.int64), np.zeros(0, np.int64))
        times = times[self._order]
        sizes = np.add.reduceat(times, self._starts)
        hits = np.add.reduceat(times * self._happened, self._starts)
        return Groups(sizes[sizes > 0], hits[sizes > 0])


def group_scores(scores: Matrix, happened: Happened) -> Groups:
    """Return the groups of equal scores, each candidate counting once."""
    return Order(scores, happened).group(np.ones(scores.size, np.int64))


def roc_auc(scores: Matrix, happened: Happened) -> float:
    """
    Return the chance that what happened scores above what did not; ties count half.

    NaN where all or nothing happened.

    Examples
    --------
    >>> roc_auc(np.array([3.0, 2.0, 2.0, 1.0]), np.array([True, True, False, False]))
    0.875
    """
    return group_scores(scores, happened).roc_auc


def average_precision(scores: Matrix, happened: Happened) -> float:
    r"""
    Return the area under precision and recall (AUC-PR).

    .. math:: AP = \frac{1}{P} \sum_{i: y_i = 1} \frac{\#\{j \le i: y_j = 1\}}{i}

    over the ranks :math:`i`, best first. In a group of :math:`n` ties with :math:`m` hits,
    after :math:`N` with :math:`H` hits, the :math:`j`-th adds
    :math:`\frac{m}{n} \cdot \frac{H + 1 + (j - 1)(m - 1)/(n - 1)}{N + j}`.

    NaN where nothing happened.

    Examples
    --------
    >>> average_precision(np.array([4.0, 3.0, 2.0]), np.array([True, False, True]))
    0.8333333333333333
    >>> average_precision(np.array([1.0, 1.0]), np.array([True, False]))
    0.75
    """
    return group_scores(scores, happened).average_precision


def precision_at(scores: Matrix, happened: Happened, k: int) -> float:
    """
    Return the share of the best k that happened; of all, where there are fewer.

    NaN where there are none.

    Examples
    --------
    >>> precision_at(np.array([3.0, 2.0, 2.0]), np.array([True, True, False]), 2)
    0.75
    """
    return group_scores(scores, happened).precision_at(k)


def brier_score(probabilities: Matrix, happened: Happened) -> float:
    """
    Return the mean squared error of probabilities: 0 is best; NaN where there are none.

    Examples
    --------
    >>> brier_score(np.array([0.5, 0.0]), np.array([True, False]))
    0.125
    """
    return float(((probabilities - happened) ** 2).mean()) if happened.size else math.nan
