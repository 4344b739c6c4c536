"""What the maps of a bundle are drawn from is worked out once, and is what each would make alone."""

from functools import partial

import pytest

from chaingraph.analysis.flagships import find_flagships
from chaingraph.analysis.score import rank_gaps
from chaingraph.outputs import basis
from chaingraph.outputs.basis import Basis
from chaingraph.outputs.bundle import offer_files
from chaingraph.outputs.contents import gather
from chaingraph.outputs.map import draw_map
from chaingraph.outputs.poster import draw_poster
from chaingraph.outputs.scope import choose_groups

PRODUCTS = """
ore: {name: 矿, stage: upstream}
steel: {name: 钢, stage: midstream, inputs: {ore: {critical: true}}}
ship: {name: 船, stage: downstream, inputs: {steel: {critical: true}}}
"""


@pytest.fixture
def calls(monkeypatch):
    """The steps taken, in their order."""
    taken = []
    for name in ("judge", "rank", "find_flagships_in", "supply_graph", "layout"):
        monkeypatch.setattr(basis, name, partial(_take, taken, name, getattr(basis, name)))
    return taken


def _take(taken, name, step, *args, **options):
    taken.append(name)
    return step(*args, **options)


def test_a_bundle_takes_each_step_once(make_atlas, calls):
    for make in offer_files(gather(make_atlas(PRODUCTS))).values():
        make()
    assert sorted(calls) == ["find_flagships_in", "judge", "layout", "rank", "supply_graph"]


def test_the_map_and_the_sheet_of_a_bundle_are_those_drawn_alone(make_atlas):
    atlas = make_atlas(PRODUCTS)
    files = offer_files(gather(atlas))
    assert files["map.html"]() == draw_map(atlas).html.encode()
    assert files["poster.svg"]() == draw_poster(atlas).encode()


def test_gaps_and_flagships_are_those_of_the_public_functions(yumen):
    day = yumen.date("2023-02-15")
    found = Basis(yumen, day, "plan")
    assert list(found.gaps) == list(rank_gaps(yumen, as_of=day, view="plan"))
    assert list(found.flagships) == list(find_flagships(yumen, as_of=day, view="plan"))


def test_a_part_of_the_map_is_laid_out_for_itself(yumen, calls):
    found = Basis(yumen, yumen.date(None), "actual")
    whole = found.lay_out(choose_groups(yumen, None, None), list(yumen.products))
    part = found.lay_out(choose_groups(yumen, None, "csp"), yumen.products_of("csp"))
    assert [band.branch for band in part.bands] == ["csp"]
    assert len(whole.bands) > 1
    assert calls.count("layout") == 2
