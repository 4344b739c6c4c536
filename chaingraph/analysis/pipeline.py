"""How much of what is signed or under construction can be expected to come.

Each project counts with the share of projects of its stage and age that operate.  The
table is the atlas's own; where the atlas has none it is the published cohort of the
Lanzhou trade fair: of the projects signed, 25.17 % were completed after about 12
months and 36.69 % after about 26; of those started, 32.63 and 44.22 %
(http://ytjhdl.cn/xy/zs/363899.html, 2015-09-29).  Between two ages the share is
interpolated, before the first it rises from nothing, after the last it stays.
"""

from __future__ import annotations

import dataclasses
import datetime
import math
from typing import cast

import numpy as np

from chaingraph.analysis.network import unit_consumption
from chaingraph.analysis.scene import Scene
from chaingraph.analysis.state import Maker, counted_amounts, overlap
from chaingraph.figures import last_day
from chaingraph.model import Atlas, Milestone, State
from chaingraph.settings import Pipeline

DAYS_A_MONTH = 365.25 / 12


@dataclasses.dataclass(frozen=True)
class Coming:
    """One project on its way, and how far it can be counted on."""

    project: str
    state: State
    months: float
    """Since signing; since the first milestone known after it, where that date is not known."""
    share: float
    """The share of projects like it that operate."""
    amount: float | None
    """What it will make a year, in the product's unit; None where not known."""


@dataclasses.dataclass(frozen=True)
class Fill:
    """What is on its way of one product."""

    coming: tuple[Coming, ...]

    @property
    def whole(self) -> float | None:
        """If all of it comes; None where no project has a figure."""
        known = [each.amount for each in self.coming if each.amount is not None]
        return sum(known) if known else None

    @property
    def is_partial(self) -> bool:
        """Whether some of it has no figure."""
        return any(each.amount is None for each in self.coming)

    @property
    def expected(self) -> float | None:
        """What can be expected of it: the sum of amount times share."""
        known = [each for each in self.coming if each.amount is not None]
        return sum((each.amount or 0) * each.share for each in known) if known else None


def expected_share(pipeline: Pipeline, state: State, months: float) -> float:
    """
    Return the share of projects of a stage and age that operate.

    Parameters
    ----------
    pipeline
        The table of an atlas.
    state
        `signed` or `building`.
    months
        Months since signing.

    Returns
    -------
    share
        From 0 to 1.

    Examples
    --------
    >>> round(expected_share(Pipeline(), "signed", 12), 4)
    0.2517
    >>> round(expected_share(Pipeline(), "signed", 6), 4)
    0.1258
    >>> expected_share(Pipeline(), "building", 60)
    0.4422
    """
    odds = pipeline.building if state == "building" else pipeline.signed
    ages = [0.0, *(each.months for each in odds)]
    shares = [0.0, *(each.share for each in odds)]
    if ages[1] == 0:
        ages, shares = ages[1:], shares[1:]
    return float(np.interp(months, ages, shares))


def find_fill(scene: Scene, product: str, day: datetime.date) -> Fill:
    """
    List what is on its way of a product, beyond what the scene counts as here.

    Parameters
    ----------
    scene
        What is here.
    product
        The product.
    day
        The day from which ages are counted.

    Returns
    -------
    fill
        One entry a project, by-products included; of two that are in part the same, the larger
        has the amount, less what of it is here.
    """
    coming = _find_makers(scene, product, day)
    for parent in scene.comes_with[product]:
        coming += _find_byproduct(scene, parent, product, day)
    return Fill(tuple(coming))


def _find_makers(scene: Scene, product: str, day: datetime.date) -> list[Coming]:
    """Return the projects that will make a product, beyond what of them is here already."""
    state = scene.states[product]
    ahead = [maker for maker in state.makers if maker.state not in scene.counted]
    amounts = counted_amounts(scene.atlas, state, {maker.state for maker in ahead})
    here = scene.amounts(product)
    for id in amounts:
        same = sum(each for other, each in here.items() if overlap(scene.atlas, id, other))
        amounts[id] = max(0.0, amounts[id] - same)
    return [_coming(scene.atlas, maker, day, amounts.get(maker.id)) for maker in ahead]


def _find_byproduct(scene: Scene, parent: str, product: str, day: datetime.date) -> list[Coming]:
    """Return the projects that will bring a product beside another."""
    ahead = {each.project: each for each in _find_makers(scene, parent, day)}
    found = []
    for maker in scene.states[parent].makers:
        for route in scene.routes_of(maker)[:1] if maker.id in ahead else []:
            if product in route.byproducts:
                facts, flow = scene.atlas.products[parent], route.byproducts[product]
                per = unit_consumption(scene.atlas, facts, product, flow)
                made = ahead[maker.id].amount
                amount = None if made is None or math.isnan(per) else made * per
                found.append(dataclasses.replace(ahead[maker.id], amount=amount))
    return found


def _coming(atlas: Atlas, maker: Maker, day: datetime.date, amount: float | None) -> Coming:
    months = _age(atlas, maker.id, day)
    share = expected_share(atlas.pipeline, maker.state, months)
    return Coming(maker.id, maker.state, months, share, amount)


def _age(atlas: Atlas, project: str, day: datetime.date) -> float:
    milestones = atlas.projects[project].milestones
    order = cast("tuple[Milestone, ...]", ("signed", "started", "building"))
    first = next((milestones[name] for name in order if name in milestones), None)
    if first is None:
        return 0.0
    return max(0.0, (day - last_day(first)).days / DAYS_A_MONTH)
