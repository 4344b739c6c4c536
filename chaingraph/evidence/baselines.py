"""Scores to beat, each at its best, from what is where before a day and nothing else.

- ``random``: one score for all, so exactly the expected value of a random order;
- ``degree``: diversity of the place × ubiquity of the activity;
- ``density``: relatedness density of Hidalgo et al. (2007), `complexity.density` of
  `complexity.proximity` with 1 on the diagonal, on presence. (On the panel that the forecast
  was built with, presence did better than LQ ≥ 1, and 1 on the diagonal better than 0.)
- ``similarity``: the sum of the cosines with all activities at the place (item-based
  collaborative filtering; better there than the mean, or than the nearest 10 or 20).

A score becomes a probability, for its Brier score, in the way in which the model does: the
logarithm of the score is the only driver, fitted without a prior on the same windows.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from chaingraph.evidence.complexity import density, proximity
from chaingraph.evidence.drivers import cosine
from chaingraph.evidence.hazard import Model, Window, fit_pace, fit_weights, relative_rates
from chaingraph.evidence.panel import Matrix

Score = Callable[[Matrix], Matrix]

BASELINES: dict[str, Score] = {
    "random": np.ones_like,
    "degree": lambda has: np.outer(has.sum(axis=1), has.sum(axis=0)),
    "density": lambda has: density(has, proximity(has)),
    "similarity": lambda has: has @ cosine(has),
}
"""Scores of places and activities, from presence alone."""


def calibrate_score(model: Model, now: Window, score: Score, years: float) -> Matrix:
    """
    Return the probabilities of a baseline, from the windows that a model learned from.

    Parameters
    ----------
    model
        Whose windows they are.
    now
        The candidates.
    score
        The baseline, a function of presence.
    years
        The horizon [years].
    """
    *past, today = (_drive(model, window, score) for window in (*model.windows, now))
    weights = fit_weights(past, np.zeros(1), strength=1.0)
    pace, _ = fit_pace(past, weights)
    return np.asarray(-np.expm1(-pace * years * relative_rates(today, weights)))


def _drive(model: Model, window: Window, score: Score) -> Window:
    """A window whose only driver is the logarithm of a score, 0 as half of the least above it."""
    there = model.entries.count(window.day) > 0
    scores = score(there.astype(np.float64))
    above = scores[window.lacking & (scores > 0)]
    least = above.min() / 2 if above.size else 1.0
    logs = np.log(np.maximum(scores, least))
    mean = logs[window.lacking].mean() if window.lacking.any() else 0.0
    return dataclasses.replace(
        window,
        values=(logs[window.lacking] - mean)[:, None],
        others=(logs[there] - mean)[:, None],
    )
