r"""What makes an activity arrive at a place: a few numbers, each with a name and a meaning.

All are logarithms, so that they add up to one of how many times as fast as usual. Only what was there before a day is looked at. How strongly
a driver counts is learned (`chaingraph.evidence.hazard`) from where it starts, its *prior*:
arrivals come in proportion to the pace of the place and the momentum of the activity,
:math:`\lambda_{cp} \propto \lambda_c \lambda_p`, unless the data say otherwise.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from chaingraph.evidence.arrivals import Entries, Link
from chaingraph.evidence.fields import find_kin
from chaingraph.evidence.panel import Matrix

RECENT, LASTING = 4.0, 8.0
"""After so many years an arrival counts half: for pace and momentum, for what is at home here."""

LATELY, BEFORE = 3.0, 12.0
"""Half-lives whose ratio tells the trend of a field."""


@dataclasses.dataclass(frozen=True)
class Driver:
    """One reason why an activity arrives."""

    name: str
    """In records."""
    prior: float
    """Its weight before anything is learned; found on one panel of 1990 to 2017."""
    en: str
    """What it says of a place and an activity, in English."""
    zh: str
    """The same in Chinese."""


DRIVERS = (
    Driver("pace", 1.0, "how much has arrived at the place lately", "本地近年新增的多少"),
    Driver("momentum", 1.0, "how much the activity grows everywhere", "该行业近年扩张的快慢"),
    Driver("trend", 0.75, "whether its field has been growing of late", "所在领域近年是升是降"),
    Driver("spread", 0.5, "whether it spreads over places or clusters", "该行业是分散还是集聚"),
    Driver(
        "kin", 0.5, "whether activities of its field are at home here", "同领域行业在本地的基础"
    ),
    Driver("peers", 0.5, "whether similar places get it", "相似地区是否正在引入"),
    Driver("relatedness", 0.0, "whether what it is found with is here", "常共处的行业在本地的多少"),
    Driver(
        "group", 0.5, "whether activities of its group are at home here", "同组行业在本地的基础"
    ),
    Driver("links", 0.0, "whether its suppliers and users are here", "上下游行业在本地的多少"),
)
"""All drivers; the last two only where groups and links are given."""

LOCAL = ("kin", "peers", "relatedness", "group", "links")
"""The drivers that speak of a place and an activity together; the others are the same for all
activities of a place, or for all places."""


@dataclasses.dataclass(frozen=True)
class Nearness:
    """How near activities are to one another; does not change with time."""

    kin: Matrix
    """Activities × activities: of one field, 0 or 1."""
    grouped: Matrix
    """Activities × activities: of one group, 0 or 1."""
    linked: Matrix
    """Activities × activities: one supplies the other, 0 or 1."""

    @property
    def drivers(self) -> tuple[Driver, ...]:
        """The drivers that can be measured."""
        asked = {"group": self.grouped.any(), "links": self.linked.any()}
        return tuple(driver for driver in DRIVERS if asked.get(driver.name, True))


def find_nearness(
    activities: Sequence[str], *, links: Sequence[Link] = (), groups: Sequence[Link] = ()
) -> Nearness:
    """
    Return how near activities are, by their names, the links between them, and their groups.

    Parameters
    ----------
    activities
        Their names.
    links
        Pairs of supplier and user; names that are no activities are passed over.
    groups
        Pairs of activity and group, such as a class of a classification.

    Returns
    -------
    near
        All symmetric; no activity is near to itself.

    Examples
    --------
    >>> near = find_nearness(["a", "b"], links=[("a", "b"), ("b", "x")], groups=[("a", "class")])
    >>> near.linked.tolist(), near.grouped.tolist()
    ([[0.0, 1.0], [1.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]])
    """
    number = {name: at for at, name in enumerate(activities)}
    linked, grouped = np.zeros((2, len(activities), len(activities)))
    for source, to in links:
        if source in number and to in number:
            linked[number[source], number[to]] = linked[number[to], number[source]] = 1
    members: dict[str, set[int]] = {}
    for activity, group in groups:
        if activity in number:
            members.setdefault(group, set()).add(number[activity])
    for one in members.values():
        grouped[np.ix_(sorted(one), sorted(one))] = 1
    np.fill_diagonal(linked, 0)
    np.fill_diagonal(grouped, 0)
    return Nearness(find_kin(activities), grouped, linked)


def measure_drivers(entries: Entries, day: int, near: Nearness) -> Matrix:
    r"""
    Measure all drivers on a day.

    With arrivals :math:`R` of half-life `RECENT`, :math:`L` of half-life `LASTING`, all
    arrivals :math:`N` and presence :math:`M` (1 where :math:`N > 0`):

    - pace :math:`\ln(1 + \sum_p R_{cp})`, momentum :math:`\ln(2 + \sum_c R_{cp})`;
    - trend :math:`\ln \frac{1 + \sum_q F_q}{1 + \sum_q B_q}`: arrivals in its field, itself
      included, with the half-lives `LATELY` (:math:`F`) and `BEFORE` (:math:`B`);
    - spread :math:`\ln \frac{1 + \sum_c M_{cp}}{1 + \sum_c N_{cp}}`: places a firm;
    - kin, group, links and relatedness: `compare` of :math:`L K` (of :math:`M S` for relatedness,
      :math:`S` the cosine of columns of :math:`M`) with what the size of the place would
      give, the whole country's mix at hand;
    - peers: `compare` of :math:`Q R`, :math:`Q` the cosine of rows of :math:`\ln(1 + N)`,
      with what all places have on average.

    Parameters
    ----------
    entries
        Arrivals; those from that day on are not looked at.
    day
        The day.
    near
        How near activities are.

    Returns
    -------
    values
        Drivers × places × activities.
    """
    all_, recent = entries.count(day), entries.count(day, RECENT)
    lasting, has = entries.count(day, LASTING), (all_ > 0).astype(np.float64)
    ones = np.ones(entries.shape)
    values = [
        np.log(1 + recent.sum(axis=1))[:, None] * ones,
        np.log(2 + recent.sum(axis=0)) * ones,
        _trend(entries, day, near) * ones,
        np.log((1 + has.sum(axis=0)) / (1 + all_.sum(axis=0))) * ones,
        _neighbours(lasting, near.kin, 3.0),
        _peers(all_, recent),
        _neighbours(has, cosine(has), 0.3),
    ]
    values += [_neighbours(lasting, one, 1.0) for one in (near.grouped, near.linked) if one.any()]
    return np.stack(values)


def cosine(values: Matrix) -> Matrix:
    """
    Return the cosine of each pair of columns; 0 for empty ones, and of itself.

    Examples
    --------
    >>> cosine(np.array([[1.0, 1.0, 0.0], [1.0, 0.0, 0.0]])).round(3).tolist()
    [[0.0, 0.707, 0.0], [0.707, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    length = np.linalg.norm(values, axis=0)
    unit = values / np.where(length > 0, length, 1)
    found = unit.T @ unit
    np.fill_diagonal(found, 0)
    return np.asarray(found)


def compare(observed: Matrix, expected: Matrix, doubt: float) -> Matrix:
    r"""Return :math:`\ln \frac{o + d}{e + d}`: how many times as much, in doubt as much."""
    return np.asarray(np.log((observed + doubt) / (expected + doubt)))


def _trend(entries: Entries, day: int, near: Nearness) -> Matrix:
    """How much has arrived lately in the field of each activity, by what arrived before."""
    field = near.kin + np.eye(len(near.kin))
    lately, before = (entries.count(day, each).sum(axis=0) @ field for each in (LATELY, BEFORE))
    return compare(lately, before, 1.0)


def _neighbours(amounts: Matrix, near: Matrix, doubt: float) -> Matrix:
    """How much of the neighbours of an activity is here, for a place of this size."""
    share = amounts.sum(axis=1) / max(amounts.sum(), 1e-300)
    return compare(amounts @ near, np.outer(share, amounts.sum(axis=0) @ near), doubt)


def _peers(all_: Matrix, recent: Matrix) -> Matrix:
    """How much of an activity the places have that are like this one."""
    like = cosine(np.log1p(all_).T)
    known = max(np.count_nonzero(all_.sum(axis=1)), 1)
    return compare(like @ recent, np.outer(like.sum(axis=1), recent.sum(axis=0)) / known, 0.1)
