"""Whom to go after: small atlases whose targets can be told by hand."""

import pytest

from chaingraph.analysis.targets import find_group, find_targets, target_gaps
from chaingraph.errors import UsageError

PRODUCTS = """
flour: {name: {zh: 面粉, en: Flour}, aliases: [小麦粉], stage: upstream, unit: t}
bread:
  name: {zh: 面包, en: Bread}
  stage: midstream
  unit: t
  inputs: {flour: {per: 0.8, critical: true}, yeast: {critical: true}}
yeast: {name: {zh: 酵母（鲜）, en: Yeast}, stage: upstream, unit: t}
toast:
  name: {zh: 吐司, en: Toast}
  stage: downstream
  unit: t
  inputs: {bread: {per: 1, critical: true}}
"""
BAKER = "enterprises: {baker: {name: 面包坊, makes: {bread: {capacity: 100}}}}\n"


def targets(make_atlas, facts, **options):
    return find_targets(make_atlas(PRODUCTS, facts), **options)


def firms(found, product):
    return [target.enterprise for target in found if target.product == product]


# ------------------------------------------------------------------------ matching


def test_a_candidate_fits_by_id_by_name_and_by_a_like_name(make_atlas):
    found = targets(
        make_atlas,
        """
        candidates:
          sure: {name: 甲, makes: [flour]}
          named: {name: 乙, products: [小麦粉]}
          alike: {name: 丙, products: ["Ｆｌｏｕｒ （ 特一 ）"]}
          other: {name: 丁, products: [面]}
        """,
    )
    fits = {target.enterprise: target.fit for target in found if target.product == "flour"}
    assert fits == {"sure": 1.0, "named": 0.9, "alike": 0.8}


def test_brackets_in_the_name_of_a_product_do_not_matter(make_atlas):
    found = targets(make_atlas, "candidates: {a: {name: 甲, products: [酵母]}}")
    assert firms(found, "yeast") == ["a"]


def test_a_target_for_which_the_atlas_names_no_source_says_so(make_atlas):
    facts = """
        sources: {news: {title: 报道, kind: news, date: 2020-01-01}}
        candidates:
          told: {name: 甲, makes: [flour], sources: [news]}
          untold: {name: 乙, makes: [flour]}
    """
    said = {
        target.enterprise: "未记来源" in target.why.zh
        for target in targets(make_atlas, facts)
        if target.product == "flour"
    }
    assert said == {"told": False, "untold": True}


@pytest.mark.parametrize(
    ("sources", "date", "is_later"),
    [
        ("old, new", "2020-01-01", False),
        ("new, newest", "2031-05", True),
        ("old", "2020-01-01", False),
    ],
)
def test_evidence_is_dated_by_the_newest_source_of_the_day(sources, date, is_later, make_atlas):
    facts = f"""
        sources:
          old: {{title: 报道, kind: news, date: 2020-01-01}}
          new: {{title: 名录, kind: data, date: 2030}}
          newest: {{title: 名录, kind: data, date: 2031-05}}
        candidates: {{a: {{name: 甲, makes: [flour], sources: [{sources}]}}}}
    """
    target = next(each for each in targets(make_atlas, facts) if each.product == "flour")
    assert target.evidence_date == date
    assert ("证据晚于当日" in target.why.zh) == is_later


def test_the_same_firm_is_named_once_for_a_product(make_atlas):
    found = targets(
        make_atlas, "candidates: {a: {name: 甲, makes: [flour], products: [面粉, Flour]}}"
    )
    assert firms(found, "flour") == ["a"]
    assert found[0].fit == 1.0


# ------------------------------------------------------------------------- scoring


def test_the_score_is_the_weighted_mean_with_the_unknown_in_the_middle(make_atlas):
    (target,) = targets(
        make_atlas, "candidates: {a: {name: 甲, makes: [toast], stock_code: 600000.SH}}"
    )
    # fit 1 x .3 + listed .9 x .2 + capacity ? x .1 + region ? x .15 + ties 0 x .15 + signal ? x .1
    assert target.score == pytest.approx(0.3 + 0.18 + 0.05 + 0.075 + 0 + 0.05)
    assert target.known == pytest.approx(0.65)
    assert dict(target.parts) == {"fit": 1.0, "leadership": 0.9, "ties": 0.0}


def test_whatever_speaks_for_a_firm_raises_it(make_atlas):
    facts = """
        regions: {south: {name: 南方, kind: target, covers: [广东]}}
        candidates:
          plain: {name: 甲, makes: [toast]}
          titled: {name: 乙, makes: [toast], titles: [high_tech]}
          moving: {name: 丙, makes: [toast], signals: [{kind: expansion, date: 2024-01}]}
          southern: {name: 丁, makes: [toast], province: 广东}
    """
    scores = {target.enterprise: target.score for target in targets(make_atlas, facts)}
    assert min(scores, key=scores.get) == "plain"


def test_capacity_counts_beside_the_largest_of_the_candidates(make_atlas):
    facts = """
        candidates:
          big: {name: 大, makes: {toast: {capacity: 400}}}
          small: {name: 小, makes: {toast: {capacity: {value: 100000, unit: kg}}}}
    """
    parts = {target.enterprise: target.parts["capacity"] for target in targets(make_atlas, facts)}
    assert parts == {"big": 1.0, "small": 0.25}


def test_ties_are_the_firms_here_that_supply_it_or_take_from_it(make_atlas):
    facts = (
        BAKER + "candidates: {a: {name: 甲, makes: [flour]}, b: {name: 乙, makes: [yeast, flour]}}"
    )
    found = targets(make_atlas, facts)
    assert all(target.parts["ties"] == 0.5 for target in found)  # one firm: 1 / (1 + 1)
    assert "面包坊" in found[0].why.zh


def test_a_signal_counts_for_two_years_from_its_date(make_atlas):
    facts = (
        "candidates: {a: {name: 甲, makes: [toast], signals: [{kind: relocation, date: 2022-03}]}}"
    )
    atlas = make_atlas(PRODUCTS, facts)
    known = {
        day: "signal" in find_targets(atlas, as_of=day)[0].parts
        for day in ("2022-03-30", "2022-03-31", "2024-03-31", "2024-04-30")
    }
    assert known == {
        "2022-03-30": False, "2022-03-31": True, "2024-03-31": True, "2024-04-30": False,
    }  # fmt: skip


def test_equal_scores_are_told_apart_by_what_else_the_firm_could_fill(make_atlas):
    facts = "candidates: {a: {name: 甲, makes: [toast]}, z: {name: 乙, makes: [toast, yeast]}}"
    found = targets(make_atlas, facts, products=["toast"])
    assert [target.enterprise for target in found] == ["z", "a"]
    assert found[0].direction.zh == "吐司，可连同酵母（鲜）"


def test_the_weights_of_the_atlas_decide(make_atlas):
    head_weights = "{fit: 0, leadership: 0, capacity: 0, region: 1, ties: 0, signal: 0}"
    atlas = make_atlas(
        PRODUCTS,
        """
        regions: {south: {name: 南方, kind: visited, covers: [广东], date: 2023-01-01}}
        candidates: {a: {name: 甲, makes: [toast], place: 广东广州}}
        """,
    )
    weighted = atlas.model_copy(
        update={"target_weights": type(atlas.target_weights)(**eval_weights(head_weights))}
    )
    assert find_targets(weighted)[0].score == pytest.approx(0.7)
    assert find_targets(weighted, as_of="2022-12-31")[0].score == 0.0


def eval_weights(text):
    return {
        name: float(value)
        for name, value in (pair.split(": ") for pair in text.strip("{}").split(", "))
    }


# ------------------------------------------------------------- regions and approach


@pytest.mark.parametrize(
    ("kind", "approach"), [("outpost", "outpost"), ("target", "visit"), ("visited", "visit")]
)
def test_the_region_says_how_to_approach(make_atlas, kind, approach):
    facts = f"""
        regions: {{south: {{name: 南方, kind: {kind}, covers: [广东]}}}}
        candidates: {{a: {{name: 甲, makes: [toast], province: 广东}}}}
    """
    (target,) = targets(make_atlas, facts)
    assert (target.region, target.approach) == ("south", approach)
    assert target.outpost == ("south" if kind == "outpost" else None)


def test_an_outpost_comes_before_a_target_region_that_covers_the_same(make_atlas):
    facts = """
        regions:
          wide: {name: 南方, kind: target, covers: [广东]}
          post: {name: 深圳, kind: outpost, covers: [深圳]}
        candidates: {a: {name: 甲, makes: [toast], place: 广东深圳}}
    """
    assert targets(make_atlas, facts)[0].outpost == "post"


def test_who_stands_nowhere_of_interest_is_approached_through_an_agent_unless_a_trip_passes(
    make_atlas,
):
    facts = """
        candidates:
          a: {name: 甲, makes: [toast], titles: [champion], province: 西藏}
          b: {name: 乙, makes: [toast], province: 西藏}
    """
    atlas = make_atlas(PRODUCTS, facts)
    short = atlas.plan.model_copy(update={"trips": 1, "visits": 1})
    passed, left = find_targets(atlas.model_copy(update={"plan": short}))
    assert (passed.approach, passed.parts["region"]) == ("visit", 0.0)
    assert (left.approach, left.due) == ("agent", None)


# ------------------------------------------------------------------- here already


@pytest.mark.parametrize(
    "tie",
    [
        "name: 吐司分厂, parent: a",
        "name: 甲",
        "name: 分厂, aliases: [甲股份]",
        "name: 分厂, owners: 甲（600000.SH）控股",
        "name: 分厂, owners: 乙公司、甲股份合资",
    ],
)
def test_a_firm_that_is_here_is_no_stranger(make_atlas, tie):
    facts = f"""
        enterprises: {{own: {{{tie}, makes: {{toast: {{}}}}}}}}
        candidates:
          a: {{name: 甲, aliases: [甲股份], stock_code: 600000.SH, makes: [toast, flour]}}
    """
    found = targets(make_atlas, facts)
    assert firms(found, "toast") == []
    (target,) = [each for each in found if each.product == "flour"]
    assert (target.here, target.approach, target.parts["ties"]) == (("own",), "referral", 1.0)
    assert "已在本地" in target.why.zh


def test_it_is_a_stranger_until_its_project_is_signed(make_atlas):
    facts = """
        enterprises: {own: {name: 分厂, parent: a, makes: {}}}
        projects:
          p:
            name: 吐司项目
            enterprise: own
            milestones: {planned: 2023-01-10, signed: 2023-06-01}
            capacity: {toast: 10}
        candidates: {a: {name: 甲, makes: [toast, flour]}}
    """
    atlas = make_atlas(PRODUCTS, facts)
    before = [each for each in find_targets(atlas, as_of="2023-05-31") if each.product == "toast"]
    assert [(each.here, each.stage, each.colour) for each in before] == [((), "planned", "red")]
    assert before[0].approach == "referral"
    assert "本地有关联企业：分厂" in before[0].why.zh
    after = find_targets(atlas, as_of="2023-06-01")
    assert firms(after, "toast") == []
    assert [each.here for each in after] == [("own",)]


def test_talks_are_a_project_that_names_the_candidate(make_atlas):
    facts = """
        projects:
          talk: {name: 洽谈, enterprise: a, milestones: {negotiating: 2024-06-01}, capacity: {toast: 5}}
        candidates: {a: {name: 甲, makes: [toast]}}
    """
    (target,) = targets(make_atlas, facts)
    assert (target.stage, target.updated, target.colour) == ("negotiating", "2024-06-01", "green")
    assert target.here == ()


# ------------------------------------------------------------------------ the list


def test_so_many_for_a_gap_and_no_more(make_atlas):
    facts = (
        "candidates: {"
        + ", ".join(f"c{n}: {{name: 厂{n}, makes: [toast]}}" for n in range(9))
        + "}"
    )
    assert len(targets(make_atlas, facts, per_gap=3)) == 3
    assert len(targets(make_atlas, facts, per_gap=0)) == 9
    with pytest.raises(UsageError):
        targets(make_atlas, facts, per_gap=-1)


def test_gaps_without_a_candidate_are_told(make_atlas):
    found = target_gaps(make_atlas(PRODUCTS, "candidates: {a: {name: 甲, makes: [toast]}}"))
    assert {gap.product for gap in found.unmet} == {"flour", "bread", "yeast"}


def test_a_record_is_plain(make_atlas):
    (target,) = targets(make_atlas, "candidates: {a: {name: {zh: 甲, en: A}, makes: [toast]}}")
    record = target.to_record("en")
    assert (record["rank"], record["name"], record["product"]) == (1, "A", "toast")
    assert record["parts"] == {"fit": 1.0, "ties": 0.0}


def test_few_firms_are_chosen_to_bring_a_bundle(make_atlas):
    facts = """
        candidates:
          wide: {name: 全能, makes: [bread, toast]}
          half: {name: 半能, makes: [bread]}
          mill: {name: 磨坊, makes: [flour]}
    """
    group = find_group(make_atlas(PRODUCTS, facts), "吐司", ship="none")
    assert set(group.needed) == {"flour", "yeast", "bread", "toast"}
    assert group.firms == (("wide", ("bread", "toast")), ("mill", ("flour",)))
    assert group.uncovered == ("yeast",)


def test_the_date_of_a_visit_does_not_depend_on_how_many_are_listed(make_atlas):
    firms = "".join(f"f{at}: {{name: 厂{at}, makes: [toast]}}\n          " for at in range(9))
    atlas = make_atlas(
        PRODUCTS,
        f"""
        candidates:
          {firms}
    """,
    )
    dates = [
        {each.enterprise: each.due for each in find_targets(atlas, per_gap=count)}
        for count in (1, 5, 0)
    ]
    assert len(dates[2]) == 9
    assert dates[0].items() <= dates[1].items() <= dates[2].items()
