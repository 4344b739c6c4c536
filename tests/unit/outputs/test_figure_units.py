"""The unit meant by every figure that names none, in an atlas that has one of each."""

from typing import get_args

import polars as pl
import pyoxigraph as ox
import pytest

from chaingraph import bundles, figures, model, settings
from chaingraph.figures import Entity, Figure
from chaingraph.outputs.entity_tables import make_tables
from chaingraph.outputs.linked_data import make_json_ld, make_turtle
from chaingraph.outputs.parquet_tables import make_parquet

FIGURES = {
    "AtlasFile.utilisation": ("town", "utilisation.wind", "h"),
    "Enterprise.investment": ("baker", "investment", "100m_CNY"),
    "Enterprise.jobs": ("baker", "jobs", "count"),
    "Flow.per": ("bread", "inputs.power.per", "MWh/t"),
    "Gate.available": ("rule", "available", "MWh"),
    "InvestmentExample.investment": ("bread", "investments.0.investment", "100m_CNY"),
    "InvestmentExample.land": ("bread", "investments.0.land", "mu"),
    "InvestmentExample.size": ("bread", "investments.0.size", "t"),
    "Limit.amount": ("water", "amount", None),
    "Output.capacity": ("baker", "makes.wind.capacity", "MW"),
    "Park.figures": ("east", "figures.jobs", None),
    "PlaceFacts.figures": ("town", "place.figures.investment", None),
    "Product.equivalents": ("bread", "equivalents.set", "t/set"),
    "Product.figures": ("bread", "figures.size", None),
    "Product.min_scale": ("bread", "min_scale", "t"),
    "Product.technology": ("bread", "technology", None),
    "Project.arrived": ("oven", "arrived", "100m_CNY"),
    "Project.capacity": ("oven", "capacity.bread", "t"),
    "Project.factory_space": ("oven", "factory_space", "10k_m2"),
    "Project.figures": ("oven", "figures.arrived", None),
    "Project.investment": ("oven", "investment", "100m_CNY"),
    "Project.jobs": ("oven", "jobs", "count"),
    "Quota.goal": ("goal", "goal", "count"),
    "Sections.years": ("2023", "jobs", None),
}
"""Field → where its figure stands in the atlas below, and the unit meant; only the goal names it."""

HEAD = """
atlas: {id: town, name: 小城图谱}
place: {name: 小城, figures: {investment: 1}}
as_of: 2024-06-30
utilisation: {wind: 2000}
chains: {food: {name: 食品, branches: [bakery]}}
includes: [products/*.yaml, facts.yaml]
"""
PRODUCTS = """
power: {name: 电, stage: upstream, unit: MWh}
wind: {name: 风电, stage: upstream, unit: MW}
bread:
  name: 面包
  stage: downstream
  unit: t
  equivalents: {set: 2}
  technology: 0.5
  min_scale: 10
  inputs: {power: {per: 3}}
  investments: [{item: 厂, investment: 2, size: 100, land: 7}]
  figures: {size: 7}
"""
FACTS = """
enterprises: {baker: {name: 面包坊, makes: {wind: {capacity: 5}}, jobs: 3, investment: 1}}
projects:
  oven:
    name: 新炉
    capacity: {bread: 3}
    investment: 2
    arrived: 1
    factory_space: 1
    jobs: 12
    figures: {arrived: 4}
parks: {east: {name: 东园, figures: {jobs: 3}}}
limits: {water: {name: 水, kind: water, amount: 9}}
gates: {rule: {name: 门槛, kind: energy, products: [bread], consumes: power, available: 8}}
quotas:
  goal: {name: 任务, measure: signed, goal: {value: 2, unit: count}, since: 2024, until: 2024}
years: {2023: {jobs: 3}}
"""


def holds_figure(kind):
    return kind is Figure or any(map(holds_figure, get_args(kind)))


def units_in_parquet(atlas):
    rows = pl.read_parquet(make_parquet(atlas)["figures.parquet"]).select("id", "path", "unit")
    return {(id, path): unit for id, path, unit in rows.rows()}


def units_in_linked_data(data, format):
    store = ox.Store()
    store.load(data, format)
    question = """
    SELECT ?figure ?unit WHERE {
      ?figure a <https://w3id.org/chaingraph/ns#Figure>
      OPTIONAL { ?figure <https://schema.org/unitText> ?unit } }"""
    return {
        tuple(figure.value.rpartition("/")[2].split("#")): unit and unit.value
        for figure, unit in store.query(question)
    }


def units_in_turtle(atlas):
    return units_in_linked_data(make_turtle(atlas), ox.RdfFormat.TURTLE)


def units_in_json_ld(atlas):
    return units_in_linked_data(make_json_ld(atlas), ox.RdfFormat.JSON_LD)


EXPORTS = [units_in_parquet, units_in_turtle, units_in_json_ld]


def test_every_field_that_holds_a_figure_is_tried():
    found = {
        f"{kind.__name__}.{name}"
        for module in (figures, settings, bundles, model)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Entity)
        for name in vars(kind).get("__annotations__", ())
        if name in kind.model_fields and holds_figure(kind.model_fields[name].annotation)
    }
    assert set(FIGURES) == found


@pytest.mark.parametrize("units_in", EXPORTS)
def test_a_figure_has_the_unit_that_its_field_implies(units_in, make_atlas):
    expected = {(id, path): unit for id, path, unit in FIGURES.values()}
    assert units_in(make_atlas(PRODUCTS, FACTS, HEAD)) == expected


def test_columns_of_figures_have_it_too(make_atlas):
    rows = {
        (row.get("id") or row["start"], row.get("path")): row
        for table in make_tables(make_atlas(PRODUCTS, FACTS, HEAD))
        if table.name != "gaps"
        for row in table.rows
    }
    columns = {
        ("bread", None): {"min_scale_unit": "t"},
        ("bread", "inputs.power"): {"per_unit": "MWh/t"},
        ("baker", None): {"investment_unit": "100m_CNY", "jobs_unit": "count"},
        ("baker", "makes.wind"): {"capacity_unit": "MW"},
        ("oven", None): {"arrived_unit": "100m_CNY", "factory_space_unit": "10k_m2"},
        ("oven", "capacity.bread"): {"unit": "t"},
        ("rule", None): {"available_unit": "MWh"},
        ("town", "utilisation.wind"): {"unit": "h"},
    }
    assert {key: {name: rows[key].get(name) for name in columns[key]} for key in columns} == columns
    assert "amount_unit" not in rows["water", None]


@pytest.mark.parametrize("units_in", EXPORTS)
def test_a_unit_that_is_named_is_the_one_meant(units_in, make_atlas):
    products = PRODUCTS.replace("{per: 3}", "{per: 3, unit: kWh/t}")
    told = units_in(make_atlas(products.replace("land: 7", "land: {value: 7, unit: m2}"), FACTS))
    assert told["bread", "inputs.power.per"] == "kWh/t"
    assert told["bread", "investments.0.land"] == "m2"


WORDS = ("per", "size", "investment", "arrived", "jobs", "min_scale", "factory_space", "figures")


@pytest.mark.parametrize("units_in", EXPORTS)
def test_a_key_that_is_named_like_a_field_implies_nothing(units_in, make_atlas):
    free = ", ".join(f"{word}: 1" for word in WORDS)
    told = units_in(
        make_atlas(
            f"bread: {{name: 面包, stage: upstream, unit: t, figures: {{{free}}}}}",
            f"years: {{2023: {{{free}}}}}\nparks: {{east: {{name: 东园, figures: {{{free}}}}}}}",
        )
    )
    assert len(told) == 3 * len(WORDS)
    assert set(told.values()) == {None}


@pytest.mark.parametrize("units_in", EXPORTS)
def test_a_product_that_is_named_like_a_field_has_its_own_unit(units_in, make_atlas):
    products = "\n".join(f"{id}: {{name: 产品{id}, stage: upstream, unit: t}}" for id in WORDS)
    makes = ", ".join(f"{id}: {{capacity: 1}}" for id in WORDS)
    capacity = ", ".join(f"{id}: 1" for id in WORDS)
    facts = (
        f"enterprises: {{baker: {{name: 面包坊, makes: {{{makes}}}}}}}\n"
        f"projects: {{oven: {{name: 新炉, capacity: {{{capacity}}}}}}}"
    )
    told = units_in(make_atlas(products, facts))
    assert len(told) == 2 * len(WORDS)
    assert set(told.values()) == {"t"}


@pytest.mark.parametrize("units_in", EXPORTS)
def test_nothing_is_implied_by_a_product_without_a_unit(units_in, make_atlas):
    told = units_in(make_atlas(PRODUCTS.replace("  unit: t\n", ""), FACTS))
    for place in (
        ("bread", "equivalents.set"),
        ("bread", "min_scale"),
        ("bread", "inputs.power.per"),
        ("oven", "capacity.bread"),
    ):
        assert told[place] is None
