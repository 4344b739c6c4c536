"""What differs between two atlases, or between two days of one."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable
from typing import Any, Literal

from chaingraph.analysis.gaps import Gap, find_gaps
from chaingraph.analysis.state import find_states, project_milestone
from chaingraph.analysis.track import plain_record
from chaingraph.figures import Text
from chaingraph.model import SECTIONS, Atlas, View

What = Literal[
    "added", "removed", "edited", "moved", "state", "gap_opened", "gap_closed", "gap_changed",
    "gap_size",
]  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Change:
    """One thing that differs between two atlases or two days."""

    change: What
    section: str
    id: str
    name: Text
    before: str | None = None
    """The milestone, state, kind of gap or shortfall; None where there was none."""
    after: str | None = None
    date: str | None = None
    """When a project reached its new milestone."""

    def to_record(self, lang: str = "zh") -> dict[str, Any]:
        """Return the change as plain values, with the name in one language."""
        return plain_record(self, CHANGE_COLUMNS, lang)


CHANGE_COLUMNS = tuple(field.name for field in dataclasses.fields(Change))
"""The columns of a change's record, in their order."""


@dataclasses.dataclass(frozen=True)
class Difference:
    """What differs between two atlases, or between two days of one."""

    old_day: datetime.date
    new_day: datetime.date
    added: tuple[Change, ...] = ()
    """Entities that only the new atlas has."""
    removed: tuple[Change, ...] = ()
    """Entities that only the old atlas has."""
    edited: tuple[Change, ...] = ()
    """Entities, and settings such as the weights, of which something is written otherwise."""
    moved: tuple[Change, ...] = ()
    """Projects at another milestone; new ones come from None."""
    states: tuple[Change, ...] = ()
    """Products in another state."""
    opened: tuple[Change, ...] = ()
    """Gaps that only the new atlas has, of products that both know."""
    closed: tuple[Change, ...] = ()
    """Gaps that only the old atlas has, of products that both know."""
    kinds: tuple[Change, ...] = ()
    """Gaps of another kind."""
    sizes: tuple[Change, ...] = ()
    """Gaps of the same kind with another shortfall."""

    @property
    def changes(self) -> tuple[Change, ...]:
        """All of them, in the order of the fields."""
        return (
            *self.added,
            *self.removed,
            *self.edited,
            *self.moved,
            *self.states,
            *self.opened,
            *self.closed,
            *self.kinds,
            *self.sizes,
        )

    def to_records(self, lang: str = "zh") -> list[dict[str, Any]]:
        """Return all changes as plain values, with the names in one language."""
        return [change.to_record(lang) for change in self.changes]


def compare_atlases(
    old: Atlas,
    new: Atlas,
    *,
    old_as_of: str | datetime.date | None = None,
    new_as_of: str | datetime.date | None = None,
    view: View = "actual",
) -> Difference:
    """
    Tell what differs between two atlases, or between two days of one.

    Parameters
    ----------
    old, new
        The atlases; the same one twice to compare two days.
    old_as_of, new_as_of
        The day of each; its own if none.
    view
        What counts as here when gaps are told.

    Returns
    -------
    difference
        Each kind of change in the order of the new atlas; what it lacks, in that of the old.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> atlas = load_atlas(example_atlas())
    >>> found = compare_atlases(atlas, atlas, old_as_of="2024-02", new_as_of="2024-06-30")
    >>> [(change.id, change.before, change.after) for change in found.moved][0]
    ('oilfield_hydrogen', 'building', 'operating')
    """
    old_day, new_day = old.date(old_as_of), new.date(new_as_of)
    opened, closed, kinds, sizes = _compare_gaps(old, new, old_day, new_day, view)
    return Difference(
        old_day=old_day,
        new_day=new_day,
        added=_only_in("added", new, old),
        removed=_only_in("removed", old, new),
        edited=_compare_entities(old, new),
        moved=_compare_projects(old, new, old_day, new_day),
        states=_compare_states(old, new, old_day, new_day),
        opened=opened,
        closed=closed,
        kinds=kinds,
        sizes=sizes,
    )


_SETTINGS = ("place", "rule", "weights", "pipeline", "maturity", "utilisation")
_COMPARED = ("clusters", "chains", "branches", "products", *SECTIONS)


def _only_in(change: What, atlas: Atlas, other: Atlas) -> tuple[Change, ...]:
    return tuple(
        Change(change, section, id, _name_of(entity, id))
        for section in _COMPARED
        for id, entity in getattr(atlas, section).items()
        if id not in getattr(other, section)
    )


def _compare_entities(old: Atlas, new: Atlas) -> tuple[Change, ...]:
    found = [
        Change("edited", section, id, _name_of(entity, id))
        for section in _COMPARED
        for id, entity in getattr(new, section).items()
        if id in getattr(old, section) and getattr(old, section)[id] != entity
    ]
    found += [
        Change("edited", "atlas", name, Text(zh=name, en=name))
        for name in _SETTINGS
        if getattr(old, name) != getattr(new, name)
    ]
    return tuple(found)


def _name_of(entity: Any, id: str) -> Text:
    """Years have no name, and a source's is its title."""
    name = getattr(entity, "name", None) or getattr(entity, "title", id)
    return name if isinstance(name, Text) else Text(zh=name, en=name)


def _compare_projects(
    old: Atlas, new: Atlas, old_day: datetime.date, new_day: datetime.date
) -> tuple[Change, ...]:
    found = []
    for id, project in new.projects.items():
        before = project_milestone(old.projects[id], old_day) if id in old.projects else None
        after = project_milestone(project, new_day)
        if before != after:
            date = None if after is None else project.milestones[after]
            found.append(Change("moved", "projects", id, project.name, before, after, date))
    return tuple(found)


def _compare_states(
    old: Atlas, new: Atlas, old_day: datetime.date, new_day: datetime.date
) -> tuple[Change, ...]:
    before, after = find_states(old, as_of=old_day), find_states(new, as_of=new_day)
    return tuple(
        Change("state", "products", id, product.name, before[id].state, after[id].state)
        for id, product in new.products.items()
        if id in before and before[id].state != after[id].state
    )


def _compare_gaps(
    old: Atlas, new: Atlas, old_day: datetime.date, new_day: datetime.date, view: View
) -> tuple[tuple[Change, ...], ...]:
    """Gaps opened, closed, of another kind, and of another size."""
    gaps_before = {gap.product: gap for gap in find_gaps(old, as_of=old_day, view=view)}
    gaps_after = {gap.product: gap for gap in find_gaps(new, as_of=new_day, view=view)}
    before = {id: gap.kind for id, gap in gaps_before.items()}
    after = {id: gap.kind for id, gap in gaps_after.items()}
    both = [id for id in new.products if id in old.products and before.get(id) != after.get(id)]

    def changes(change: What, ids: Iterable[str]) -> tuple[Change, ...]:
        return tuple(
            Change(change, "products", id, new.products[id].name, before.get(id), after.get(id))
            for id in ids
        )

    sizes = tuple(
        Change("gap_size", "products", id, gap.name, _size(gaps_before[id]), _size(gap))
        for id, gap in gaps_after.items()
        if before.get(id) == gap.kind and gaps_before[id].shortfall != gap.shortfall
    )
    return (
        changes("gap_opened", (id for id in both if id not in before)),
        changes("gap_closed", (id for id in both if id not in after)),
        changes("gap_changed", (id for id in both if id in before and id in after)),
        sizes,
    )


def _size(gap: Gap) -> str | None:
    """Write a shortfall with its unit; None where nobody knows it."""
    return None if gap.shortfall is None else f"{gap.shortfall:.6g} {gap.unit or ''}".strip()
