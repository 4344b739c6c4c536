"""How much a gap is worth going after: components, weights, gates, and how stable the rank is.

Each component is a number from 0 to 1 (`COMPONENTS` says what it measures); crowding
counts against.  With ``w`` the atlas's weights and ``g`` a component (1 - crowding),

    score = sum of w g / sum of w,    over the components for which there is data:

what is not known is left out, never taken for zero.  A gap that fails a gate comes after
all that do not.  Stability is told as in stochastic multicriteria acceptability analysis
(SMAA, Lahdelma, Hokkanen and Salminen 1998): weights are drawn from a Dirichlet
distribution around the atlas's, and each gap is given the interval of ranks that 90 % of
the draws leave it and the share of draws in which it is among the first.
"""

from __future__ import annotations

import dataclasses
import datetime
import math
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

import numpy as np
from scipy.sparse import csr_array, diags_array

from chaingraph.analysis.gaps import Gap, find_names, judge
from chaingraph.analysis.gates import find_gates, plant_size, try_gates, verdicts
from chaingraph.analysis.linkages import backward_linkages, forward_linkages
from chaingraph.analysis.network import Bools, Floats, Ints, Network
from chaingraph.analysis.survey import Survey, make_survey
from chaingraph.analysis.unlock import find_feasible_in, find_shippable
from chaingraph.figures import last_day
from chaingraph.model import Atlas, Rule, View
from chaingraph.records import Records, make_records
from chaingraph.settings import Forecast, Weights

COMPONENTS = tuple(Weights.model_fields)
"""relatedness, pull, technology, demand, readiness, strategy, crowding."""

DRAWS = 1000
"""How many weights are drawn."""

CONCENTRATION = 30.0
"""How near the draws stay to the atlas's weights: a weight of 0.2 varies by about 0.07."""

BLOCK = 1_000_000
"""How many scores are held at a time."""

FAILED = 10.0
"""More than any score: what fails a gate comes after all that do not."""

TOP = 10
"""What counts as being among the first."""

CHAIN_NAMED = 0.5
"""What it is worth that only the whole chain is named as wanted."""


@dataclasses.dataclass(frozen=True)
class Linkages:
    """How strongly each product pulls on others, by number."""

    backward: Floats
    """The work that one unit of work in it sets going upstream, its own included."""
    forward: Floats
    """The work downstream that one unit of its own feeds, its own included."""
    opens: Floats
    """How many routes lack nothing but this product."""


@dataclasses.dataclass(frozen=True)
class Assessment:
    """What the scores of some gaps are made of, one row a gap."""

    gaps: tuple[Gap, ...]
    values: Floats
    """Gaps by components; nan where there is no data."""
    weights: Floats
    linkages: Linkages
    gates: tuple[Mapping[str, str], ...]
    """What each gate says to each gap."""


def rank_gaps(
    atlas: Atlas,
    *,
    as_of: str | datetime.date | None = None,
    view: View = "actual",
    rule: Rule | None = None,
    weights: Mapping[str, float] | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    top: int = TOP,
) -> Records[Gap]:
    """
    Find the gaps of a place and put them into the order of their scores.

    Parameters
    ----------
    atlas
        The atlas.
    as_of, view, rule
        As in `find_gaps`.
    weights
        Component → weight, in place of the atlas's; what is left out keeps the atlas's.
    draws
        How many weights to draw for the intervals of ranks; none if 0.
    seed
        Starts the draws, so that the same atlas gives the same intervals.
    top
        Up to which rank a gap counts as being among the first.

    Returns
    -------
    gaps
        As `find_gaps` gives them, with `score`, `parts`, `gates`, `rank_low`, `rank_high`
        and `top_share`; those that fail a gate come last.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> best = rank_gaps(load_atlas(example_atlas()), as_of="2023-02-15", draws=100)[0]
    >>> best.rank, 0 <= best.score <= 1
    (1, True)
    """
    survey = make_survey(atlas, as_of=as_of, view=view)
    assessment = assess(survey, judge(survey, rule=rule), weights=weights)
    gaps = rank(assessment, draws=draws, seed=seed, top=top)
    return make_records(atlas, gaps, "缺口", "Gaps", as_of=as_of)


def assess(
    survey: Survey, gaps: Sequence[Gap], *, weights: Mapping[str, float] | None = None
) -> Assessment:
    """Measure every component of every gap."""
    named = Weights.model_validate(survey.atlas.weights.model_dump() | dict(weights or {}))
    linkages = find_linkages(survey)
    rows = np.array([survey.network.number[gap.product] for gap in gaps], dtype=np.int64)
    ready = find_ready(survey)
    gates = [_gates(survey, gap) for gap in gaps]
    yardsticks = find_yardsticks(survey)
    columns = {
        "relatedness": find_relatedness(survey)[rows],
        "pull": find_pull(linkages)[rows],
        "technology": np.array([_technology(survey, gap) for gap in gaps]),
        "demand": np.array([_demand(survey, gap, yardsticks) for gap in gaps]),
        "readiness": np.array(
            [_readiness(survey, gap, ready, said) for gap, said in zip(gaps, gates, strict=True)]
        ),
        "strategy": np.array([_strategy(survey, gap) for gap in gaps]),
        "crowding": _crowding(survey, gaps),
    }
    values = np.column_stack([columns[name] for name in COMPONENTS]) if gaps else np.zeros((0, 7))
    given = np.array([getattr(named, name) for name in COMPONENTS])
    return Assessment(tuple(gaps), values, given / given.sum(), linkages, tuple(gates))


def rank(
    assessment: Assessment,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    top: int = TOP,
) -> list[Gap]:
    """Put assessed gaps into order, with their gates and the stability of their ranks."""
    scores = weigh(assessment.values, assessment.weights)
    failed = np.array(["fail" in said.values() for said in assessment.gates], dtype=bool)
    known = np.nan_to_num(scores, nan=-1.0)
    places = np.array([gap.rank for gap in assessment.gaps])
    order = np.lexsort((places, -np.round(known, 12), failed))
    low, high, share = _stability(assessment, failed, places, draws=draws, seed=seed, top=top)
    ranked = []
    for place, at in enumerate(order, start=1):
        parts = dict(zip(COMPONENTS, assessment.values[at].tolist(), strict=True))
        ranked.append(
            dataclasses.replace(
                assessment.gaps[at],
                rank=place,
                score=None if np.isnan(scores[at]) else float(scores[at]),
                parts={name: value for name, value in parts.items() if not math.isnan(value)},
                gates=assessment.gates[at],
                rank_low=None if low is None else int(low[at]),
                rank_high=None if high is None else int(high[at]),
                top_share=None if share is None else float(share[at]),
            )
        )
    return ranked


def weigh(values: Floats, weights: Floats) -> Floats:
    """
    Return the score of each row: the weighted mean of the components that are known.

    Parameters
    ----------
    values
        Rows by components, from 0 to 1; nan where there is no data.  The last component
        is crowding, and counts against.
    weights
        One for each component.

    Returns
    -------
    scores
        From 0 to 1; nan where nothing that has a weight is known.

    Examples
    --------
    >>> weigh(np.array([[1.0, np.nan, 0.5]]), np.array([0.5, 0.3, 0.2])).round(4)
    array([0.8571])
    """
    scores: Floats = _weigh_all(values, weights[np.newaxis])[0]
    return scores


def _weigh_all(values: Floats, weights: Floats) -> Floats:
    """Return the scores of all rows under each set of weights: draws by rows."""
    good = _for_and_against(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        scores: Floats = weights @ np.nan_to_num(good).T / (weights @ (~np.isnan(good)).T)
    return scores


def _for_and_against(values: Floats) -> Floats:
    good = values.copy()
    good[:, -1] = 1 - good[:, -1]
    return good


def _gates(survey: Survey, gap: Gap) -> Mapping[str, str]:
    if not survey.atlas.gates or not find_gates(survey, gap.product):
        return {}
    size = plant_size(survey, gap.product, gap.remaining)
    return verdicts(try_gates(survey, gap.product, size))


def _stability(
    assessment: Assessment,
    failed: Bools,
    places: Ints,
    *,
    draws: int,
    seed: int,
    top: int,
) -> tuple[Ints | None, Ints | None, Floats | None]:
    """Rank under weights drawn around the given ones: 5 % and 95 % bounds, share among the first."""
    count = len(assessment.gaps)
    if not draws or not count:
        return None, None, None
    generator = np.random.default_rng(seed)
    weighted = np.flatnonzero(assessment.weights)
    drawn = np.zeros((draws, len(COMPONENTS)))
    drawn[:, weighted] = generator.dirichlet(CONCENTRATION * assessment.weights[weighted], draws)
    ranks = np.empty((draws, count), dtype=np.int32)
    first = np.argsort(places)  # a stable sort of these keeps their order among equals
    step = max(1, BLOCK // count)
    for at in range(0, draws, step):
        block = _weigh_all(assessment.values[first], drawn[at : at + step])
        keys = FAILED * failed[first] - np.round(np.nan_to_num(block, nan=-1.0), 12)
        order = first[np.argsort(keys, axis=1, kind="stable")]
        np.put_along_axis(ranks[at : at + step], order, np.arange(1, count + 1), axis=1)
    top_share = (ranks <= top).mean(axis=0)
    at_low, at_high = (max(0, math.ceil(share * draws) - 1) for share in (0.05, 0.95))
    ranks.partition([at_low, at_high], axis=0)
    return ranks[at_low], ranks[at_high], top_share


# --------------------------------------------------------------- components


def find_relatedness(survey: Survey) -> Floats:
    """
    Return how well each product fits what is here; nan where nothing tells.

    That is the share of its neighbourhood that is here; where the atlas has a forecast for the
    day, the mean of that and of what the forecast is worth (`find_worth`).
    """
    share = _find_shares_here(survey)
    found = share.copy()
    for product in survey.atlas.forecasts:
        forecast = find_forecast(survey, product)
        if forecast is not None:
            at = survey.network.number[product]
            found[at] = np.nanmean([share[at], _worth_among(share, forecast)])
    return found


def find_worth(survey: Survey, forecast: Forecast) -> float:
    """
    Return what a forecast is worth on the scale of the shares of neighbourhoods.

    That is the share that as many of the atlas's products stay below as its percentile says,
    so that a gap gains nothing by having a forecast, but by having a good one.
    """
    return _worth_among(_find_shares_here(survey), forecast)


def _worth_among(share: Floats, forecast: Forecast) -> float:
    known = share[~np.isnan(share)]
    return float(np.quantile(known, forecast.percentile)) if known.size else forecast.percentile


def find_forecast(survey: Survey, product: str) -> Forecast | None:
    """Return the forecast for a product that counts on the day, if there is one."""
    forecast = survey.atlas.forecasts.get(product)
    if forecast is None or not _counts_on(forecast, survey.day):
        return None
    return forecast


def _counts_on(forecast: Forecast, day: datetime.date) -> bool:
    return last_day(forecast.as_of) <= day <= last_day(forecast.until)


def _find_shares_here(survey: Survey) -> Floats:
    ties = make_ties(survey.network)
    both = ((ties + ties.T) > 0).astype(np.float64)
    here = np.array([id in survey.scene.here for id in survey.network.products], dtype=float)
    degree = np.asarray(both.sum(axis=1)).ravel()
    with np.errstate(invalid="ignore"):
        share: Floats = np.where(degree > 0, (both @ here) / degree, np.nan)
    return share


def find_linkages(survey: Survey) -> Linkages:
    """
    Measure how strongly each product pulls on others.

    Products have no common unit, so that shares stand for values: a product's work is
    taken to be made up in equal parts of its inputs and of its own, and its output to go
    in equal parts to its users and to final demand.  With n inputs and m users,
    a_ij = 1 / (1 + n_j) and b_ij = 1 / (1 + m_i).
    """
    ties = make_ties(survey.network)
    inputs = np.asarray(ties.sum(axis=0)).ravel()
    users = np.asarray(ties.sum(axis=1)).ravel()
    return Linkages(
        backward=backward_linkages(ties @ diags_array(1 / (1 + inputs))),
        forward=forward_linkages(diags_array(1 / (1 + users)) @ ties),
        opens=_count_opened(survey),
    )


def find_pull(linkages: Linkages) -> Floats:
    """Return the mean of both linkages, each from 0 (none) to 1 (the largest of the atlas)."""
    both = [linkages.backward, linkages.forward]
    spans = [max(1e-12, float(each.max(initial=1.0)) - 1) for each in both]
    scaled = [(each - 1) / span for each, span in zip(both, spans, strict=True)]
    pull: Floats = np.clip((scaled[0] + scaled[1]) / 2, 0, 1)
    return pull


def make_ties(network: Network) -> csr_array:
    """Return 1 for every pair of an input and a product it goes into, minor ones left out."""
    links, size = network.inputs, len(network.products)
    kept = ~links.minor
    makers = network.maker_of[links.route[kept]]
    table = csr_array((np.ones(len(makers)), (links.product[kept], makers)), shape=(size, size))
    table.sum_duplicates()
    table.data[:] = 1.0
    return table


def _count_opened(survey: Survey) -> Floats:
    """Count the products that lack nothing but this one, of what is here or can be shipped in."""
    opened = _find_last_inputs(survey)[:, 0]
    return np.bincount(opened, minlength=len(survey.network.products)).astype(np.float64)


def find_opened(survey: Survey, product: str) -> list[str]:
    """Return the products not here that lack nothing but this one."""
    pairs = _find_last_inputs(survey)
    mine = pairs[pairs[:, 0] == survey.network.number[product], 1]
    return [survey.network.products[number] for number in mine]


def _find_last_inputs(survey: Survey) -> Ints:
    """Pairs of an input and a product that has a route which lacks only that input."""
    network, scene = survey.network, survey.scene
    shippable = find_shippable(survey.atlas, as_of=survey.day)
    there = np.array([id in scene.here or id in shippable for id in network.products], dtype=bool)
    here = np.array([id in scene.here for id in network.products], dtype=bool)
    links = network.inputs
    lacking = links.critical & ~there[links.product]
    missing = np.bincount(links.route[lacking], minlength=len(network.routes))
    makers = network.maker_of[links.route]
    last = lacking & (missing[links.route] == 1) & ~here[makers]
    return np.unique(np.column_stack([links.product[last], makers[last]]), axis=0)


def _technology(survey: Survey, gap: Gap) -> float:
    figure = survey.atlas.products[gap.product].technology
    return np.nan if figure is None or figure.best is None else figure.best


def _demand(survey: Survey, gap: Gap, yardsticks: Mapping[tuple[str, str], float]) -> float:
    """
    Return how much local need there is for a new plant.

    What will still be missing over the smallest plant that is thought of, or failing that
    the smallest known of its branch, at most 1; where nothing of this is known, the unmet
    share of the need times k / (k + 1) for k users here.
    """
    size = find_yardstick(survey, gap, yardsticks)
    if size and gap.remaining is not None:
        return min(1.0, gap.remaining / size)
    if gap.shortfall is None and gap.product in survey.scene.here:
        return np.nan  # it is made here, and nobody knows whether that is enough
    users = len(gap.consumers)
    return find_unmet(gap) * users / (users + 1)


def find_yardstick(
    survey: Survey, gap: Gap, yardsticks: Mapping[tuple[str, str], float]
) -> float | None:
    """Return the plant that a need is measured by, in the product's unit; None if unknown."""
    own = plant_size(survey, gap.product, None)
    return own or yardsticks.get((gap.branch, gap.unit or ""))


def find_yardsticks(survey: Survey) -> dict[tuple[str, str], float]:
    """(branch, unit) → the smallest plant that is known of any of its products."""
    smallest: dict[tuple[str, str], float] = {}
    for id, product in survey.atlas.products.items():
        size = plant_size(survey, id, None)
        if size and product.unit:
            key = (survey.atlas.branch_of[id], product.unit)
            smallest[key] = min(size, smallest.get(key, size))
    return smallest


def find_unmet(gap: Gap) -> float:
    """Return the share of the local need that is not met, nor expected to be; 1 if by presence."""
    if gap.demand == 0:
        return 0.0
    if gap.demand and gap.remaining is not None:
        return min(1.0, gap.remaining / gap.demand)
    return 1.0


def find_ready(survey: Survey) -> frozenset[str]:
    """Return what there is to spare here, can be shipped in, or could be made from that."""
    shippable = find_shippable(survey.atlas, as_of=survey.day)
    return survey.spare | shippable | frozenset(find_feasible_in(survey, shippable))


def _readiness(
    survey: Survey, gap: Gap, ready: AbstractSet[str], gates: Mapping[str, str]
) -> float:
    """Return the mean of what is known: inputs in reach, a park that may take it, utilities."""
    found = find_readiness(survey, gap, ready, gates)
    known = [share for share in found.values() if share is not None]
    return sum(known) / len(known) if known else np.nan


def find_readiness(
    survey: Survey, gap: Gap, ready: AbstractSet[str], gates: Mapping[str, str]
) -> dict[str, float | None]:
    """Return the shares behind readiness: `inputs`, `park` and `utilities`; None if unknown."""
    routes = survey.scene.routes_in_use(gap.product)
    taken = {other: flow for route in routes for other, flow in route.inputs.items()}
    counted = {gate.consumes for gate in survey.atlas.gates.values()}
    utilities = [of for of, flow in taken.items() if flow.kind == "energy" or of in counted]
    inputs = [of for of, flow in taken.items() if flow.critical and of not in utilities]
    sources = survey.scene.comes_with[gap.product]
    if not routes and sources:  # it has no inputs of its own, but comes with others
        return {
            "inputs": float(any(of in ready for of in sources)),
            "park": _find_park(survey.atlas, gates),
            "utilities": None,
        }
    return {
        "inputs": _share(other in ready for other in inputs),
        "park": _find_park(survey.atlas, gates),
        "utilities": _share(other in survey.spare for other in utilities),
    }


def _share(answers: Iterable[bool]) -> float | None:
    found = list(answers)
    return sum(found) / len(found) if found else None


def _find_park(atlas: Atlas, gates: Mapping[str, str]) -> float | None:
    said = [verdict for id, verdict in gates.items() if atlas.gates[id].needs_chemical_park]
    known = [verdict == "pass" for verdict in said if verdict != "unknown"]
    return None if not known else float(all(known))


def _strategy(survey: Survey, gap: Gap) -> float:
    """Return 1 if it or its branch is named as wanted, less if only its chain is."""
    if not survey.atlas.policies:
        return np.nan
    if find_names(survey, gap.product):
        return 1.0
    return CHAIN_NAMED if gap.chain in survey.wanted else 0.0


def _crowding(survey: Survey, gaps: Sequence[Gap]) -> Floats:
    """Return k / (k + 1) for k neighbours that chase a product or its branch."""
    chasers = find_chasers(survey)
    if not chasers:
        return np.full(len(gaps), np.nan)
    counts = np.array([len(chasers_of(chasers, gap)) for gap in gaps], dtype=np.float64)
    return counts / (counts + 1)


def find_chasers(survey: Survey) -> dict[str, list[str]]:
    """Product or branch → the neighbours that chase it, by the day of the survey."""
    found: dict[str, list[str]] = {}
    for id, neighbour in survey.atlas.neighbours.items():
        if neighbour.date is None or last_day(neighbour.date) <= survey.day:
            for chased in neighbour.chases:
                found.setdefault(chased, []).append(id)
    return found


def chasers_of(chasers: Mapping[str, list[str]], gap: Gap) -> list[str]:
    """Return the neighbours that chase a gap's product or its branch."""
    return sorted({*chasers.get(gap.product, ()), *chasers.get(gap.branch, ())})
