"""How far the products and branches are that policies name as wanted (点名的目标)."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence
from typing import Any

from chaingraph._html import Cell
from chaingraph.analysis.gaps import Gap, is_input, judge
from chaingraph.analysis.scene import Scene
from chaingraph.analysis.state import STATES, Tally, tally
from chaingraph.analysis.survey import Survey, make_survey
from chaingraph.analysis.track import plain_record
from chaingraph.figures import Text
from chaingraph.model import Atlas, State, View
from chaingraph.outputs.words import word
from chaingraph.records import Records, make_records


@dataclasses.dataclass(frozen=True)
class Flagship:
    """A product or branch that a policy names as wanted, and how far it is."""

    id: str
    section: str
    """`products` or `branches`."""
    name: Text
    policy: str
    date: str | None
    """When it was named."""
    state: State
    """The highest that firms and projects reach; of a branch, without its upstream inputs."""
    tally: Tally
    gaps: tuple[Gap, ...]
    """What is missing of it: what most others are made from first, upstream inputs last."""

    def to_record(self, lang: str = "zh") -> dict[str, Any]:
        """Return the flagship as plain values, with its name in one language."""
        record = plain_record(self, ("id", "section", "name", "policy", "date", "state"), lang)
        counts = dataclasses.asdict(self.tally)
        return record | counts | {"gaps": [gap.product for gap in self.gaps]}

    def to_cells(self, lang: str) -> dict[str, Cell]:
        """Return what a person reads of the flagship, by heading."""
        zh, tally = lang == "zh", self.tally
        first = [gap.name.text(lang) for gap in self.gaps[:1]]
        counts = (tally.present, tally.building, tally.signed, tally.absent)
        return {
            "目标" if zh else "Flagship": self.name.text(lang),
            "现状" if zh else "State": word(self.state, lang),
            "产品：有/建/签/缺" if zh else "Here/bld./signed/absent": "/".join(map(str, counts)),
            "点名" if zh else "Named": self.date,
            "首要缺口" if zh else "First gap": "".join(first),
        }


def find_flagships(
    atlas: Atlas, *, as_of: str | datetime.date | None = None, view: View = "actual"
) -> Records[Flagship]:
    """
    Tell how far the products and branches are that policies name as wanted.

    Parameters
    ----------
    atlas
        The atlas.
    as_of
        The day; a policy counts from its date.
    view
        What counts as here.

    Returns
    -------
    flagships
        In the order of the policies.
    """
    survey = make_survey(atlas, as_of=as_of, view=view)
    flagships = find_flagships_in(survey, judge(survey))
    return make_records(atlas, flagships, "点名的招商目标", "Named as wanted", as_of=as_of)


def find_flagships_in(survey: Survey, gaps: Sequence[Gap]) -> list[Flagship]:
    """Tell how far flagships are in a survey, given its gaps by `judge`; see `find_flagships`."""
    atlas = survey.atlas
    gaps = sorted(
        gaps,
        key=lambda gap: (
            is_input(atlas, gap.product),
            -len(survey.scene.all_users[gap.product]),
            gap.rank,
        ),
    )
    return [
        _make_flagship(survey.scene, gaps, id, policies[0])
        for id, policies in survey.wanted.items()
        if id in atlas.products or id in atlas.branches
    ]


def _make_flagship(scene: Scene, gaps: Sequence[Gap], id: str, policy: str) -> Flagship:
    atlas, states = scene.atlas, scene.states
    section = "products" if id in atlas.products else "branches"
    products = [id] if section == "products" else atlas.products_of(id)
    own = [
        states[product].state
        for product in products
        if states[product].makers and (product == id or not is_input(atlas, product))
    ]
    return Flagship(
        id=id,
        section=section,
        name=getattr(atlas, section)[id].name,
        policy=policy,
        date=atlas.policies[policy].date,
        state=max(own, key=STATES.index, default="absent"),
        tally=tally(states, products),
        gaps=tuple(gap for gap in gaps if gap.product in products),
    )
