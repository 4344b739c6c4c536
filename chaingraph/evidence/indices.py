"""The two ways to tell how complex an economy is: ECI with PCI, and fitness with complexity.

Both read nothing but which place has which activity as a speciality. ECI is what the second
eigenvector says, fitness what a map that is applied again and again comes to. Whatever has no
answer is NaN with a warning, never a number that rounding made.

References
----------
- Hidalgo, Hausmann (2009), The Building Blocks of Economic Complexity, PNAS 106(26).
  https://doi.org/10.1073/pnas.0900943106
- Tacchella, Cristelli, Caldarelli, Gabrielli, Pietronero (2012), A New Metrics for Countries'
  Fitness and Products' Complexity, Scientific Reports 2, 723. https://doi.org/10.1038/srep00723
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.sparse import block_array, csr_array
from scipy.sparse.csgraph import connected_components

from chaingraph.errors import UsageError
from chaingraph.evidence.panel import Matrix
from chaingraph.figures import Text

SAME = 1e-9
"""Shares, correlations and eigenvalues nearer than this count as equal."""

LEAST_FIT = 1e-200
"""Fitness falls no lower, in units of the mean, so that its inverse stays a number."""

TOO_FEW = Text(
    zh="有专长的地区或产业不足两个，算不出 ECI 和 PCI",
    en="fewer than two places or activities have a speciality: there is no ECI or PCI",
)
ALL_SAME = Text(
    zh="各地区的专长完全相同，算不出 ECI 和 PCI",
    en="all places have the same specialities: there is no ECI or PCI",
)
TIED = Text(
    zh="有两个方向解释力相同，ECI 和 PCI 不唯一，故不给出",
    en="two directions explain as much as each other: there is no one ECI or PCI",
)
NO_SIGN = Text(
    zh="ECI 与专长数量不相关，分不出哪一头更复杂，故不给出 ECI 和 PCI",
    en="ECI is unrelated to how many specialities places have, so that nothing says which end is "
    "the complex one: there is no ECI or PCI",
)
NO_LARGEST = Text(
    zh="地区分成互不相干、大小相同的几组，算不出 ECI 和 PCI",
    en="the places fall apart into groups of the same size that share nothing: there is no ECI or "
    "PCI",
)


@dataclasses.dataclass(frozen=True)
class Indices:
    """ECI and PCI on the scale of the ECI's standard deviation."""

    eci: Matrix
    """Of each place, mean 0 and standard deviation 1; NaN where there is none."""
    pci: Matrix
    """Of each activity, on the same scale: a place's ECI is the mean PCI of what it has."""
    raw_pci: Matrix
    """PCI before the ECI's mean is taken away, which outlook index and gain are made of."""
    warnings: tuple[Text, ...] = ()
    """Why there is no ECI."""


def complexity_indices(has: Matrix) -> Indices:
    r"""
    Return the economic and product complexity indices (Hidalgo and Hausmann 2009).

    ECI is the second eigenvector of :math:`\sum_p M_{cp} M_{c'p} / (k_c k_p)`, and PCI that of
    its counterpart for activities, so that :math:`ECI_c = \sum_p M_{cp} PCI_p / k_c`; both are
    scaled by the ECI's mean and standard deviation.

    Parameters
    ----------
    has
        Places × activities, 0 or 1.

    Returns
    -------
    indices
        NaN for places and activities without any speciality, which are left out, and outside the
        largest group where places fall apart into groups that share no activity. NaN for all,
        and a warning, where

        - fewer than two places or activities are left, or all places have the same,
        - another eigenvector explains as much as the second,
        - ECI is unrelated to diversity, which its sign is taken from,
        - the two largest groups are of the same size.

    Notes
    -----
    As the package ``ecomplexity`` 0.5 (population standard deviation; PCI by the ECI's mean and
    deviation), but for what is degenerate: there one place without a speciality makes all NaN,
    groups that share nothing give a direction that rounding chose, and so do equal eigenvalues.
    The package ``economic-complexity`` scales by the sample's standard deviation, PCI by its own,
    and stops reflecting after 20 rounds.

    The eigenvector is found in the symmetric form :math:`D^{-1/2} M U^{-1} M^T D^{-1/2}`, on the
    side that is shorter, after the first, which is known, is taken away.

    Examples
    --------
    >>> two_and_one = complexity_indices(np.array([[1.0, 1.0], [0.0, 1.0]]))
    >>> two_and_one.eci.round(6).tolist(), two_and_one.pci.round(6).tolist()
    ([1.0, -1.0], [3.0, -1.0])
    """
    group = find_largest_group(has)
    if group is None:
        return _undefined(has.shape, NO_LARGEST)
    places, activities = group
    kept = has[places][:, activities]
    if min(kept.shape) < 2:
        return _undefined(has.shape, TOO_FEW)
    explained, pci = _second_vector(kept)
    if explained[0] < SAME:
        return _undefined(has.shape, ALL_SAME)
    if explained[0] - explained[1] < SAME:
        return _undefined(has.shape, TIED)
    diversity = kept.sum(axis=1)
    eci = (kept @ pci) / diversity
    sign = _correlate(diversity, eci)
    if abs(sign) < SAME:
        return _undefined(has.shape, NO_SIGN)
    scale = np.copysign(eci.std(), sign)
    return Indices(
        _spread((eci - eci.mean()) / scale, places),
        _spread((pci - eci.mean()) / scale, activities),
        _spread(pci / scale, activities),
    )


def find_largest_group(has: Matrix) -> tuple[NDArray[np.bool_], NDArray[np.bool_]] | None:
    """
    Find the most places that are held together by activities they share.

    Parameters
    ----------
    has
        Places × activities, 0 or 1.

    Returns
    -------
    places, activities
        Who and what belongs to the group; nobody where nobody has a speciality. None if two
        groups have as many places and as many activities.
    """
    if not has.any():
        return np.zeros(has.shape[0], np.bool_), np.zeros(has.shape[1], np.bool_)
    pairs = csr_array(has)
    _, label = connected_components(block_array([[None, pairs], [pairs.T, None]]), directed=False)
    of_place, of_activity = label[: has.shape[0]], label[has.shape[0] :]
    number = label.max() + 1
    sizes = np.stack([np.bincount(of, minlength=number) for of in (of_place, of_activity)], axis=1)
    real = np.flatnonzero((sizes > 0).all(axis=1))
    ranked = sorted((*sizes[group].tolist(), int(group)) for group in real)
    if len(ranked) > 1 and ranked[-1][:2] == ranked[-2][:2]:
        return None
    return of_place == ranked[-1][2], of_activity == ranked[-1][2]


def _second_vector(kept: Matrix) -> tuple[tuple[float, float], Matrix]:
    """
    Return the second and third eigenvalue, and the second eigenvector as PCI.

    The first is known, 1 with the root of diversity (or of ubiquity), and is taken away.
    """
    diversity, ubiquity = kept.sum(axis=1), kept.sum(axis=0)
    half = kept / np.sqrt(diversity)[:, None]
    half /= np.sqrt(ubiquity)
    tall = half.shape[0] > half.shape[1]
    square = half.T @ half if tall else half @ half.T
    known = np.sqrt((ubiquity if tall else diversity) / kept.sum())
    square -= np.outer(known, known)
    last = len(square) - 1
    found, vectors = eigh(square, subset_by_index=(last - 1, last), overwrite_a=True)
    vector = vectors[:, 1] / known
    pci = vector if tall else (kept.T @ vector) / ubiquity
    return (float(found[1]), float(found[0])), pci


def _correlate(one: Matrix, other: Matrix) -> float:
    one, other = one - one.mean(), other - other.mean()
    size = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / size if size else 0.0


def _spread(of_kept: Matrix, kept: NDArray[np.bool_]) -> Matrix:
    """Put values back to where they belong, NaN elsewhere."""
    values = np.full(len(kept), np.nan)
    values[kept] = of_kept
    return values


def _undefined(shape: tuple[int, ...], why: Text) -> Indices:
    nowhere = np.full(shape[1], np.nan)
    return Indices(np.full(shape[0], np.nan), nowhere, nowhere.copy(), (why,))


def fitness(has: Matrix, *, iterations: int = 20) -> tuple[Matrix, Matrix]:
    r"""
    Return the fitness of places and the complexity of activities (Tacchella et al. 2012).

    .. math::
        F_c^{(n)} = \sum_p M_{cp} Q_p^{(n-1)}, \quad
        Q_p^{(n)} = \frac{1}{\sum_c M_{cp} / F_c^{(n-1)}},

    each divided by its mean after every step, from ones.

    Parameters
    ----------
    has
        Places × activities, 0 or 1.
    iterations
        How many; the ones that it starts from count as the first, as in the R package
        ``economiccomplexity`` 2.0, whose results these are. There is no limit to wait for: on
        many matrices the least fit tend to 0.

    Returns
    -------
    fitness, complexity
        Of places and of activities; 0 for those without any speciality, which are left out.

    Raises
    ------
    UsageError
        If there is no iteration at all.

    Examples
    --------
    >>> fit, complexity = fitness(np.array([[1.0, 1.0], [0.0, 1.0]]), iterations=2)
    >>> fit.round(6).tolist(), complexity.round(6).tolist()
    ([1.333333, 0.666667], [1.333333, 0.666667])
    """
    if iterations < 1:
        raise UsageError(f"{iterations} iterations: at least 1 is needed")
    places, activities = has.any(axis=1), has.any(axis=0)
    of_place, of_activity = np.zeros(has.shape[0]), np.zeros(has.shape[1])
    kept = has[places][:, activities]
    if not kept.size:
        return of_place, of_activity
    fit, complexity = np.ones(kept.shape[0]), np.ones(kept.shape[1])
    for _ in range(iterations - 1):
        fit, complexity = kept @ complexity, 1 / (kept.T @ (1 / fit))
        fit, complexity = fit / fit.mean(), complexity / complexity.mean()
        fit = np.maximum(fit, LEAST_FIT)
    of_place[places], of_activity[activities] = fit, complexity
    return of_place, of_activity
