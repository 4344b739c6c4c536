"""How far the products and branches are that policies name as wanted (点名的目标)."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence

from chaingraph.analysis.gaps import Gap, is_input, judge
from chaingraph.analysis.scene import Scene
from chaingraph.analysis.state import STATES, Tally, tally
from chaingraph.analysis.survey import make_survey
from chaingraph.figures import Text
from chaingraph.model import Atlas, State, View


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


def find_flagships(
    atlas: Atlas, *, as_of: str | datetime.date | None = None, view: View = "actual"
) -> list[Flagship]:
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
    gaps = sorted(
        judge(survey),
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
