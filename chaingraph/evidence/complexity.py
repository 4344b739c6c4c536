"""Specialisation and complexity: who is strong in what, and what is near to it.

Rows are places, columns are activities throughout. The formulas are those of the packages
``ecomplexity`` 0.5 (Python) and ``economiccomplexity`` 2.0 (R), whose results these are wherever
theirs are defined; the docstrings say what is done where they differ or leave a case open.

References
----------
- Balassa (1965), Trade Liberalisation and "Revealed" Comparative Advantage, The Manchester
  School 33(2). https://doi.org/10.1111/j.1467-9957.1965.tb00050.x
- Hidalgo, Klinger, Barabási, Hausmann (2007), The Product Space Conditions the Development of
  Nations, Science 317: proximity and density. https://doi.org/10.1126/science.1144581
- Hausmann, Hidalgo et al. (2013), The Atlas of Economic Complexity: outlook index and gain.
  https://growthlab.cid.harvard.edu/atlas-economic-complexity
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chaingraph.errors import UsageError, did_you_mean
from chaingraph.evidence.indices import SAME, complexity_indices, fitness
from chaingraph.evidence.panel import Matrix, Panel
from chaingraph.figures import Text

FEW_PLACES, FEW_ACTIVITIES = 20, 20
"""With fewer, an index by eigenvectors says little: a judgement, told as a warning."""

FEW_COUNTED = 10
"""Of a place that counts fewer things in all, quotients are chance: a judgement, told likewise."""

NAMED = 3
"""How many places a warning names."""

COLUMNS = (
    "place", "activity", "lq", "present", "density", "distance", "cog", "diversity", "ubiquity",
    "eci", "pci", "coi", "fitness", "complexity",
)  # fmt: skip
"""The columns of `Complexity.to_records`."""

PLACE_COLUMNS = ("place", "diversity", "eci", "fitness", "coi")
"""The columns of `Complexity.places_records`."""

ACTIVITY_COLUMNS = ("activity", "ubiquity", "pci", "complexity")
"""The columns of `Complexity.activities_records`."""


def location_quotient(values: Matrix) -> Matrix:
    r"""
    Return how specialised places are (LQ, RCA; Balassa 1965).

    .. math:: LQ_{cp} = \frac{X_{cp} / \sum_p X_{cp}}{\sum_c X_{cp} / \sum_{cp} X_{cp}}

    Parameters
    ----------
    values
        Places × activities, at least 0.

    Returns
    -------
    quotients
        Places × activities; 1 is the average. 0 in an empty place, and for an activity that
        nobody has.

    Examples
    --------
    >>> location_quotient(np.array([[3.0, 1.0], [1.0, 3.0]])).tolist()
    [[1.5, 0.5], [0.5, 1.5]]
    """
    of_place = _divide(values, values.sum(axis=1, keepdims=True))
    of_all = _divide(values.sum(axis=0), values.sum())
    return _divide(of_place, of_all)


def presence(quotients: Matrix, threshold: float = 1.0) -> Matrix:
    """
    Return which place has which activity as a speciality: 1 where LQ ≥ threshold, else 0.

    Nothing is a speciality of a place that has none of it, whatever the threshold. What misses
    it by rounding (a billionth) reaches it, so that ties hang neither on the unit nor on the
    order of places; in ``ecomplexity`` they do, unless the values are whole numbers.

    Examples
    --------
    >>> presence(np.array([[1.5, 1.0, 0.9, 0.0]])).tolist()
    [[1.0, 1.0, 0.0, 0.0]]
    """
    return ((quotients >= threshold * (1 - SAME)) & (quotients > 0)).astype(np.float64)


def proximity(has: Matrix, *, diagonal: float = 1.0) -> Matrix:
    r"""
    Return how often two activities are found together: the smaller conditional probability.

    .. math:: \varphi_{pq} = \frac{\sum_c M_{cp} M_{cq}}{\max(k_p, k_q)}

    Parameters
    ----------
    has
        Places × activities, 0 or 1.
    diagonal
        What stands for an activity and itself: 1 as in ``ecomplexity``, 0 as in Datawheel's
        ``economic-complexity``. It matters most for small portfolios.

    Returns
    -------
    proximities
        Activities × activities, symmetric, in [0, 1]; 0 where nobody has one of them.

    Examples
    --------
    >>> proximity(np.array([[1.0, 1.0], [0.0, 1.0]])).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    ubiquity = has.sum(axis=0)
    near = has.T @ has
    near /= np.maximum(np.maximum.outer(ubiquity, ubiquity), 1)
    np.fill_diagonal(near, np.where(ubiquity > 0, diagonal, 0.0))
    return near


def density(has: Matrix, near: Matrix) -> Matrix:
    r"""
    Return how much of an activity's neighbourhood a place has (relatedness).

    .. math:: \omega_{cp} = \frac{\sum_q M_{cq} \varphi_{pq}}{\sum_q \varphi_{pq}}

    Parameters
    ----------
    has
        Places × activities, 0 or 1.
    near
        Activities × activities, as `proximity` returns it.

    Returns
    -------
    densities
        Places × activities, in [0, 1]; 0 for an activity without neighbours. Distance is
        1 − density.

    Notes
    -----
    All neighbours count. The k nearest of ``ecomplexity`` (``knn``) are not offered: version 0.5
    computes their weighted sum and then returns how many of them are there.

    Examples
    --------
    >>> has = np.array([[1.0, 1.0], [0.0, 1.0]])
    >>> density(has, proximity(has)).round(6).tolist()
    [[1.0, 1.0], [0.333333, 0.666667]]
    """
    dense = _divide(has @ near, np.broadcast_to(near.sum(axis=0), has.shape))
    return np.minimum(dense, 1, out=dense)


def outlook_index(has: Matrix, densities: Matrix, raw_pci: Matrix) -> Matrix:
    r"""
    Return how near places are to complex activities that they lack (COI), as z-scores.

    .. math:: COI_c = \sum_p \omega_{cp} (1 - M_{cp}) PCI_p

    Parameters
    ----------
    has, densities
        Places × activities.
    raw_pci
        PCI before the ECI's mean is taken away, as in ``ecomplexity``; NaN is left out.

    Returns
    -------
    outlook
        Of each place, mean 0 and standard deviation 1; 0 where all are equal. NaN for a place
        that has no activity with a PCI.
    """
    known = np.isfinite(raw_pci)
    judged = (has @ known) > 0
    outlook = np.where(judged, (densities * (1 - has)) @ np.where(known, raw_pci, 0), np.nan)
    if not judged.any():
        return outlook
    middle, spread = outlook[judged].mean(), outlook[judged].std()
    equal = spread <= SAME * np.abs(outlook[judged]).max()
    return np.asarray((outlook - middle) / (np.inf if equal else spread))


def outlook_gain(has: Matrix, near: Matrix, raw_pci: Matrix) -> Matrix:
    r"""
    Return what an absent activity would add to a place's outlook (COG).

    .. math::
        COG_{cp} = (1 - M_{cp}) \sum_q (1 - M_{cq}) \frac{\varphi_{qp}}{\sum_r \varphi_{qr}} PCI_q

    Parameters
    ----------
    has
        Places × activities, 0 or 1.
    near
        Activities × activities, as `proximity` returns it.
    raw_pci
        As for `outlook_index`.

    Returns
    -------
    gains
        Places × activities, in standard deviations of the ECI; 0 for what is there, NaN for an
        activity without a PCI.

    Notes
    -----
    As ``ecomplexity`` has it. Datawheel's ``opportunity_gain`` divides by the neighbours of p
    instead of those of q, and takes away :math:`\omega_{cp} PCI_p`, which the outlook loses once
    p is there.
    """
    known = np.isfinite(raw_pci)
    lacks = 1 - has
    weights = _divide(np.where(known, raw_pci, 0), near.sum(axis=1))
    gains = (lacks * weights) @ near
    gains *= lacks
    gains[:, ~known] = np.nan
    return np.asarray(gains + 0.0)  # never -0


@dataclasses.dataclass(frozen=True)
class Complexity:
    """All indices of a panel, with the names of its places and activities."""

    places: tuple[str, ...]
    """Names of the places, in the order of the arrays."""
    activities: tuple[str, ...]
    """Names of the activities, in the order of the arrays."""
    lq: Matrix
    """Location quotients, places × activities."""
    has: Matrix
    """Specialities (LQ ≥ threshold), places × activities, 0 or 1."""
    proximity: Matrix
    """Activities × activities, in [0, 1]."""
    density: Matrix
    """Places × activities, in [0, 1]."""
    eci: Matrix
    """Economic complexity of places."""
    pci: Matrix
    """Complexity of activities."""
    fitness: Matrix
    """Fitness of places."""
    activity_complexity: Matrix
    """Complexity of activities that goes with fitness."""
    coi: Matrix
    """Complexity outlook of places."""
    cog: Matrix
    """Complexity outlook gain, places × activities."""
    warnings: tuple[Text, ...] = ()
    """What makes the indices doubtful, or why there are none."""

    @property
    def diversity(self) -> Matrix:
        """How many specialities each place has."""
        return np.asarray(self.has.sum(axis=1))

    @property
    def ubiquity(self) -> Matrix:
        """How many places have each activity as a speciality."""
        return np.asarray(self.has.sum(axis=0))

    def to_records(self, place: str | None = None) -> list[dict[str, Any]]:
        """
        Return one row for each place and activity, or for each activity of one place.

        Raises
        ------
        UsageError
            If there is no such place.
        """
        self._check_place(place)
        of_activity = self.activities_records()
        return [
            _order({**head, **of, **cell})
            for at, head in enumerate(self.places_records())
            if place in {None, head["place"]}
            for of, cell in zip(of_activity, self._cells(at), strict=True)
        ]

    def places_records(self, place: str | None = None) -> list[dict[str, Any]]:
        """
        Return one row for each place, or that of one.

        Raises
        ------
        UsageError
            If there is no such place.
        """
        self._check_place(place)
        diversity = self.diversity.astype(int)
        columns = (self.places, diversity, self.eci, self.fitness, self.coi)
        return [row for row in _rows(PLACE_COLUMNS, columns) if place in {None, row["place"]}]

    def _check_place(self, place: str | None) -> None:
        if place is not None and place not in self.places:
            hint = did_you_mean(place, self.places)[0]
            raise UsageError(f"the panel has no place {place!r}{hint}")

    def activities_records(self) -> list[dict[str, Any]]:
        """Return one row for each activity."""
        ubiquity = self.ubiquity.astype(int)
        columns = (self.activities, ubiquity, self.pci, self.activity_complexity)
        return list(_rows(ACTIVITY_COLUMNS, columns))

    def _cells(self, at: int) -> Iterator[dict[str, Any]]:
        """What is told of each activity of one place."""
        dense = self.density[at]
        columns = (self.lq[at], self.has[at] > 0, dense, 1 - dense, self.cog[at])
        return _rows(("lq", "present", "density", "distance", "cog"), columns)


def analyse_panel(
    panel: Panel, *, threshold: float = 1.0, diagonal: float = 1.0, iterations: int = 20
) -> Complexity:
    """
    Compute all indices of a panel.

    Parameters
    ----------
    panel
        How much of each activity each place has.
    threshold
        The location quotient from which on an activity is a speciality.
    diagonal
        As for `proximity`, in [0, 1].
    iterations
        As for `fitness`.

    Returns
    -------
    complexity
        All of it. Places and activities without any value keep their place, with zeros, and NaN
        for what rests on ECI and PCI.

    Raises
    ------
    UsageError
        If an option is out of its range.

    Examples
    --------
    >>> from chaingraph.evidence.panel import make_panel
    >>> firms = {("A", "glass"): 6, ("A", "silicon"): 3, ("B", "glass"): 4, ("C", "silicon"): 1}
    >>> found = analyse_panel(make_panel(firms))
    >>> found.has.tolist()
    [[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]
    >>> found.to_records("B")[0]["lq"]
    1.4
    """
    if not 0 < threshold < math.inf:
        raise UsageError(f"a threshold of {threshold}: a number above 0 is needed")
    if not 0 <= diagonal <= 1:
        raise UsageError(f"a diagonal of {diagonal}: a number from 0 to 1 is needed")
    lq = location_quotient(panel.values)
    has = presence(lq, threshold)
    near = proximity(has, diagonal=diagonal)
    dense = density(has, near)
    indices = complexity_indices(has)
    fit, complexity = fitness(has, iterations=iterations)
    return Complexity(
        places=panel.places,
        activities=panel.activities,
        lq=lq,
        has=has,
        proximity=near,
        density=dense,
        eci=indices.eci,
        pci=indices.pci,
        fitness=fit,
        activity_complexity=complexity,
        coi=outlook_index(has, dense, indices.raw_pci),
        cog=outlook_gain(has, near, indices.raw_pci),
        warnings=(*_find_doubts(panel, has, indices.eci), *indices.warnings),
    )


def _find_doubts(panel: Panel, has: Matrix, eci: Matrix) -> Iterator[Text]:
    """Tell what makes the indices of a panel doubtful."""
    places, activities = int(has.any(axis=1).sum()), int(has.any(axis=0).sum())
    if places < FEW_PLACES or activities < FEW_ACTIVITIES:
        yield Text(
            zh=f"有专长的只有 {places} 个地区、{activities} 个产业：样本太少，"
            "ECI、PCI 和由此得出的指数没有意义",
            en=f"only {places} places and {activities} activities have a speciality: with so few, "
            "ECI, PCI and what rests on them mean nothing",
        )
    few = panel.values.any(axis=1)
    few &= np.minimum(panel.values, FEW_COUNTED).sum(axis=1) < FEW_COUNTED
    if few.any() and (panel.values == np.floor(panel.values)).all():
        zh, en = _name_places(panel.places, few)
        yield Text(
            zh=f"{zh}总数不足 {FEW_COUNTED}：区位商多半出于偶然",
            en=f"{en}: fewer than {FEW_COUNTED} in all, so that quotients are mostly chance",
        )
    apart = has.any(axis=1) & np.isnan(eci)
    if apart.any() and not apart[has.any(axis=1)].all():
        zh, en = _name_places(panel.places, apart)
        yield Text(
            zh=f"{zh}与其余地区没有共同的专长：不给出 ECI，其余地区单独计算",
            en=f"{en}: no speciality in common with the others, which are compared without; no ECI",
        )


def _name_places(names: Sequence[str], which: NDArray[np.bool_]) -> tuple[str, str]:
    """Name some places in both languages, and tell how many there are."""
    found = [name for name, named in zip(names, which, strict=True) if named]
    more = len(found) > NAMED
    return (
        "、".join(found[:NAMED]) + (f"等 {len(found)} 个地区" if more else ""),
        ", ".join(found[:NAMED]) + (f" and {len(found) - NAMED} more" if more else ""),
    )


def _rows(names: Sequence[str], columns: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Turn columns into rows of plain values; what is undefined is None."""
    lists = [_plain(column) for column in columns]
    return (dict(zip(names, row, strict=True)) for row in zip(*lists, strict=True))


def _plain(column: Any) -> list[Any]:
    if isinstance(column, tuple):
        return list(column)
    return [None if math.isnan(value) else value for value in column.tolist()]


def _order(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in COLUMNS}


def _divide(above: Matrix, below: Matrix | np.float64) -> Matrix:
    """Divide; what is divided by 0 is 0."""
    return np.divide(above, below, out=np.zeros(np.shape(above)), where=below != 0)
