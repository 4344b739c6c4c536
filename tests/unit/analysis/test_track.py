"""How far projects, chains and quotas are, by figures that can be worked out by hand."""

import pytest

from chaingraph.analysis.difference import compare_atlases
from chaingraph.analysis.track import (
    track_chains,
    track_projects,
    track_quotas,
)
from chaingraph.errors import UsageError

PRODUCTS = """
flour: {name: {zh: 面粉, en: flour}, stage: upstream, unit: t}
bread:
  name: {zh: 面包, en: bread}
  stage: downstream
  unit: t
  inputs: {flour: {critical: true}}
"""

PROJECTS = """
projects:
  mill:
    name: {zh: 磨坊, en: Mill}
    milestones: {signed: 2023-11-20, started: 2024-03-31, operating: 2024-07}
    capacity: {flour: 5}
    investment: 10
    arrived: {value: 4, date: 2024-05}
  oven:
    name: {zh: 烤炉, en: Oven}
    milestones: {signed: 2024-02}
    chain: food
    investment: {value: 600000000, unit: CNY}
  talk:
    name: {zh: 意向, en: Idea}
    milestones: {planned: 2024-06-01}
"""


def status(atlas, id, **options):
    return {each.project: each for each in track_projects(atlas, **options)}.get(id)


def one(milestones, more=""):
    return f"projects: {{p: {{name: 某, milestones: {{{milestones}}}{more}}}}}"


# ----------------------------------------------------------------- projects


def test_a_project_is_told_with_its_money_and_dates(make_atlas):
    mill = status(make_atlas(PRODUCTS, PROJECTS), "mill")
    assert mill.to_record("en") == {
        "project": "mill",
        "name": "Mill",
        "chain": "food",  # of the branch of flour
        "milestone": "started",  # operating counts from 2024-07-31
        "since": "2024-03-31",
        "investment": 10,
        "arrived": 4,
        "months": 7,  # 2023-11-20 to 2024-06-30
        "last_progress": "2024-05",
        "idle_months": 1,  # 2024-05-31 to 2024-06-30, both the last of their month
        "colour": "green",
        "confidence": None,
        "sources": [],
    }


def test_money_in_yuan_is_counted_in_hundred_millions(make_atlas):
    assert status(make_atlas(PRODUCTS, PROJECTS), "oven").investment == 6


def test_what_comes_after_the_day_is_not_known_yet(make_atlas):
    atlas = make_atlas(PRODUCTS, PROJECTS)
    mill = status(atlas, "mill", as_of="2024-03-30")
    assert (mill.milestone, mill.arrived, mill.last_progress) == ("signed", None, "2023-11-20")
    assert status(atlas, "mill", as_of="2023-11-19") is None
    assert status(atlas, "talk", as_of="2024-05") is None


def test_money_without_a_date_has_arrived(make_atlas):
    assert status(make_atlas(PRODUCTS, one("signed: 2024", ", arrived: 3")), "p") is None
    atlas = make_atlas(PRODUCTS, one("signed: 2023", ", arrived: 3"))
    assert status(atlas, "p").arrived == 3


@pytest.mark.parametrize(
    ("day", "colour", "idle"),
    [
        ("2024-02-29", "green", 1),  # the last day of a shorter month is a full month
        ("2024-03-30", "green", 1),
        ("2024-03-31", "yellow", 2),
        ("2024-04-29", "yellow", 2),
        ("2024-04-30", "red", 3),
        ("2024-07-31", "red", 6),  # not more than six
        ("2024-08-01", "out", 6),
    ],
)
def test_the_colour_follows_the_months_without_progress(day, colour, idle, make_atlas):
    p = status(make_atlas(PRODUCTS, one("signed: 2024-01-31")), "p", as_of=day)
    assert (p.colour, p.idle_months) == (colour, idle)


@pytest.mark.parametrize("more", ["updated: 2024-06-15", "arrived: {value: 1, date: 2024-06-15}"])
def test_news_and_money_are_progress(more, make_atlas):
    atlas = make_atlas(PRODUCTS, one("signed: 2024-01", f", {more}"))
    assert status(atlas, "p").colour == "green"
    assert status(atlas, "p", as_of="2024-06-14").colour == "red"


@pytest.mark.parametrize("milestone", ["operating", "full", "stopped"])
def test_what_is_done_has_no_colour(milestone, make_atlas):
    assert status(make_atlas(PRODUCTS, one(f"{milestone}: 2020")), "p").colour is None


@pytest.mark.parametrize(
    ("milestones", "months"),
    [
        ("planned: 2023-01-30", None),
        ("building: 2024-03-30", 3),
        ("started: 2024-04-30, building: 2024-05-30", 2),
    ],
)
def test_age_is_since_signing_or_what_is_known_next(milestones, months, make_atlas):
    assert status(make_atlas(PRODUCTS, one(milestones)), "p").months == months


# ------------------------------------------------------------------- chains


def test_a_chain_counts_projects_and_money_by_stage(make_atlas):
    food, total = track_chains(make_atlas(PRODUCTS, PROJECTS), as_of="2024-07-31")
    assert food.to_record() == {
        "chain": "food",
        "name": "食品",
        "signed": 2,
        "signed_investment": 16,
        "started": 1,
        "started_investment": 10,
        "operating": 1,
        "operating_investment": 10,
        "arrived": 4,
        "arrival_rate": 0.4,  # of the mill alone: nothing is known of the oven
        "arrival_projects": 1,
        "start_rate": 0.5,
        "operating_rate": 0.5,
    }
    assert (total.chain, total.name.en, total.signed) == (None, "Total", 2)


def test_a_later_milestone_passes_the_earlier_ones(make_atlas):
    food, _ = track_chains(make_atlas(PRODUCTS, one("operating: 2020", ", chain: food")))
    assert (food.signed, food.started, food.operating, food.start_rate) == (1, 1, 1, 1)


def test_a_year_counts_what_was_reached_in_it(make_atlas):
    atlas = make_atlas(PRODUCTS, PROJECTS)
    before, _ = track_chains(atlas, year=2023)
    now, _ = track_chains(atlas, year=2024)
    assert (before.signed, before.started, before.arrived) == (1, 0, None)
    assert (before.start_rate, before.arrival_rate) == (1, 0.4)  # of the mill, by 2024-06-30
    assert (now.signed, now.started, now.operating, now.arrived) == (1, 1, 0, 4)
    assert (now.start_rate, now.arrival_rate) == (0, None)  # of the oven
    with pytest.raises(UsageError, match="is not a year"):
        track_chains(atlas, year=0)


def test_over_nothing_there_is_no_rate(make_atlas):
    food, _ = track_chains(make_atlas(PRODUCTS, one("planned: 2020", ", chain: food")))
    assert (food.signed, food.signed_investment) == (0, 0)
    assert (food.start_rate, food.operating_rate, food.arrival_rate, food.arrived) == (None,) * 4


def test_without_a_figure_there_is_no_sum(make_atlas):
    food, _ = track_chains(make_atlas(PRODUCTS, one("signed: 2020", ", chain: food")))
    assert (food.signed, food.signed_investment, food.started_investment) == (1, None, 0)


@pytest.mark.parametrize("says_so", ["frame", "phase"])
def test_money_of_what_is_in_part_the_same_counts_once(says_so, make_atlas):
    projects = """
    projects:
      frame: {name: 框架, chain: food, milestones: {signed: 2023}, investment: 100}
      phase: {name: 一期, chain: food, milestones: {signed: 2023}, investment: 30, arrived: 6}
    """
    other = {"frame": "phase", "phase": "frame"}[says_so]
    projects = projects.replace(f"{says_so}: {{", f"{says_so}: {{overlaps: [{other}], ")
    food, _ = track_chains(make_atlas(PRODUCTS, projects))
    assert (food.signed, food.signed_investment) == (2, 100)
    assert (food.arrived, food.arrival_rate, food.arrival_projects) == (6, 0.2, 1)


def test_the_total_has_the_projects_of_no_chain(make_atlas):
    food, total = track_chains(make_atlas(PRODUCTS, one("signed: 2020", ", investment: 2")))
    assert (food.signed, total.signed, total.signed_investment) == (0, 1, 2)


# ------------------------------------------------------------------- quotas

QUOTA = """
quotas:
  q:
    name: {zh: 任务, en: Task}
    measure: %s
    goal: {value: %s, unit: %s}
    since: 2024-01-01
    until: 2024-12-31
"""


def quota(make_atlas, measure, goal, unit, as_of=None):
    atlas = make_atlas(PRODUCTS, PROJECTS + QUOTA % (measure, goal, unit))
    return track_quotas(atlas, as_of=as_of)[0]


def test_a_quota_of_projects_counts_those_of_its_time(make_atlas):
    q = quota(make_atlas, "signed", 4, "count")  # the mill was signed the year before
    assert (q.done, q.share, q.remaining, q.counted) == (1, 0.25, 3, ("oven",))
    assert q.days_left == 184  # July to December


def test_a_quota_of_money_counts_investment(make_atlas):
    q = quota(make_atlas, "started", 8, "100m_CNY")
    assert (q.done, q.share, q.remaining, q.counted) == (10, 1.25, 0, ("mill",))


def test_a_quota_of_money_arrived_counts_figures_of_its_time(make_atlas):
    assert quota(make_atlas, "arrived", 8, "100m_CNY").done == 4
    assert quota(make_atlas, "arrived", 8, "100m_CNY", as_of="2024-05-30").done == 0


def test_nothing_counts_before_or_after_its_time(make_atlas):
    before = quota(make_atlas, "signed", 4, "count", as_of="2023-12-31")
    after = quota(make_atlas, "operating", 4, "count", as_of="2026-01-01")
    assert (before.done, before.days_left) == (0, 366)
    assert (after.done, after.days_left) == (1, 0)


def test_a_quota_of_a_chain_leaves_the_others_out(make_atlas):
    lone = "  lone: {name: 独, milestones: {signed: 2024-03}}\n"
    facts = PROJECTS + lone + QUOTA % ("signed", 4, "count")
    assert track_quotas(make_atlas(PRODUCTS, facts))[0].done == 2
    own = facts.replace("    measure:", "    chain: food\n    measure:")
    assert track_quotas(make_atlas(PRODUCTS, own))[0].counted == ("oven",)


def test_projects_whose_money_is_not_known_are_named(make_atlas):
    facts = PROJECTS.replace("    investment: 10\n", "") + QUOTA % ("started", 8, "100m_CNY")
    q = track_quotas(make_atlas(PRODUCTS, facts))[0]
    assert (q.done, q.counted, q.no_figure) == (0, (), ("mill",))


SPACE = """
projects:
  a: {name: 甲, chain: food, milestones: {signed: 2023-10}, factory_space: {value: 1.2, date: 2024-03-05}}
  b: {name: 乙, milestones: {operating: 2024-06}, factory_space: {value: 3000, unit: m2}}
  c: {name: 丙, milestones: {signed: 2024-01}, factory_space: {value: 9, date: 2024-12-01}}
  d: {name: 丁, milestones: {signed: 2024-01}, factory_space: 7}
  e: {name: 戊, milestones: {signed: 2024-01}, overlaps: [a], factory_space: {value: 1, date: 2024-03}}
  f: {name: 己, milestones: {signed: 2023-01}, factory_space: {value: 2, date: 2023-12-31}}
"""


@pytest.mark.parametrize(
    ("goal", "unit", "done", "remaining"), [(5, "10k_m2", 1.5, 3.5), (20000, "m2", 15000, 5000)]
)
def test_a_quota_of_factory_space_counts_who_moved_in(goal, unit, done, remaining, make_atlas):
    atlas = make_atlas(PRODUCTS, SPACE + QUOTA % ("factory_space", goal, unit))
    (q,) = track_quotas(atlas)
    assert (q.done, q.remaining, q.unit) == (pytest.approx(done), pytest.approx(remaining), unit)
    assert q.counted == ("a", "b")  # not: later, not yet known, in part the same, the year before


def test_factory_space_of_a_chain_and_before_anybody_moved_in(make_atlas):
    facts = SPACE + QUOTA.replace("measure", "chain: food\n    measure")
    atlas = make_atlas(PRODUCTS, facts % ("factory_space", 5, "10k_m2"))
    assert track_quotas(atlas)[0].counted == ("a",)
    assert track_quotas(atlas, as_of="2024-03-04")[0].done == 0


def test_a_goal_of_nothing_has_no_share(make_atlas):
    assert quota(make_atlas, "signed", 0, "count").share is None


# -------------------------------------------------------------- differences


def test_an_atlas_does_not_differ_from_itself(make_atlas):
    atlas = make_atlas(PRODUCTS, PROJECTS)
    assert compare_atlases(atlas, atlas).to_records() == []


def test_two_days_differ_by_what_moved(make_atlas):
    facts = PROJECTS + "enterprises: {baker: {name: 面包房, makes: [bread]}}\n"
    atlas = make_atlas(PRODUCTS, facts)
    found = compare_atlases(atlas, atlas, old_as_of="2024-06", new_as_of="2024-07")
    assert found.to_records("en") == [
        {
            "change": "moved",
            "section": "projects",
            "id": "mill",
            "name": "Mill",
            "before": "started",
            "after": "operating",
            "date": "2024-07",
        },
        {
            "change": "state",
            "section": "products",
            "id": "flour",
            "name": "flour",
            "before": "building",
            "after": "present",
            "date": None,
        },
        {
            "change": "gap_changed",  # one single mill: no longer missing, but weak
            "section": "products",
            "id": "flour",
            "name": "flour",
            "before": "broken",
            "after": "weak",
            "date": None,
        },
    ]


def test_two_atlases_differ_by_what_was_added_and_removed(make_atlas):
    old = make_atlas(PRODUCTS, PROJECTS)
    extra = "toast: {name: {zh: 吐司, en: toast}, stage: downstream}\n"
    facts = "sources: {news: {title: 新闻, kind: news}}\n" + one("signed: 2024-03-01")
    new = make_atlas(PRODUCTS + extra, facts)
    found = compare_atlases(old, new)
    assert [(c.section, c.id, c.name.zh) for c in found.added] == [
        ("products", "toast", "吐司"),
        ("projects", "p", "某"),
        ("sources", "news", "新闻"),
    ]
    assert [c.id for c in found.removed] == ["mill", "oven", "talk"]
    assert [(c.id, c.before, c.after, c.date) for c in found.moved] == [
        ("p", None, "signed", "2024-03-01")
    ]
    assert "toast" not in {c.id for c in (*found.opened, *found.closed)}  # a new word, no new gap


def test_gaps_open_and_close(make_atlas):
    none = make_atlas(PRODUCTS)
    mill = make_atlas(PRODUCTS, "enterprises: {f: {name: 厂, makes: [flour]}}")
    closed = compare_atlases(none, mill)
    opened = compare_atlases(mill, none)
    assert [(c.id, c.before, c.after) for c in closed.closed] == [("flour", "void", None)]
    assert [(c.id, c.before, c.after) for c in opened.opened] == [("flour", None, "void")]
    assert [(c.id, c.before, c.after) for c in closed.kinds] == [("bread", "void", "short")]
