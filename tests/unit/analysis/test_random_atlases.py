"""The engine against the plainest way of saying the same, on small random atlases."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaingraph.analysis.balance import find_balance
from chaingraph.analysis.gaps import find_gaps
from chaingraph.analysis.unlock import find_feasible
from chaingraph.figures import Figure
from chaingraph.model import Atlas, Product

NAMES = "abcdef"


@st.composite
def atlases(draw):
    """Six products with up to two routes each, loops welcome; some are made here."""
    products, firms = {}, {}
    for name in NAMES:
        others = [other for other in NAMES if other != name]
        routes = []
        for number in range(draw(st.integers(0, 2))):
            chosen = draw(st.lists(st.sampled_from(others), max_size=3, unique=True))
            inputs = {
                other: {"per": draw(st.integers(1, 4)), "critical": draw(st.booleans())}
                for other in chosen[1:]
            }
            byproducts = {other: {"per": draw(st.integers(1, 4))} for other in chosen[:1]}
            routes.append({"id": f"r{number}", "inputs": inputs, "byproducts": byproducts})
        stage = {"stage": "midstream", "unit": "t", "reach": "local"}
        products[name] = {"name": {"zh": name}, "routes": routes, **stage}
        if draw(st.booleans()):
            route = draw(st.sampled_from([None, *(route["id"] for route in routes)]))
            amount = {"value": draw(st.integers(0, 100))} if draw(st.booleans()) else None
            firms[f"f_{name}"] = {
                "name": {"zh": name},
                "makes": {name: {"capacity": amount, "route": route}},
            }
    return Atlas.model_validate(
        {
            "atlas": {"id": "town", "name": {"zh": "小城"}},
            "place": {"name": {"zh": "小城"}},
            "as_of": "2024",
            "chains": {"all": {"name": {"zh": "链"}, "branches": ["all"]}},
            "branches": {"all": {"id": "all", "name": {"zh": "链"}}},
            "products": products,
            "branch_of": dict.fromkeys(products, "all"),
            "enterprises": firms,
        }
    )


def made(atlas):
    """Product → (the route that it is made by, or None; capacity, or None), as firms say."""
    found = {}
    for firm in atlas.enterprises.values():
        for id, output in firm.makes.items():
            routes = atlas.products[id].routes
            named = [route for route in routes if route.id == output.route]
            route = (named or routes or [None])[0]
            found[id] = (route, output.capacity.value if output.capacity else None)
    return found


def here(atlas):
    """What firms make, and what comes with it."""
    running = made(atlas)
    return set(running) | {of for route, _ in running.values() if route for of in route.byproducts}


@settings(max_examples=200, deadline=None)
@given(atlases())
def test_supply_and_demand_are_sums_over_those_who_make(atlas):
    supply, demand = dict.fromkeys(NAMES, 0.0), dict.fromkeys(NAMES, 0.0)
    for id, (route, capacity) in made(atlas).items():
        supply[id] += capacity or 0
        for other, flow in route.inputs.items() if route else ():
            demand[other] += (capacity or 0) * flow.per.value
        for other, flow in route.byproducts.items() if route else ():
            supply[other] += (capacity or 0) * flow.per.value
    for id, balance in find_balance(atlas).items():
        assert (balance.supply or 0) == pytest.approx(supply[id])
        assert (balance.demand or 0) == pytest.approx(demand[id])
        if balance.shortfall is not None:
            assert balance.shortfall == pytest.approx(max(0, demand[id] - supply[id]))
            assert balance.surplus == pytest.approx(max(0, supply[id] - demand[id]))


@settings(max_examples=200, deadline=None)
@given(atlases())
def test_what_is_absent_is_broken_if_something_made_needs_it(atlas):
    there = here(atlas)
    needed = {
        other
        for id, (route, _) in made(atlas).items()
        for other, flow in (route.inputs.items() if route else ())
        if flow.critical
    }
    gaps = {gap.product: gap for gap in find_gaps(atlas)}
    assert {id for id in NAMES if id not in there} <= set(gaps)
    for id, gap in gaps.items():
        assert (gap.kind == "weak") == (id in there)
        if id in needed - there:
            assert gap.kind == "broken"
        if gap.kind == "short":
            assert id not in needed
            assert gap.missing_inputs == ()
        if gap.kind == "void":
            assert id not in needed


@settings(max_examples=200, deadline=None)
@given(atlases())
def test_what_is_feasible_is_the_least_fixed_point(atlas):
    there = here(atlas)
    reached = set(there)
    for _ in NAMES:
        for id, product in atlas.products.items():
            for route in product.routes:
                critical = {other for other, flow in route.inputs.items() if flow.critical}
                if critical and critical <= reached and id not in there:
                    reached |= {id, *route.byproducts}
    assert set(find_feasible(atlas)) == reached - there


@settings(max_examples=100, deadline=None)
@given(atlases())
def test_mass_is_conserved_where_the_routes_conserve_it(atlas):
    """Scaled so that what goes in weighs as much as what comes out, nothing is gained or lost."""
    products = {}
    for id, product in atlas.products.items():
        routes = []
        for route in product.routes:
            weight_in = sum(flow.per.value for flow in route.inputs.values())
            weight_out = 1 + sum(flow.per.value for flow in route.byproducts.values())
            inputs = {
                other: flow.model_copy(
                    update={"per": Figure(value=flow.per.value * weight_out / weight_in)}
                )
                for other, flow in route.inputs.items()
            }
            routes.append(route.model_copy(update={"inputs": inputs}))
        products[id] = Product.model_validate({**product.model_dump(), "routes": routes})
    atlas = atlas.model_copy(update={"products": products})
    out_of_nothing = sum(
        (capacity or 0)
        * (1 + sum(flow.per.value for flow in route.byproducts.values()) if route else 1)
        for route, capacity in made(atlas).values()
        if route is None or not route.inputs
    )
    gained = sum((each.supply or 0) - (each.demand or 0) for each in find_balance(atlas).values())
    assert gained == pytest.approx(out_of_nothing, abs=1e-6)
