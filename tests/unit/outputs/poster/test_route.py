"""The route map: what stands on it, told from its text."""

import re

import pytest

from chaingraph.analysis.plan import make_plan
from chaingraph.outputs.poster.route import draw_route_map

PRODUCTS = "bread: {name: {zh: 面包, en: Bread}, stage: midstream, unit: t}"
FACTS = """
candidates:
  far: {{name: 甲, makes: [bread], place: 广东深圳}}
  near: {{name: 乙, makes: [bread], place: 浙江杭州}}
regions:
  south: {{name: 华南, kind: {kind}, covers: [广东]}}
"""


def words(make_atlas, kind):
    atlas = make_atlas(PRODUCTS, FACTS.format(kind=kind))
    svg = draw_route_map(atlas, make_plan(atlas, as_of="2024-06-30"), lang="zh")
    return re.findall(r">([^<>]+)<", svg)


@pytest.mark.parametrize(("kind", "squares"), [("outpost", True), ("target", False)])
def test_the_squares_of_outposts_are_explained_where_there_are_any(make_atlas, kind, squares):
    assert any("方框为驻点" in text for text in words(make_atlas, kind)) == squares


def test_a_trip_of_one_day_names_it_once(make_atlas):
    found = [text for text in words(make_atlas, "target") if re.match(r"\d\d-\d\d", text)]
    assert [text.split()[0] for text in found] == ["07-01", "07-15"]
