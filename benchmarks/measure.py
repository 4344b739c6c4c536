"""One case in one process: every step timed in CPU seconds, with what it found to compare.

`run` starts this once for each case and side, so that memory and warm caches do not mix.
"""

from __future__ import annotations

import gc
import json
import random
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

import ckg
import generate
import numpy as np
import peers
from common import count_links
from scipy.sparse.csgraph import connected_components

from chaingraph.analysis import (
    balance,
    explain,
    flagships,
    gaps,
    network,
    portfolio,
    scene,
    score,
    state,
    survey,
    trace,
    unlock,
    whatif,
)
from chaingraph.errors import ChaingraphError
from chaingraph.loader import example_atlas, load_atlas
from chaingraph.model import Atlas

Found = TypeVar("Found")

SHORT = 2.0
"""Up to how many seconds a step is measured three times."""

TARGETS = 20
"""How many products are unlocked."""

TONNES = 1000.0
"""How much of each of them the requirements are for."""

VISIBLE = 1e-6
"""Which share of the largest requirement is still counted: both sides round in their own way."""


class Clock:
    """Times steps, and keeps what they found."""

    def __init__(self) -> None:
        self.steps: dict[str, dict[str, Any]] = {}
        self.failed: dict[str, str] = {}
        """Step -> what it said instead of an answer."""

    def time(
        self, name: str, call: Callable[[], Found], tell: Callable[[Found], Any] | None = None
    ) -> Found:
        """Return what a step gives; a short one is the median of three, from the first on."""
        seconds, found = [], None
        for _ in range(3):
            found = None
            gc.collect()
            start = time.process_time()
            found = call()
            seconds.append(time.process_time() - start)
            if seconds[0] > SHORT:
                break
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        self.steps[name] = {"seconds": statistics.median(seconds), "peak": peak}
        self.steps[name]["found"] = tell(found) if tell else {}
        return found


def build(case: str) -> Atlas:
    """Build the atlas of a case: yumen, ckg, or a number of links."""
    if case == "yumen":
        return load_atlas(example_atlas())
    return ckg.build()[0] if case == "ckg" else generate.generate(int(case))


def draw_targets(atlas: Atlas, here: set[str], count: int) -> list[str]:
    """Draw products that are not here and have a route, the same for both sides."""
    absent = [id for id, facts in atlas.products.items() if id not in here and facts.all_routes]
    return random.Random(5).sample(absent, min(count, len(absent)))


# ------------------------------------------------------------------ engine


def run_engine(clock: Clock, atlas: Atlas, *, targets: int = TARGETS) -> None:
    """Take an atlas through the steps of the engine."""
    states = clock.time("state", lambda: state.find_states(atlas), _tell_states)
    place = clock.time("scene", lambda: scene.Scene(atlas, states, "actual"))
    routes = clock.time("network", lambda: network.make_network(atlas), _tell_network)
    clock.time("balance", lambda: balance.balance_scene(place, routes), _tell_balances)
    looked = survey.make_survey(atlas)
    found = clock.time("gaps", lambda: gaps.judge(looked), _tell_gaps)
    clock.time("feasible", lambda: _find_feasible(looked), _tell_number)
    drawn = draw_targets(atlas, place.here, targets)
    clock.time("unlock", lambda: _unlock(looked, drawn), _tell_products)
    _require(clock, atlas, drawn)
    clock.time("loops", lambda: _find_parts(routes), _tell_parts)
    clock.time("linkages", lambda: score.find_linkages(looked), _tell_linkages)
    clock.time("score", lambda: _rank(looked, found, 0), _tell_number)
    clock.time("stability", lambda: _rank(looked, found, score.DRAWS), _tell_number)


def _find_feasible(looked: survey.Survey) -> list[str]:
    return unlock.find_feasible_in(looked, unlock.find_shippable(looked.atlas))


def _unlock(looked: survey.Survey, drawn: list[str]) -> list[list[str]]:
    options = unlock.make_options(looked)
    bundles = [unlock.unlock_in(looked, options, id, alternatives=1) for id in drawn]
    return [[each for of in found for each in of.products] for found in bundles]


def _require(clock: Clock, atlas: Atlas, drawn: list[str]) -> None:
    if has_figures(atlas):
        wanted = dict.fromkeys(drawn, TONNES)
        try:
            clock.time("requirements", lambda: balance.find_requirements(atlas, wanted), _tell_sum)
        except ChaingraphError as error:
            clock.failed["requirements"] = str(error)


def has_figures(atlas: Atlas) -> bool:
    """Tell whether any link has a figure."""
    return any(flow.per is not None for id in atlas.products for _, _, flow, _ in atlas.flows(id))


def _find_parts(routes: network.Network) -> tuple[int, np.ndarray]:
    return connected_components(score.make_ties(routes), connection="strong")


def _rank(looked: survey.Survey, found: list[gaps.Gap], draws: int) -> list[gaps.Gap]:
    return score.rank(score.assess(looked, found), draws=draws)


def _tell_states(states: dict[str, state.ProductState]) -> dict[str, int]:
    counts = Counter(each.state for each in states.values())
    return {name: counts[name] for name in ("present", "building", "signed")}


def _tell_network(routes: network.Network) -> dict[str, int]:
    return {"links": len(routes.inputs) + len(routes.byproducts)}


def _tell_balances(balances: dict[str, balance.Balance]) -> dict[str, float]:
    return {
        "needed": sum(each.demand != 0 for each in balances.values()),
        "supply": sum(each.supply or 0.0 for each in balances.values()),
        "demand": sum(each.demand or 0.0 for each in balances.values()),
    }


def _tell_gaps(found: list[gaps.Gap]) -> dict[str, int]:
    return dict(Counter(gap.kind for gap in found))


def _tell_number(found: Any) -> dict[str, int]:
    return {"number": len(found)}


def _tell_products(bundles: list[Any]) -> dict[str, Any]:
    return {"bundles": [sorted(bundle) for bundle in bundles]}


def _tell_sum(amounts: dict[str, float]) -> dict[str, float]:
    least = max(amounts.values(), default=0.0) * VISIBLE
    number = sum(amount > least for amount in amounts.values())
    return {"number": number, "amount": sum(amounts.values())}


def _tell_parts(found: tuple[int, np.ndarray]) -> dict[str, int]:
    return {"parts": int(found[0]), "largest": int(np.bincount(found[1]).max())}


def _tell_linkages(found: score.Linkages) -> dict[str, float]:
    return {"backward": float(found.backward.sum()), "forward": float(found.forward.sum())}


# -------------------------------------------------------------------- peers


def run_peer(clock: Clock, atlas: Atlas) -> None:
    """Take an atlas through the same steps in plain networkx."""
    place = clock.time("state", lambda: peers.find_state(atlas), _tell_place)
    here = place.here()
    graph = clock.time("graph", lambda: peers.make_graph(atlas), _tell_graph)
    supply = peers.make_supply(graph)
    clock.time("presence", lambda: peers.balance_presence(graph, place), _tell_needed)
    amounts = clock.time(
        "amounts", lambda: peers.balance_amounts(atlas, graph, place), _tell_amounts
    )
    found = clock.time("gaps", lambda: peers.find_gaps(atlas, graph, place, amounts), _tell_kinds)
    can_ship = peers.find_shippable(atlas)
    feasible = clock.time(
        "feasible", lambda: peers.find_feasible(graph, here, can_ship), _tell_number
    )
    drawn, at_hand = draw_targets(atlas, here, TARGETS), here | can_ship
    clock.time(
        "unlock", lambda: [peers.unlock(graph, id, at_hand - {id}) for id in drawn], _tell_products
    )
    if has_figures(atlas):
        wanted = dict.fromkeys(drawn, TONNES)
        clock.time("requirements", lambda: peers.find_requirements(graph, wanted), _tell_sum)
        clock.time("sparse", lambda: peers.find_requirements_sparse(graph, wanted), _tell_sum)
    clock.time("loops", lambda: peers.count_parts(supply), _tell_pair("parts", "largest"))
    clock.time("linkages", lambda: peers.find_linkages(supply), _tell_sums)
    ready = at_hand | feasible
    clock.time("score", lambda: peers.score(graph, supply, found, here, ready), _tell_number)


def _tell_place(place: peers.Place) -> dict[str, int]:
    counts = Counter(place.level.values())
    return {"present": counts[3], "building": counts[2], "signed": counts[1]}


def _tell_graph(graph: Any) -> dict[str, int]:
    makes = sum(link.get("makes", False) for _, _, link in graph.edges(data=True))
    return {"links": graph.number_of_edges() - makes}


def _tell_needed(found: dict[str, Any]) -> dict[str, int]:
    return {"needed": len(found)}


def _tell_amounts(found: peers.Amounts) -> dict[str, float]:
    return {"supply": sum(found.supply.values()), "demand": sum(found.demand.values())}


def _tell_kinds(found: dict[str, str]) -> dict[str, int]:
    return dict(Counter(found.values()))


def _tell_pair(*names: str) -> Callable[[Any], dict[str, Any]]:
    return lambda found: dict(zip(names, found, strict=True))


def _tell_sums(found: Any) -> dict[str, float]:
    return {
        name: sum(each.values()) for name, each in zip(("backward", "forward"), found, strict=True)
    }


# ------------------------------------------------------------ all of a place


def run_all(clock: Clock, atlas: Atlas) -> None:
    """Ask everything there is to ask of a place, through the public functions."""
    ranked = clock.time("rank_gaps", lambda: score.rank_gaps(atlas))
    first = next(gap.product for gap in ranked if gap.kind != "weak")
    landing = [whatif.Landing(first)]
    clock.time("find_states", lambda: state.find_states(atlas))
    clock.time("find_balance", lambda: balance.find_balance(atlas))
    clock.time("find_gaps", lambda: gaps.find_gaps(atlas))
    clock.time("find_feasible", lambda: unlock.find_feasible(atlas))
    clock.time("find_flagships", lambda: flagships.find_flagships(atlas))
    clock.time("trace", lambda: trace.trace(atlas, first))
    clock.time("unlock", lambda: unlock.unlock(atlas, first))
    clock.time("explain_gap", lambda: explain.explain_gap(atlas, first))
    clock.time("find_whatif", lambda: whatif.find_whatif(atlas, landing))
    clock.time("find_portfolio", lambda: portfolio.find_portfolio(atlas, number=10))
    clock.time("load_atlas", lambda: load_atlas(example_atlas()))


def main() -> None:
    """Run one side of one case and print what it took as JSON."""
    case, side, targets = sys.argv[1], sys.argv[2], int(sys.argv[3])
    start = time.process_time()
    atlas = build(case)
    gc.freeze()  # as the commands do, for both sides
    clock = Clock()
    took = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = {"products": len(atlas.products), "links": count_links(atlas)}
    clock.steps["build"] = {"seconds": took, "peak": peak, "found": found}
    if side == "engine":
        run_engine(clock, atlas, targets=targets)
    elif side == "peer":
        run_peer(clock, atlas)
    else:
        run_all(clock, atlas)
    for name, said in clock.failed.items():
        print(f"{case}: {name} failed: {said}", file=sys.stderr)
    print(json.dumps(clock.steps))


if __name__ == "__main__":
    main()
