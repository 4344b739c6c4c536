"""A place on a day as the analyses look at it: what is here, and how it balances."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping

from chaingraph.analysis.balance import Balance, balance_scene
from chaingraph.analysis.network import Network, make_network
from chaingraph.analysis.scene import Scene
from chaingraph.analysis.state import find_states
from chaingraph.figures import last_day
from chaingraph.model import Atlas, View

Wanted = Mapping[str, tuple[str, ...]]
"""Product, branch or chain → the policies that name it."""


@dataclasses.dataclass(frozen=True)
class Survey:
    """What every analysis of a day starts from."""

    atlas: Atlas
    day: datetime.date
    scene: Scene
    network: Network
    balances: Mapping[str, Balance]
    spare: frozenset[str]
    """Products that are here and not known to be used up by what is here."""
    wanted: Wanted
    """What policies name by that day."""


def make_survey(
    atlas: Atlas, *, as_of: str | datetime.date | None = None, view: View = "actual"
) -> Survey:
    """
    Look at a place on a day.

    Parameters
    ----------
    atlas
        The atlas.
    as_of
        The day; the atlas's own if none.
    view
        What counts as here.

    Returns
    -------
    survey
        States, routes and balances of that day.
    """
    day = atlas.date(as_of)
    scene = Scene(atlas, find_states(atlas, as_of=day), view)
    network = make_network(atlas)
    balances = balance_scene(scene, network)
    feeding = _feeding(scene, balances)
    spare = frozenset(id for id in scene.here if id in feeding or not _is_used_up(balances[id]))
    return Survey(atlas, day, scene, network, balances, spare, _find_wanted(atlas, day))


def _feeding(scene: Scene, balances: Mapping[str, Balance]) -> set[str]:
    """What feeds a pool that has something left: it is there to spare, too."""
    products = scene.atlas.products
    return {
        other
        for id in scene.here
        if products[id].pool and not _is_used_up(balances[id])
        for other in scene.critical(products[id].all_routes)
    }


def _is_used_up(balance: Balance) -> bool:
    return balance.surplus == 0 and bool(balance.demand) and not balance.supply_partial


def _find_wanted(atlas: Atlas, day: datetime.date) -> Wanted:
    wanted: dict[str, tuple[str, ...]] = {}
    for id, policy in atlas.policies.items():
        if policy.date is None or last_day(policy.date) <= day:
            for name in policy.names:
                wanted[name] = (*wanted.get(name, ()), id)
    return wanted
