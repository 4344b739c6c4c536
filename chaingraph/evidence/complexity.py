"""Specialisation and complexity: who is strong in what, and what is near to it.

Rows are places, columns are activities throughout. The formulas are those of Hidalgo and
Hausmann (2009) and of Tacchella et al. (2012) as the packages ``ecomplexity`` (Python) and
``economiccomplexity`` (R) compute them; where the two differ, or leave a case open, the
docstrings say what is done here.

References
----------
- Balassa (1965), Trade Liberalisation and "Revealed" Comparative Advantage.
- Hidalgo, Klinger, Barabási, Hausmann (2007), The Product Space Conditions the Development of
  Nations: proximity and density.
- Hidalgo, Hausmann (2009), The Building Blocks of Economic Complexity: ECI and PCI.
- Tacchella, Cristelli, Caldarelli, Gabrielli, Pietronero (2012), A New Metrics for Countries'
  Fitness and Products' Complexity.
- Hausmann, Hidalgo et al. (2014), The Atlas of Economic Complexity: outlook index and gain.
"""

from __future__ import annotations

import csv
import dataclasses
import gzip
import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from chaingraph.errors import UsageError, did_you_mean

Matrix = NDArray[np.float64]

FEW_PLACES, FEW_ACTIVITIES = 20, 20
"""With fewer, an index by eigenvectors says little: a judgement, told as a warning."""

SAME = 1e-9
"""Eigenvalues nearer than this count as equal."""


@dataclasses.dataclass(frozen=True)
class Panel:
    """How much of each activity each place has."""

    places: tuple[str, ...]
    """Names of the rows, sorted."""
    activities: tuple[str, ...]
    """Names of the columns, sorted."""
    values: Matrix
    """Places × activities: firms, jobs, output; never negative."""


def read_panel(
    path: str | Path,
    *,
    place: str | None = None,
    activity: str | None = None,
    value: str | None = None,
) -> Panel:
    """
    Read a long table of places and activities.

    Parameters
    ----------
    path
        A CSV file with a header, also ``.csv.gz``.
    place, activity, value
        Its columns; the first, second and third if none. Without a third column each row
        counts one. Rows of the same place and activity are added up.

    Returns
    -------
    panel
        Rectangular; what is not in the table is 0.

    Raises
    ------
    UsageError
        If a column is missing, or a value is no number of at least 0; with the line.
    """
    cells: dict[tuple[str, str], float] = {}
    for line, row, at in read_table(path, (place, activity, value), required=2):
        text = row[at[2]].strip() if len(at) > 2 else "1"
        try:
            amount = float(text)
        except ValueError:
            amount = math.nan
        if not 0 <= amount < math.inf:
            raise UsageError(f"{path}:{line}: {text!r} is no number of at least 0")
        key = (row[at[0]].strip(), row[at[1]].strip())
        cells[key] = cells.get(key, 0.0) + amount
    return make_panel(cells)


def make_panel(cells: dict[tuple[str, str], float]) -> Panel:
    """Make a rectangular panel of (place, activity) → value."""
    places = tuple(sorted({place for place, _ in cells}))
    activities = tuple(sorted({activity for _, activity in cells}))
    row = {place: at for at, place in enumerate(places)}
    column = {activity: at for at, activity in enumerate(activities)}
    values = np.zeros((len(places), len(activities)))
    for (place, activity), value in cells.items():
        values[row[place], column[activity]] = value
    return Panel(places, activities, values)


def read_table(
    path: str | Path, asked: Sequence[str | None], *, required: int
) -> list[tuple[int, list[str], list[int]]]:
    """Read a CSV file: of each row its line, its cells, and where the columns asked for are."""
    reader = csv.reader(io.StringIO(_read_text(Path(path))))
    header = [name.strip() for name in next(reader, [])]
    if len(header) < required:
        raise UsageError(f"{path} has {len(header)} columns, at least {required} are needed")
    at = _find_columns(path, header, asked)
    rows = []
    for row in filter(None, reader):
        if len(row) != len(header):
            raise UsageError(
                f"{path}:{reader.line_num}: {len(row)} columns instead of {len(header)}"
            )
        rows.append((reader.line_num, row, at))
    if not rows:
        raise UsageError(f"{path} has no rows")
    return rows


def _read_text(path: Path) -> str:
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    except (OSError, EOFError) as error:
        raise UsageError(
            f"cannot read {path}: {getattr(error, 'strerror', '') or error}"
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 (byte {error.start}): save it as UTF-8") from error


def _find_columns(
    path: str | Path, header: Sequence[str], asked: Sequence[str | None]
) -> list[int]:
    """Tell where the columns asked for are; where none is asked for, they follow their order."""
    at = []
    for number, name in enumerate(asked):
        if name is not None and name not in header:
            hint = did_you_mean(name, header)[0]
            raise UsageError(f"{path} has no column {name!r}{hint}: there are {', '.join(header)}")
        if name is not None:
            at.append(header.index(name))
        elif number < len(header):
            at.append(number)
    return at


# ---------------------------------------------------------------- the indices


def location_quotient(values: Matrix) -> Matrix:
    r"""
    Return how specialised places are (LQ, RCA; Balassa 1965).

    .. math:: LQ_{cp} = \frac{X_{cp} / \sum_p X_{cp}}{\sum_c X_{cp} / \sum_{cp} X_{cp}}

    Parameters
    ----------
    values
        Places × activities.

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
    total = values.sum()
    expected = values.sum(axis=1, keepdims=True) * values.sum(axis=0, keepdims=True)
    return _divide(values * total, expected)


def presence(quotients: Matrix, threshold: float = 1.0) -> Matrix:
    """
    Return which place has which activity as a speciality: 1 where LQ ≥ threshold, else 0.

    Nothing is a speciality of a place that has none of it, whatever the threshold.
    """
    return ((quotients >= threshold) & (quotients > 0)).astype(np.float64)


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
        package. It matters most for small portfolios.

    Returns
    -------
    proximities
        Activities × activities, symmetric, in [0, 1]; 0 where nobody has one of them.
    """
    together = has.T @ has
    ubiquity = has.sum(axis=0)
    near = _divide(together, np.maximum.outer(ubiquity, ubiquity))
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
    """
    return _divide(has @ near, np.broadcast_to(near.sum(axis=0), has.shape))


@dataclasses.dataclass(frozen=True)
class Indices:
    """ECI and PCI on the scale of the ECI's standard deviation."""

    eci: Matrix
    """Of each place, mean 0 and standard deviation 1; NaN without a speciality."""
    pci: Matrix
    """Of each activity, on the same scale: a place's ECI is the mean PCI of what it has."""
    raw_pci: Matrix
    """PCI before the ECI's mean is taken away, which outlook index and gain are made of."""
    warnings: tuple[str, ...] = ()
    """What makes the indices doubtful."""


def complexity_indices(has: Matrix) -> Indices:
    r"""
    Return the economic and product complexity indices (Hidalgo and Hausmann 2009).

    ECI is the second eigenvector of :math:`\sum_p M_{cp} M_{c'p} / (k_c k_p)`, found as that of
    the symmetric form :math:`D^{-1/2} M U^{-1} M^T D^{-1/2}`; its sign is that of its
    correlation with diversity. Both indices are scaled by the ECI's mean and standard deviation.

    Parameters
    ----------
    has
        Places × activities, 0 or 1.

    Returns
    -------
    indices
        NaN for places and activities without any speciality, which are left out. NaN for all
        where fewer than three places or activities are left, where all places have the same,
        or where the second eigenvector is not single; a warning then says so.
    """
    told: list[str] = []
    places, activities = has.sum(axis=1) > 0, has.sum(axis=0) > 0
    none = Indices(
        np.full(has.shape[0], np.nan), np.full(has.shape[1], np.nan), np.full(has.shape[1], np.nan)
    )
    kept = has[places][:, activities]
    if min(kept.shape) < 3:
        return dataclasses.replace(none, warnings=("too few places or activities for ECI",))
    if kept.shape[0] < FEW_PLACES or kept.shape[1] < FEW_ACTIVITIES:
        told.append(
            f"{kept.shape[0]} places and {kept.shape[1]} activities: with so few, ECI, PCI and what "
            "rests on them mean little"
        )
    diversity, ubiquity = kept.sum(axis=1), kept.sum(axis=0)
    half = kept / np.sqrt(diversity)[:, None] / np.sqrt(ubiquity)[None, :]
    found, vectors = _largest(half)
    if found[1] < SAME:
        return dataclasses.replace(
            none, warnings=("all places have the same specialities: ECI is not defined",)
        )
    if found[1] > 1 - SAME:
        told.append("the places fall apart into groups that share nothing: ECI tells groups only")
    if len(found) > 2 and found[1] - found[2] < SAME:
        return dataclasses.replace(
            none, warnings=(*told, "two directions explain the same: ECI is not defined")
        )
    eci = vectors[:, 1] / np.sqrt(diversity)
    pci = (kept.T @ eci) / ubiquity / found[1]
    if _correlate(diversity, eci) < 0:
        eci, pci = -eci, -pci
    scale = eci.std()
    full_eci, full_pci, raw = none.eci.copy(), none.pci.copy(), none.raw_pci.copy()
    full_eci[places] = (eci - eci.mean()) / scale
    full_pci[activities] = (pci - eci.mean()) / scale
    raw[activities] = pci / scale
    return Indices(full_eci, full_pci, raw, tuple(told))


def _largest(half: Matrix) -> tuple[Matrix, Matrix]:
    """The three largest eigenvalues of ``half @ half.T``, largest first, and their vectors."""
    tall = half.shape[0] > half.shape[1]
    square = half.T @ half if tall else half @ half.T
    last = square.shape[0] - 1
    found, vectors = eigh(square, subset_by_index=(last - 2, last))
    found, vectors = found[::-1], vectors[:, ::-1]
    if tall:
        vectors = _divide(half @ vectors, np.sqrt(np.maximum(found, 0))[None, :])
    return found, vectors


def _correlate(one: Matrix, other: Matrix) -> float:
    one, other = one - one.mean(), other - other.mean()
    return float(one @ other)


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
        How many; the ones that it starts from count as the first, as in ``economiccomplexity``.
        There is no limit to wait for: on many matrices the least fit tend to 0.

    Returns
    -------
    fitness, complexity
        Of places and of activities; 0 for those without any speciality, which are left out.
    """
    places, activities = has.sum(axis=1) > 0, has.sum(axis=0) > 0
    kept = has[places][:, activities]
    of_place, of_activity = np.zeros(has.shape[0]), np.zeros(has.shape[1])
    if not kept.size:
        return of_place, of_activity
    fit, complexity = np.ones(kept.shape[0]), np.ones(kept.shape[1])
    for _ in range(iterations - 1):
        fit, complexity = kept @ complexity, 1 / (kept.T @ (1 / fit))
        fit, complexity = fit / fit.mean(), complexity / complexity.mean()
    of_place[places], of_activity[activities] = fit, complexity
    return of_place, of_activity


def outlook_index(has: Matrix, densities: Matrix, raw_pci: Matrix) -> Matrix:
    r"""
    Return how near places are to complex activities that they lack (COI), as z-scores.

    .. math:: COI_c = \sum_p \omega_{cp} (1 - M_{cp}) PCI_p

    with PCI before its mean is taken away, as ``ecomplexity`` has it.
    """
    outlook = (densities * (1 - has)) @ np.nan_to_num(raw_pci)
    spread = outlook.std()
    return (outlook - outlook.mean()) / spread if spread > 0 else np.zeros_like(outlook)


def outlook_gain(has: Matrix, near: Matrix, raw_pci: Matrix) -> Matrix:
    r"""
    Return what an absent activity would add to a place's outlook (COG).

    .. math::
        COG_{cp} = (1 - M_{cp}) \sum_q (1 - M_{cq}) \frac{\varphi_{qp}}{\sum_r \varphi_{qr}} PCI_q

    Returns
    -------
    gains
        Places × activities; 0 for what is there.
    """
    lacks = 1 - has
    weighted = near * _divide(np.nan_to_num(raw_pci), near.sum(axis=1))[:, None]
    return np.asarray(lacks * (lacks @ weighted))


# --------------------------------------------------------------------- the whole


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
    """Specialities (LQ ≥ 1), places × activities, 0 or 1."""
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
    warnings: tuple[str, ...] = ()
    """What makes the indices doubtful."""

    @property
    def diversity(self) -> Matrix:
        """How many specialities each place has."""
        return np.asarray(self.has.sum(axis=1))

    @property
    def ubiquity(self) -> Matrix:
        """How many places have each activity as a speciality."""
        return np.asarray(self.has.sum(axis=0))

    def to_records(self) -> list[dict[str, Any]]:
        """Return one row for each place and activity."""
        return [
            {
                "place": place,
                "activity": activity,
                "lq": float(self.lq[c, p]),
                "present": bool(self.has[c, p]),
                "density": float(self.density[c, p]),
                "distance": float(1 - self.density[c, p]),
                "cog": float(self.cog[c, p]),
                "diversity": int(self.diversity[c]),
                "ubiquity": int(self.ubiquity[p]),
                "eci": _number(self.eci[c]),
                "pci": _number(self.pci[p]),
                "coi": _number(self.coi[c]),
                "fitness": float(self.fitness[c]),
                "complexity": float(self.activity_complexity[p]),
            }
            for c, place in enumerate(self.places)
            for p, activity in enumerate(self.activities)
        ]


COLUMNS = (
    "place", "activity", "lq", "present", "density", "distance", "cog", "diversity", "ubiquity",
    "eci", "pci", "coi", "fitness", "complexity",
)  # fmt: skip
"""The columns of `Complexity.to_records`."""


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
        As for `proximity`.
    iterations
        As for `fitness`.

    Returns
    -------
    complexity
        All of it. Places and activities without any value keep their place, with zeros, and NaN
        for ECI and PCI.
    """
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
        warnings=indices.warnings,
    )


def _divide(above: Matrix, below: Matrix) -> Matrix:
    """Divide; what is divided by 0 is 0."""
    return np.divide(above, below, out=np.zeros(np.shape(above)), where=np.asarray(below) != 0)


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
