"""The real atlas: whole, sourced, and right on the days that matter."""

import re
from pathlib import Path

import jsonschema
import networkx as nx
import pytest
from pydantic import BaseModel

import chaingraph as cg
from chaingraph._yaml import read_document
from chaingraph.figures import Figure
from chaingraph.model import SECTIONS, Flow

CHAINS = cg.example_atlas().parent
FILES = sorted(CHAINS.rglob("*.yaml"))


def states(yumen, day):
    return {id: state.state for id, state in cg.find_states(yumen, as_of=day).items()}


def test_two_clusters_and_five_chains(yumen):
    chains = [(chain.name.zh, chain.cluster) for chain in yumen.chains.values()]
    assert [cluster.name.zh for cluster in yumen.clusters.values()] == [
        "现代化工",
        "新能源及装备制造",
    ]
    assert chains == [
        ("化工", "modern_chemicals"),
        ("新能源及装备制造", "new_energy_cluster"),
        ("绿色农业", None),
        ("文化旅游", None),
        ("商贸物流", None),
    ]


def test_the_atlas_is_as_large_as_its_facts(yumen):
    links = sum(1 for product in yumen.products for _ in yumen.flows(product))
    assert len(yumen.products) >= 299
    assert links >= 510
    assert len(yumen.candidates) >= 190
    assert len(yumen.branches) == 13


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_editors_are_told_the_schema_and_it_holds(path):
    text = path.read_text("utf-8")
    found = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    schema = read_document(path.parent / found[1], "schema").data
    jsonschema.validate(read_document(path, path.name).data, schema)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files_are_fit_to_be_read(path):
    lines = path.read_text("utf-8").splitlines()
    assert max(len(line) for line in lines if "http" not in line) <= 120
    assert not [line for line in lines if line != line.rstrip()]


def figures(entity, sources=(), confidence=None):
    """Every figure with the sources and confidence that it has or inherits."""
    sources = getattr(entity, "sources", None) or sources
    confidence = getattr(entity, "confidence", None) or confidence
    if isinstance(entity, Figure):
        yield entity, sources, confidence
    for name in type(entity).model_fields:
        value = getattr(entity, name)
        inner = value.values() if isinstance(value, dict) else value
        for item in inner if isinstance(value, dict | list) else [value]:
            if isinstance(item, BaseModel):
                yield from figures(item, sources, confidence)


@pytest.mark.parametrize("section", ["products", *SECTIONS])
def test_every_figure_has_a_source_and_a_confidence(yumen, section):
    for id, entity in getattr(yumen, section).items():
        parts = entity.values() if isinstance(entity, dict) else [entity]
        for part in parts:
            for figure, sources, confidence in figures(part):
                assert sources, (section, id, figure)
                assert confidence, (section, id, figure)


def test_every_link_says_who_says_so(yumen):
    flows = [flow for product in yumen.products for *_, flow, _ in yumen.flows(product)]
    assert all(isinstance(flow, Flow) and flow.sources and flow.confidence for flow in flows)


def test_no_source_stands_unused(yumen):
    graph = cg.knowledge_graph(yumen)
    cited = {head for _, head, kind in graph.edges(data="type") if kind == "sources"}
    unused = {id for id in yumen.sources if f"sources:{id}" not in cited}
    assert not {id for id in unused if not id.startswith("S")}


def test_silicone_and_fluorine_move_from_idea_to_building_to_signed_products(yumen):
    assert states(yumen, "2023-02-15")["dmc_cyclosiloxane"] == "absent"
    assert states(yumen, "2024-01-27")["ptfe"] == "absent"
    assert states(yumen, "2024-06-30")["dmc_cyclosiloxane"] == "building"
    assert states(yumen, "2024-06-30")["ptfe"] == "building"
    assert states(yumen, "2025-02-18")["refrigerant_r1234yf"] == "signed"


FLAGSHIPS = ["silicone", "fluorine", "degradable", "coal_oil_corefining", "sgls_park"]


def test_the_flagships_of_2023_are_gaps_with_reasons(yumen):
    found = {flagship.id: flagship for flagship in cg.find_flagships(yumen, as_of="2023-02-15")}
    assert [id for id in found if found[id].policy == "flagship_2023"] == FLAGSHIPS
    for id in FLAGSHIPS:
        flagship = found[id]
        assert flagship.state in ("absent", "signed")
        assert flagship.gaps
        assert all("点名" in gap.why.zh and gap.why.en for gap in flagship.gaps)


def test_the_flagships_come_first_among_the_gaps_of_2023(yumen):
    gaps = cg.find_gaps(yumen, as_of="2023-02-15")
    branches = {gap.branch for gap in gaps[:100]}
    assert {"silicone", "fluorine", "degradable"} <= branches


def test_the_day_before_the_article_nothing_was_named(yumen):
    found = {flagship.id for flagship in cg.find_flagships(yumen, as_of="2023-02-14")}
    assert not found & set(FLAGSHIPS)


def test_the_yearly_figures_stand_apart_from_the_projects(yumen):
    year = {id: figure.value for id, figure in yumen.years["2022"].items()}
    expected = {
        "signed_projects": 91,
        "signed_investment": 398.1,
        "arrived": 130.2,
        "finished_projects": 41,
        "projects_under_way": 80,
    }
    assert {id: year[id] for id in expected} == expected


def test_conflicting_sources_are_both_kept(yumen):
    kaisheng = next(p for id, p in yumen.projects.items() if "kaisheng" in id and p.investment)
    assert (kaisheng.investment.value, kaisheng.investment.conflicts[0].value) == (38, 25.16)
    water = next(p for id, p in yumen.projects.items() if "industrial_water" in p.capacity)
    figure = water.capacity["industrial_water"]
    assert {figure.value, figure.conflicts[0].value} == {41_730_000, 37_840_000}


def test_firms_known_by_name_only_make_nothing(yumen):
    for name in ("恒升昌环保", "雄鑫化工", "浙陇化工"):
        firm = next(f for f in yumen.enterprises.values() if name in (f.name.zh, *f.aliases))
        assert firm.makes == {}


def test_the_chlorine_loop_is_a_cycle(yumen):
    graph = cg.supply_graph(yumen)
    loops = [loop for loop in nx.strongly_connected_components(graph) if len(loop) > 1]
    loop = next(loop for loop in loops if "hydrogen_chloride" in loop)
    assert {"chloromethane", "siloxane_hydrolysate", "dimethyldichlorosilane"} <= loop


def test_stoichiometry_closes_the_loop(yumen):
    """0.983 t HCl is needed and returned for a tonne of siloxane, but for losses to by-products."""
    hydrolysate = yumen.products["siloxane_hydrolysate"].all_routes[0]
    assert hydrolysate.byproducts["hydrogen_chloride"].per.value == 0.983


def test_an_installed_copy_brings_its_atlas():
    assert Path(cg.example_atlas()).exists()


# ------------------------------------------------------------ gaps by hand


def gap_of(yumen, product, **options):
    return next(gap for gap in cg.find_gaps(yumen, **options) if gap.product == product)


def test_semi_coke_by_hand(yumen):
    """800,000 t of carbide by 0.58 t of semi-coke, and nobody makes it."""
    gap = gap_of(yumen, "semi_coke")
    assert (gap.kind, gap.demand, gap.supply) == ("broken", pytest.approx(800_000 * 0.58), 0)


def test_hydrogen_fluoride_by_hand(yumen):
    """198,000 t of R22 are signed; each takes 0.463 t."""
    gap = gap_of(yumen, "anhydrous_hf", view="plan")
    assert gap.shortfall == pytest.approx(198_000 * 0.463)


def test_hydrogen_chloride_through_its_loop_by_hand(yumen):
    """460,000 t of chloromethane take 0.722 t each; R22 at 0.843 t returns the most of it."""
    balance = cg.find_balance(yumen, view="plan")["hydrogen_chloride"]
    assert balance.demand == pytest.approx(460_000 * 0.722)
    assert balance.supply == pytest.approx(198_000 * 0.843)
    assert balance.supply_partial  # chloroform gives some too, and has no capacity


def test_power_through_its_three_routes_by_hand(yumen):
    """Wind, sun and heat by their hours; carbide and hydrogen take it."""
    power = cg.find_balance(yumen)["green_power"]
    assert power.supply == pytest.approx(1698 * 2380 + 980 * 1990 + 150 * 4320)
    assert power.demand == pytest.approx(800_000 * 3.08 + 2100 * 51.8)


def test_industrial_water_and_what_is_expected_of_its_project_by_hand(yumen):
    """The Shule scheme, 41.73 million m3, is building since 2023-02: 34.5 months, past the table."""
    gap = gap_of(yumen, "industrial_water")
    assert gap.expected_fill == pytest.approx(41_730_000 * 0.4422)
    assert (gap.remaining, gap.remaining_if_all) == (0, 0)


def test_silicone_and_fluorine_are_high_on_the_list_of_2023(yumen):
    gaps = cg.rank_gaps(yumen, as_of="2023-02-15")
    first = {gap.branch for gap in gaps[:40]}
    assert {"silicone", "fluorine", "degradable"} <= first
    wanted = [gap for gap in gaps[:40] if gap.branch in ("silicone", "fluorine")]
    assert len(wanted) >= 10
    assert all("点名" in gap.why.zh for gap in wanted)


# ------------------------------------------------------------------------- targets


def test_the_leaders_of_silicone_and_fluorine_are_the_targets_of_2023(yumen):
    wanted = [*yumen.products_of("silicone"), *yumen.products_of("fluorine")]
    targets = cg.find_targets(yumen, as_of="2023-02-15", products=wanted, per_gap=0)
    named = {target.name.zh for target in targets}
    assert {"合盛硅业", "新安股份", "东岳硅材", "兴发集团", "三友化工", "鲁西化工"} <= named
    assert {"巨化股份", "东岳集团", "三美股份", "永和股份", "昊华科技"} <= named
    assert all(target.sources or target.confidence == "L" for target in targets)
    hoshine = next(target for target in targets if target.product == "dmc_cyclosiloxane")
    assert (hoshine.enterprise, hoshine.evidence_date) == ("hoshine", "2023-02-14")
    assert "2023-02-10 扩产" in hoshine.why.zh


def test_what_leading_firms_make_is_documented_before_the_day(yumen):
    wanted = [*yumen.products_of("silicone"), *yumen.products_of("fluorine")]
    targets = cg.find_targets(yumen, as_of="2023-02-15", products=wanted, per_gap=0)
    told = {(target.name.zh, target.product): target for target in targets}
    for firm, product in [
        ("东岳硅材", "silicone_rubber_110"), ("兴发集团", "methylchlorosilane_crude"),
        ("三友化工", "methylchlorosilane_crude"), ("巨化股份", "refrigerant_r32"),
        ("三美股份", "anhydrous_hf"), ("永和股份", "fep"), ("昊华科技", "ptfe"),
        ("多氟多", "lipf6"), ("天赐材料", "lipf6"), ("ST联创", "pvdf"),
    ]:  # fmt: skip
        target = told[firm, product]
        assert target.evidence_date <= "2023-02-15", (firm, product)
        assert "证据晚于当日" not in target.why.zh
        assert all(yumen.sources[key].url for key in target.sources)
    assert "证据晚于当日" in told["巨化股份", "pvdf"].why.zh  # what no page was found for


def test_the_first_trip_of_the_chemicals_team_goes_to_juhua_and_hoshine(yumen):
    trip = cg.make_plan(yumen, as_of="2023-02-15").trips[0]
    assert (trip.team, trip.region, str(trip.start)) == (
        "chemicals_team",
        "yangtze_delta",
        "2023-02-16",
    )
    firms = [stop.enterprise for stop in trip.stops]
    assert firms[0] == "juhua"
    assert "hoshine" in firms


def test_juhua_is_a_stranger_before_its_project_began_and_none_after(yumen):
    def of_juhua(day):
        found = cg.find_targets(yumen, as_of=day, per_gap=0)
        return {each.product: each for each in found if each.enterprise == "juhua"}

    before, after = of_juhua("2023-02-15"), of_juhua("2024-06-30")
    assert (before["ptfe"].here, before["ptfe"].stage) == ((), "planned")
    assert "ptfe" not in after
    assert {each.here for each in after.values()} == {("gansu_juhua",)}
    assert {each.approach for each in after.values()} == {"referral"}


def test_no_target_is_here_already_without_saying_so(yumen):
    local = {firm.parent for firm in yumen.enterprises.values() if firm.parent}
    codes = [firm.owners or "" for firm in yumen.enterprises.values()]
    for target in cg.find_targets(yumen, per_gap=0):
        owned = target.stock_code and any(target.stock_code in owners for owners in codes)
        assert bool(target.here) == (target.enterprise in local or bool(owned)), target.enterprise
