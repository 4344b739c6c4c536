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

import math

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from chaingraph.evidence.panel import Matrix

Happened = NDArray[np.bool_]


def roc_auc(scores: Matrix, happened: Happened) -> float:
    """
    Return the chance that what happened scores above what did not; ties count half.

    NaN where all or nothing happened.

    Examples
    --------
    >>> roc_auc(np.array([3.0, 2.0, 2.0, 1.0]), np.array([True, True, False, False]))
    0.875
    """
    hits = int(happened.sum())
    misses = happened.size - hits
    if not hits or not misses:
        return math.nan
    ranks = rankdata(scores)[happened].sum()
    return float((ranks - hits * (hits + 1) / 2) / (hits * misses))


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
    total = int(happened.sum())
    if not total:
        return math.nan
    sizes, hits = _ties(scores, happened)
    first = np.cumsum(sizes) - sizes
    found = np.cumsum(hits) - hits
    group = np.repeat(np.arange(sizes.size), sizes)
    at = np.arange(happened.size) - first[group]
    others = (hits - 1) / np.maximum(sizes - 1, 1)
    above = found[group] + 1 + at * others[group]
    precision = (hits / sizes)[group] * above / np.arange(1, happened.size + 1)
    return float(precision.sum() / total)


def precision_at(scores: Matrix, happened: Happened, k: int) -> float:
    """
    Return the share of the best k that happened; of all, where there are fewer.

    NaN where there are none.

    Examples
    --------
    >>> precision_at(np.array([3.0, 2.0, 2.0]), np.array([True, True, False]), 2)
    0.75
    """
    k = min(k, happened.size)
    if not k:
        return math.nan
    sizes, hits = _ties(scores, happened)
    taken = np.clip(k - (np.cumsum(sizes) - sizes), 0, sizes)
    return float((hits * taken / sizes).sum() / k)


def brier_score(probabilities: Matrix, happened: Happened) -> float:
    """
    Return the mean squared error of probabilities: 0 is best; NaN where there are none.

    Examples
    --------
    >>> brier_score(np.array([0.5, 0.0]), np.array([True, False]))
    0.125
    """
    return float(((probabilities - happened) ** 2).mean()) if happened.size else math.nan


def _ties(scores: Matrix, happened: Happened) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sizes of the groups of equal scores, best first, and how many of each happened."""
    order = np.argsort(-scores, kind="stable")
    starts = np.flatnonzero(np.diff(scores[order], prepend=np.inf))
    sizes = np.diff(starts, append=scores.size)
    return sizes, np.add.reduceat(happened[order].astype(np.int64), starts)
