"""What can be expected of the pipeline, by stage and age, against the published cohort."""

import pytest

from chaingraph.analysis.pipeline import expected_share, find_fill
from chaingraph.analysis.survey import make_survey
from chaingraph.settings import Pipeline


@pytest.mark.parametrize(
    ("state", "months", "share"),
    [
        ("signed", 0, 0),
        ("signed", 12, 0.2517),  # completed / signed, 20th fair
        ("signed", 26, 0.3669),  # completed / signed, 19th fair
        ("signed", 19, (0.2517 + 0.3669) / 2),
        ("signed", 120, 0.3669),
        ("building", 12, 0.2517 / 0.7714),
        ("building", 26, 0.3669 / 0.8298),
    ],
)
def test_the_default_table_is_the_published_cohort(state, months, share):
    assert expected_share(Pipeline(), state, months) == pytest.approx(share, abs=1e-4)


PRODUCTS = "flour: {name: 面粉, stage: midstream, unit: t}"
PROJECTS = """
projects:
  a: {name: 一期, milestones: {signed: 2022-06-30, started: 2023-01-31}, capacity: {flour: 100}}
  b: {name: 二期, milestones: {signed: 2023-06-30}, capacity: {flour: 50}}
  c: {name: 三期, milestones: {signed: 2024-01-31}, capacity: {flour: null}}
"""


def fill(atlas, view="actual"):
    survey = make_survey(atlas, view=view)
    return find_fill(survey.scene, "flour", survey.day)


def test_expected_fill_is_the_sum_of_amount_times_share(make_atlas):
    found = fill(make_atlas(PRODUCTS, PROJECTS))
    a, b, c = found.coming
    assert [each.state for each in found.coming] == ["building", "signed", "signed"]
    assert (round(a.months), round(b.months), c.amount) == (24, 12, None)
    assert found.whole == 150
    assert found.expected == pytest.approx(100 * a.share + 50 * b.share)


def test_a_view_that_counts_what_builds_expects_only_what_is_signed(make_atlas):
    assert [each.project for each in fill(make_atlas(PRODUCTS, PROJECTS), "building").coming] == [
        "b",
        "c",
    ]


def test_the_atlas_may_have_a_table_of_its_own(make_atlas):
    head = (
        HEAD + "pipeline: {signed: [{months: 0, share: 0.5}], building: [{months: 0, share: 1}]}\n"
    )
    assert fill(make_atlas(PRODUCTS, PROJECTS, head)).expected == 100 * 1 + 50 * 0.5


def test_two_projects_that_overlap_come_once(make_atlas):
    facts = PROJECTS.replace("capacity: {flour: 50}}", "capacity: {flour: 50}, overlaps: [a]}")
    assert fill(make_atlas(PRODUCTS, facts)).whole == 100


HEAD = """
atlas: {id: town, name: 小城图谱}
place: {name: 小城}
as_of: 2024-06-30
chains: {food: {name: 食品, branches: [bakery]}}
includes: [products/*.yaml, facts.yaml]
"""


BOTH = """
soda: {name: 碱, stage: upstream, unit: t, byproducts: {chlorine: {per: 0.5}}}
chlorine: {name: 氯, stage: upstream, unit: t}
"""


def test_a_project_brings_its_by_products_too(make_atlas):
    facts = "projects: {p: {name: 碱厂, milestones: {signed: 2023-06-30}, capacity: {soda: 100}}}"
    survey = make_survey(make_atlas(BOTH, facts))
    (coming,) = find_fill(survey.scene, "chlorine", survey.day).coming
    assert (coming.project, coming.amount) == ("p", 50)


def test_what_a_project_shares_with_one_that_runs_does_not_come_again(make_atlas):
    facts = """
    projects:
      a: {name: 一期, milestones: {operating: 2020}, capacity: {flour: 100}}
      b: {name: 全部, milestones: {signed: 2024-01}, capacity: {flour: 120}, overlaps: [a]}
    """
    assert fill(make_atlas(PRODUCTS, facts)).whole == 20


def test_all_of_it_cannot_be_told_where_a_project_has_no_figure(make_atlas):
    assert fill(make_atlas(PRODUCTS, PROJECTS)).is_partial
