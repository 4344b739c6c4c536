"""What if this lands?  An atlas with landings in it, and what they change.

The local sourcing rate (本地配套率) of a chain is the share of what its makers here need
that is made here.  Amounts of different units cannot be added, so that it is told
twice: by volume over the inputs counted in mass, and by number over all critical inputs.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from chaingraph.analysis.gaps import Gap, judge
from chaingraph.analysis.survey import Survey, make_survey
from chaingraph.analysis.trace import find_product
from chaingraph.analysis.unlock import find_feasible_in, find_shippable
from chaingraph.errors import NotFoundError, UsageError, did_you_mean, find_near
from chaingraph.figures import Figure, Text, last_day
from chaingraph.model import Atlas, Enterprise, Output, View
from chaingraph.units import QUANTITY, convert


@dataclasses.dataclass(frozen=True)
class Landing:
    """Something that is taken to run."""

    product: str | None = None
    """An id, name or alias; None if a project of the atlas lands."""
    capacity: float | None = None
    """Units of the product a year; None if not known."""
    route: str | None = None
    """The product's first if none."""
    project: str | None = None
    """The id of a project, with all that it will make."""


@dataclasses.dataclass(frozen=True)
class Sourcing:
    """How much of what the makers of a chain need is made here."""

    chain: str
    by_volume: float | None
    """Over the inputs counted in mass, with figures; None if there are none."""
    by_number: float | None
    """Share of the critical inputs that are here; None if there are none."""


@dataclasses.dataclass(frozen=True)
class Change:
    """A gap before and after."""

    product: str
    name: Text
    before: Gap | None
    after: Gap | None

    @property
    def change(self) -> str:
        """
        How the gap changes.

        `closed`; `opened` if something here now lacks it and nothing did before; or
        `changed`, as what is made now, though by one firm only or too little.
        """
        if self.after is None:
            return "closed"
        if self.before is None:
            return "opened"
        was_felt = self.before.kind in ("broken", "weak")
        return "opened" if self.after.kind == "broken" and not was_felt else "changed"

    def to_record(self, lang: str = "zh") -> dict[str, Any]:
        """Return the change as plain values."""
        return {
            "product": self.product,
            "name": self.name.text(lang),
            "change": self.change,
            "kind_before": self.before and self.before.kind,
            "kind_after": self.after and self.after.kind,
            "shortfall_before": self.before and self.before.shortfall,
            "shortfall_after": self.after and self.after.shortfall,
            "why": (self.after or self.before).why.text(lang),  # type: ignore[union-attr]
        }


CHANGE_COLUMNS = (
    "product", "name", "change", "kind_before", "kind_after", "shortfall_before",
    "shortfall_after", "why",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class WhatIf:
    """What some landings change."""

    closed: tuple[Change, ...]
    """Gaps that are none any more."""
    opened: tuple[Change, ...]
    """What something here lacks only now, such as the inputs of what lands."""
    changed: tuple[Change, ...]
    """Gaps of another kind or size."""
    feasible: tuple[str, ...]
    """Products that come into reach, beyond those that land."""
    before: tuple[Sourcing, ...]
    """By chain, in the order of the atlas."""
    after: tuple[Sourcing, ...]

    def to_record(self, lang: str = "zh") -> dict[str, Any]:
        """Return it as plain values: gaps, what comes into reach, local sourcing by chain."""
        changes = (*self.closed, *self.opened, *self.changed)
        return {
            "changes": [change.to_record(lang) for change in changes],
            "feasible": list(self.feasible),
            "sourcing": [
                {
                    "chain": before.chain,
                    "by_volume_before": before.by_volume,
                    "by_volume_after": after.by_volume,
                    "by_number_before": before.by_number,
                    "by_number_after": after.by_number,
                }
                for before, after in zip(self.before, self.after, strict=True)
            ],
        }


def land(
    atlas: Atlas,
    product: str | None = None,
    capacity: float | None = None,
    route: str | None = None,
    *,
    project: str | None = None,
    as_of: str | datetime.date | None = None,
) -> Atlas:
    """
    Return an atlas in which something more runs; the old one stays as it is.

    Parameters
    ----------
    atlas
        The atlas.
    product
        An id, name or alias of what a new plant makes.
    capacity
        Units of it a year.
    route
        How it makes it; the product's first route if none.
    project
        Instead: the id of a project of the atlas, which then operates.
    as_of
        Since when; the atlas's own day if none.

    Raises
    ------
    UsageError
        If there is no such product, route or project, or the capacity is not above zero.
    """
    day = atlas.date(as_of).isoformat()
    if (product is None) == (project is None):
        raise UsageError("say either which product lands or which project")
    if project is not None:
        return _land_project(atlas, project, day)
    id = find_product(atlas, product or "")
    if capacity is not None and not 0 < capacity < float("inf"):
        raise UsageError(f"the capacity of {id} is {capacity}: it must be more than zero")
    known = [each.id for each in atlas.products[id].all_routes]
    if route is not None and route not in known:
        raise UsageError(f"{id!r} has no route {route!r}{did_you_mean(route, known)[0]}")
    amount = None if capacity is None else Figure(value=float(capacity))
    name = atlas.products[id].name
    plant = Enterprise(
        name=Text(zh=f"假设落地：{name.text('zh')}", en=f"What if: {name.text('en')}"),
        makes={id: Output(capacity=amount, since=day, route=route)},
    )
    key = f"what_if_{id}"
    while key in atlas.enterprises:
        key += "_more"
    return atlas.model_copy(update={"enterprises": {**atlas.enterprises, key: plant}})


def find_whatif(
    atlas: Atlas,
    landings: Sequence[Landing],
    *,
    as_of: str | datetime.date | None = None,
    view: View = "actual",
) -> WhatIf:
    """
    Tell what changes when some things land, all of them together.

    Parameters
    ----------
    atlas
        The atlas.
    landings
        What lands.
    as_of
        The day; the atlas's own if none.
    view
        What counts as here already.

    Returns
    -------
    whatif
        Gaps, feasible products and local sourcing before and after.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> atlas = load_atlas(example_atlas())
    >>> found = find_whatif(atlas, [Landing("anhydrous_hf", 50000)])
    >>> [change.product for change in found.closed], found.opened[0].product
    (['anhydrous_hf', 'fluorogypsum'], 'sulfuric_acid')
    """
    landed = atlas
    for each in landings:
        landed = land(
            landed, each.product, each.capacity, each.route, project=each.project, as_of=as_of
        )
    old, new = (make_survey(which, as_of=as_of, view=view) for which in (atlas, landed))
    before = {gap.product: gap for gap in judge(old)}
    after = {gap.product: gap for gap in judge(new)}
    changes = [
        Change(id, atlas.products[id].name, before.get(id), after.get(id))
        for id in atlas.products
        if _differ(before.get(id), after.get(id))
    ]
    ready = set(_find_reach(old))
    return WhatIf(
        closed=tuple(each for each in changes if each.change == "closed"),
        opened=tuple(each for each in changes if each.change == "opened"),
        changed=tuple(each for each in changes if each.change == "changed"),
        feasible=tuple(id for id in _find_reach(new) if id not in ready | new.scene.here),
        before=tuple(find_sourcing(old)),
        after=tuple(find_sourcing(new)),
    )


def find_sourcing(survey: Survey) -> list[Sourcing]:
    """
    Return the local sourcing rate of each chain.

    Parameters
    ----------
    survey
        The place on a day.

    Returns
    -------
    sourcing
        By chain, in the order of the atlas.  By volume: of each input counted in mass, what
        the chain's makers need times the cover (at most 1) of it here, over what they need.
    """
    return [_find_sourcing(survey, chain) for chain in survey.atlas.chains]


def _find_sourcing(survey: Survey, chain: str) -> Sourcing:
    scene, branches = survey.scene, set(survey.atlas.chains[chain].branches)
    own = {id for id in scene.here if survey.atlas.branch_of[id] in branches and scene.makers(id)}
    needed = met = 0.0
    for balance in survey.balances.values():
        taken = sum(amount for user, amount in balance.users if user in own)
        if taken and balance.cover is not None and QUANTITY.get(balance.unit or "") == "mass":
            tonnes = convert(taken, balance.unit or "t", "t")
            needed += tonnes
            met += tonnes * min(1.0, balance.cover)
    critical = {other for id in own for other in scene.critical(scene.routes_in_use(id))}
    return Sourcing(
        chain=chain,
        by_volume=met / needed if needed else None,
        by_number=len(critical & scene.here) / len(critical) if critical else None,
    )


def _find_reach(survey: Survey) -> list[str]:
    return find_feasible_in(survey, find_shippable(survey.atlas, as_of=survey.day))


def _differ(before: Gap | None, after: Gap | None) -> bool:
    if before is None or after is None:
        return before is not after
    return (before.kind, before.shortfall, before.missing_inputs) != (
        after.kind,
        after.shortfall,
        after.missing_inputs,
    )


def _land_project(atlas: Atlas, id: str, day: str) -> Atlas:
    if id not in atlas.projects:
        hint = did_you_mean(id, atlas.projects)[0]
        raise NotFoundError(f"no project {id!r}{hint}", find_near(id, atlas.projects))
    project = atlas.projects[id]
    milestones: Mapping[Any, str] = {
        name: date
        for name, date in project.milestones.items()
        if name != "stopped" and last_day(date) <= datetime.date.fromisoformat(day)
    }
    running = project.model_copy(update={"milestones": {**milestones, "operating": day}})
    return atlas.model_copy(update={"projects": {**atlas.projects, id: running}})
