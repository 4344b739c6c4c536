"""Landings: what they close, open and change, and that the old atlas stays as it is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaingraph.analysis.gaps import find_gaps
from chaingraph.analysis.whatif import Landing, find_whatif, land
from chaingraph.errors import UsageError

PRODUCTS = """
ore: {name: 矿, stage: upstream, unit: t, reach: local}
acid: {name: 酸, stage: midstream, unit: t, reach: local, inputs: {ore: {per: 2, critical: true}}}
salt: {name: 盐, stage: downstream, unit: t, reach: local, inputs: {acid: {per: 0.5, critical: true}}}
soap: {name: 皂, stage: downstream, unit: t, reach: local, inputs: {salt: {per: 1, critical: true}}}
"""
FACTS = """
enterprises: {plant: {name: 盐厂, makes: {salt: {capacity: 100}}}}
projects: {p: {name: 酸厂, milestones: {signed: 2024-01}, capacity: {acid: 30}}}
"""


def test_a_landing_closes_its_gap_and_opens_that_of_its_input(make_atlas):
    found = find_whatif(make_atlas(PRODUCTS, FACTS), [Landing("酸", 60)])
    assert [(each.product, each.change) for each in found.opened] == [("ore", "opened")]
    changed = {each.product: each for each in (*found.closed, *found.changed)}
    assert changed["acid"].before.kind == "broken"
    # one single firm makes it, and the salt works needs it: weak, but nothing is missing
    assert (changed["acid"].after.kind, changed["acid"].after.shortfall) == ("weak", 0)


def test_sourcing_rises_by_what_is_covered(make_atlas):
    found = find_whatif(make_atlas(PRODUCTS, FACTS), [Landing("acid", 25)])
    (before,), (after,) = found.before, found.after
    assert (before.by_volume, before.by_number) == (0, 0)
    # 50 t of acid are needed and 25 are made; they take 50 t of ore, and none is made
    assert (after.by_volume, after.by_number) == (25 / 100, 1 / 2)


def test_several_landings_count_together(make_atlas):
    found = find_whatif(make_atlas(PRODUCTS, FACTS), [Landing("acid", 50), Landing("ore", 100)])
    assert found.opened == ()
    assert found.after[0].by_volume == 1


def test_a_project_lands_by_its_id(make_atlas):
    atlas = make_atlas(PRODUCTS, FACTS)
    landed = land(atlas, project="p")
    assert landed.projects["p"].milestones == {"signed": "2024-01", "operating": "2024-06-30"}
    assert atlas.projects["p"].milestones == {"signed": "2024-01"}
    gap = next(gap for gap in find_gaps(landed) if gap.product == "acid")
    assert (gap.supply, gap.shortfall, gap.pipeline) == (30, 20, ())


def test_what_comes_into_reach_is_told(make_atlas):
    atlas = make_atlas(PRODUCTS)
    assert find_whatif(atlas, [Landing("ore")]).feasible == ("acid", "salt", "soap")


def test_the_same_product_may_land_twice(make_atlas):
    found = find_whatif(make_atlas(PRODUCTS, FACTS), [Landing("acid", 25), Landing("acid", 25)])
    gaps = {each.product for each in found.changed}
    assert "acid" not in gaps
    assert "acid" in {each.product for each in found.closed}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"product": "acd"}, "did you mean 'acid'"),
        ({"product": "acid", "capacity": -1}, "must be more than zero"),
        ({"product": "acid", "capacity": 0}, "must be more than zero"),
        ({"product": "acid", "route": "wet"}, "has no route 'wet'"),
        ({"project": "q"}, "no project 'q'"),
        ({}, "either which product lands or which project"),
    ],
)
def test_what_cannot_land_is_refused(make_atlas, options, message):
    with pytest.raises(UsageError, match=message):
        land(make_atlas(PRODUCTS, FACTS), **options)


@settings(max_examples=40, deadline=None)
@given(number=st.integers(0, 10_000))
def test_landing_a_product_removes_the_gap_that_it_was(yumen, number):
    gaps = [gap for gap in find_gaps(yumen) if gap.kind != "weak"]
    gap = gaps[number % len(gaps)]
    enough = max(gap.shortfall or 0, 10**9)  # above every smallest plant
    after = find_gaps(land(yumen, gap.product, enough))
    left = [each for each in after if each.product == gap.product]
    assert all(each.kind == "weak" and not each.shortfall for each in left)
