"""The four kinds of gap by presence, on atlases small enough to judge by eye."""

import pytest

from chaingraph.analysis.flagships import find_flagships
from chaingraph.analysis.gaps import find_gaps
from chaingraph.errors import UsageError

HEAD = """
atlas: {id: town, name: {zh: 小城图谱, en: The town's chains}}
place: {name: {zh: 小城, en: Town}}
as_of: 2024-06-30
chains:
  food: {name: {zh: 食品, en: Food}, branches: [bakery]}
includes: [products/*.yaml, facts.yaml]
"""

PRODUCTS = """
wheat: {name: {zh: 小麦, en: wheat}, stage: upstream}
yeast: {name: {zh: 酵母, en: yeast}, stage: upstream}
flour:
  name: {zh: 面粉, en: flour}
  stage: midstream
  inputs: {wheat: {critical: true, confidence: H}}
bread:
  name: {zh: 面包, en: bread}
  stage: downstream
  inputs: {flour: {critical: true, confidence: M}, yeast: {}}
toast:
  name: {zh: 吐司, en: toast}
  stage: downstream
  inputs: {bread: {critical: true}}
"""


def kinds(atlas, **options):
    return {gap.product: gap.kind for gap in find_gaps(atlas, **options)}


def makers(*products):
    rows = (f"  f{i}: {{name: 厂{i}, makes: [{p}], confidence: H}}" for i, p in enumerate(products))
    return "\n".join(["enterprises:", *rows])


def test_what_something_here_needs_is_broken(make_atlas):
    atlas = make_atlas(PRODUCTS, makers("bread"))
    gap = next(gap for gap in find_gaps(atlas) if gap.product == "flour")
    assert (gap.kind, gap.consumers, gap.missing_inputs) == ("broken", ("bread",), ("wheat",))
    assert gap.why.zh == "本地已有的面包离不开它，本地没有生产。"
    assert gap.why.en == "Needed by what is made here (bread), and nobody here makes it."
    assert gap.confidence == "M"  # the weakest of firm (H) and link (M)


def test_what_would_join_two_products_here_is_broken(make_atlas):
    products = PRODUCTS.replace("{flour: {critical: true, confidence: M}", "{flour: {}")
    atlas = make_atlas(products, makers("wheat", "bread"))
    gap = next(gap for gap in find_gaps(atlas) if gap.product == "flour")
    assert gap.kind == "broken"
    assert "上接本地已有的小麦，下接本地已有的面包" in gap.why.zh


def test_what_only_lacks_a_maker_is_short(make_atlas):
    assert kinds(make_atlas(PRODUCTS, makers("wheat")))["flour"] == "short"


def test_what_lacks_an_input_is_void(make_atlas):
    atlas = make_atlas(PRODUCTS, makers("wheat"))
    gap = next(gap for gap in find_gaps(atlas) if gap.product == "bread")
    assert (gap.kind, gap.missing_inputs) == ("void", ("flour",))


def test_a_single_source_of_what_is_needed_is_weak(make_atlas):
    assert kinds(make_atlas(PRODUCTS, makers("flour", "bread")))["flour"] == "weak"
    assert "flour" not in kinds(make_atlas(PRODUCTS, makers("flour", "flour", "bread")))


def test_a_second_plant_ends_the_single_source_in_the_view_that_counts_it(make_atlas):
    plant = "projects: {p: {name: 新厂, milestones: {signed: 2024-01}, capacity: {flour: null}}}\n"
    atlas = make_atlas(PRODUCTS, plant + makers("flour", "bread"))
    gap = next(gap for gap in find_gaps(atlas) if gap.product == "flour")
    assert (gap.kind, gap.suppliers, gap.pipeline) == ("weak", ("f0",), ("p",))
    assert "flour" not in kinds(atlas, view="plan")


def test_a_maker_that_names_no_route_uses_the_first_and_the_gap_says_so(make_atlas):
    products = PRODUCTS.replace(
        "  inputs: {flour: {critical: true, confidence: M}, yeast: {}}",
        "  routes:\n"
        "    - {id: white, name: {zh: 白面, en: white}, inputs: {flour: {critical: true}}}\n"
        "    - {id: sour, inputs: {yeast: {critical: true}}}",
    )
    atlas = make_atlas(products, makers("bread", "yeast"))
    gap = next(gap for gap in find_gaps(atlas) if gap.product == "flour")
    assert (gap.kind, gap.confidence) == ("broken", "L")
    assert "面包未说明工艺，按第一条路线“白面”" in gap.size.zh
    named = makers("yeast") + "\n  b: {name: 面包厂, makes: {bread: {route: sour}}}"
    assert kinds(make_atlas(products, named))["flour"] == "void"


def test_energy_and_little_things_join_nothing(make_atlas):
    products = PRODUCTS.replace("{flour: {critical: true, confidence: M}", "{flour: {minor: true}")
    assert kinds(make_atlas(products, makers("wheat", "bread")))["flour"] == "short"


def test_a_by_product_lacks_what_it_comes_with(make_atlas):
    products = PRODUCTS + "bran: {name: {zh: 麸皮, en: bran}, stage: midstream}\n"
    products = products.replace("confidence: H}}", "confidence: H}}\n  byproducts: {bran: {}}")
    gap = next(gap for gap in find_gaps(make_atlas(products)) if gap.product == "bran")
    assert (gap.kind, gap.missing_inputs) == ("void", ("flour",))
    assert "它随面粉副产而来" in gap.why.zh


def test_a_view_counts_the_pipeline_as_here(make_atlas):
    facts = (
        "projects: {mill: {name: 磨坊, milestones: {started: 2024-01-28}, capacity: {flour: 5}}}"
    )
    atlas = make_atlas(PRODUCTS, facts)
    gap = next(gap for gap in find_gaps(atlas) if gap.product == "flour")
    assert (gap.state, gap.pipeline) == ("building", ("mill",))
    assert "在建：磨坊（2024-01-28）" in gap.why.zh
    assert "flour" not in kinds(atlas, view="building")


POLICY = """
policies:
  plan: {name: 规划, date: 2023-02-15, names: [toast], confidence: H}
"""


def test_a_policy_puts_what_it_names_first_from_its_date_on(make_atlas):
    atlas = make_atlas(PRODUCTS, POLICY + makers("bread"))
    assert find_gaps(atlas, as_of="2023-02-14")[0].product != "toast"
    first = find_gaps(atlas, as_of="2023-02-15")[0]
    assert (first.product, first.rank, first.named) == ("toast", 1, ("plan",))
    assert first.why.zh.endswith("“规划”点名要它。")


def test_a_flagship_branch_counts_its_products(make_atlas):
    atlas = make_atlas(PRODUCTS, POLICY.replace("toast", "bakery") + makers("wheat"))
    (flagship,) = find_flagships(atlas)
    assert (flagship.id, flagship.section, flagship.tally.total) == ("bakery", "branches", 5)


def test_gaps_do_not_depend_on_the_order_of_firms(make_atlas):
    forwards = find_gaps(make_atlas(PRODUCTS, makers("wheat", "bread")))
    backwards = find_gaps(make_atlas(PRODUCTS, makers("bread", "wheat")))
    assert [gap.to_record() for gap in forwards] == [gap.to_record() for gap in backwards]


def test_rules_that_are_not_there_are_refused(make_atlas):
    with pytest.raises(UsageError, match="did you mean 'maturity'"):
        find_gaps(make_atlas(PRODUCTS), rule="maturty")


def remedies(atlas, rule):
    return {gap.product: (gap.kind, gap.remedy) for gap in find_gaps(atlas, rule=rule)}


def test_rule_position_tells_the_same_gaps_by_stage(make_atlas):
    atlas = make_atlas(PRODUCTS, makers("bread"))
    assert remedies(atlas, "position") == {
        "wheat": ("broken", "fill"),
        "yeast": ("broken", "fill"),
        "flour": ("weak", "strengthen"),
        "toast": ("short", "extend"),
    }


@pytest.mark.parametrize(
    ("maturity", "told"),
    [
        ("weak", ("broken", "fill")),
        ("advantage", ("short", "extend")),
        ("traditional", ("weak", "upgrade")),
        ("emerging", ("void", "build")),
    ],
)
def test_rule_maturity_goes_by_what_the_atlas_says_of_the_branch(make_atlas, maturity, told):
    head = HEAD + f"maturity: {{bakery: {maturity}}}\n"
    assert remedies(make_atlas(PRODUCTS, makers("bread"), head), "maturity")["flour"] == told


def test_rule_maturity_goes_by_how_much_is_here_where_nobody_says(make_atlas):
    one, most = makers("bread"), makers("wheat", "flour", "bread")
    assert remedies(make_atlas(PRODUCTS), "maturity")["toast"] == ("void", "build")
    assert remedies(make_atlas(PRODUCTS, one), "maturity")["toast"] == ("broken", "fill")
    assert remedies(make_atlas(PRODUCTS, most), "maturity")["toast"] == ("short", "extend")


def test_the_atlas_chooses_the_rule(make_atlas):
    atlas = make_atlas(PRODUCTS, makers("bread"), HEAD + "rule: position\n")
    assert {gap.product: gap.kind for gap in find_gaps(atlas)}["flour"] == "weak"


def test_a_route_that_marks_nothing_critical_hides_no_other(make_atlas):
    products = PRODUCTS.replace(
        "  inputs: {flour: {critical: true, confidence: M}, yeast: {}}",
        "  routes:\n"
        "    - {id: salt, inputs: {yeast: {}}}\n"
        "    - {id: white, inputs: {flour: {critical: true}}}",
    )
    assert kinds(make_atlas(products, makers("flour")))["bread"] == "short"


def test_one_firm_with_two_plants_is_still_one_single_source(make_atlas):
    plant = (
        "projects: {p: {name: 二期, enterprise: f0, milestones: {operating: 2020}, "
        "capacity: {flour: null}}}\n"
    )
    assert kinds(make_atlas(PRODUCTS, plant + makers("flour", "bread")))["flour"] == "weak"


def test_a_by_product_that_is_only_signed_hides_no_weak_link(make_atlas):
    products = """
    bran: {name: 麸皮, stage: upstream}
    flour: {name: 面粉, stage: upstream, byproducts: {bran: {}}}
    feed: {name: 饲料, stage: downstream, inputs: {bran: {critical: true}}}
    """
    mill = "projects: {p: {name: 磨坊, milestones: {signed: 2024-01}, capacity: {flour: 1}}}\n"
    assert kinds(make_atlas(products, mill + makers("bran", "feed")))["bran"] == "weak"


def test_the_sentence_says_what_the_view_counts_as_here(make_atlas):
    facts = "projects: {p: {name: 面包厂, milestones: {signed: 2024-01}, capacity: {bread: 1}}}"
    gap = next(
        g for g in find_gaps(make_atlas(PRODUCTS, facts), view="plan") if g.product == "flour"
    )
    assert gap.why.zh.startswith("本地已有、在建或签约的面包离不开它")


def test_evidence_is_that_of_the_facts_in_the_sentence(make_atlas):
    facts = """
    enterprises: {f: {name: 厂, makes: {bread: {sources: [firm], confidence: H}}}}
    sources: {firm: {title: 企业, kind: web}, link: {title: 教材, kind: textbook}}
    """
    products = PRODUCTS.replace("confidence: M}", "confidence: L, sources: [link]}")
    gap = next(g for g in find_gaps(make_atlas(products, facts)) if g.product == "flour")
    assert (gap.confidence, gap.sources) == ("L", ("firm", "link"))


def test_an_unknown_view_is_refused_with_a_hint(make_atlas):
    with pytest.raises(UsageError, match="did you mean 'actual'"):
        find_gaps(make_atlas(PRODUCTS), view="actuall")


def test_more_users_here_then_more_users_in_all_come_first(make_atlas):
    products = """
    a: {name: 甲, stage: upstream}
    b: {name: 乙, stage: upstream}
    c: {name: 丙, stage: upstream}
    x: {name: 己, stage: downstream, inputs: {b: {}}}
    y: {name: 庚, stage: downstream, inputs: {c: {}, b: {}}}
    z: {name: 辛, stage: downstream, inputs: {c: {}}}
    """
    order = [gap.product for gap in find_gaps(make_atlas(products, makers("z")))]
    assert [id for id in order if id in "abc"] == ["c", "b", "a"]


# ---------------------------------------------------------------- quantities

MILL = """
wheat: {name: {zh: 小麦, en: wheat}, stage: upstream, unit: t}
flour:
  name: {zh: 面粉, en: flour}
  stage: midstream
  unit: t
  min_scale: {value: 40, sources: [s], confidence: M}
  inputs: {wheat: {per: 1.25, critical: true, confidence: H}}
bread:
  name: {zh: 面包, en: bread}
  stage: downstream
  unit: t
  inputs: {flour: {per: 0.8, critical: true, confidence: H}}
"""


def firms(**capacities):
    rows = (
        f"  f_{product}: {{name: {product}厂, makes: {{{product}: {{capacity: {amount}}}}}}}"
        for product, amount in capacities.items()
    )
    source = "sources: {s: {title: 规范, kind: standard}}"
    return "\n".join(["enterprises:", *rows, source])


def find_gap(atlas, product, **options):
    return next(gap for gap in find_gaps(atlas, **options) if gap.product == product)


def test_a_gap_has_its_demand_supply_and_shortfall(make_atlas):
    gap = find_gap(make_atlas(MILL, firms(bread=100)), "flour")
    assert (gap.kind, gap.demand, gap.supply, gap.shortfall) == ("broken", 80, 0, 80)
    assert gap.size.zh == "本地需求 80 吨；本地没有供给；缺 80 吨。"
    assert gap.size.en == "80 t needed here; none made here; short by 80 t."


def test_less_than_is_needed_is_weak(make_atlas):
    gap = find_gap(make_atlas(MILL, firms(bread=100, flour=50)), "flour")
    assert (gap.kind, gap.shortfall) == ("weak", 30)
    assert "本地供给 50 吨，不够本地的面包所需的 80 吨" in gap.why.zh


def test_a_plant_below_the_smallest_that_pays_is_weak(make_atlas):
    gap = find_gap(make_atlas(MILL, firms(flour=30)), "flour")
    assert gap.why.zh == "flour厂的规模 30 吨，低于经济或准入的最小规模 40 吨。"
    assert gap.why.en.endswith("is below the smallest that pays or is allowed, 40 t.")
    assert "flour" not in kinds(make_atlas(MILL, firms(flour=40)))


def test_the_smallest_plant_may_be_told_in_another_unit(make_atlas):
    text = MILL.replace("min_scale: {value: 40,", "min_scale: {value: 40000, unit: kg,")
    assert "flour" not in kinds(make_atlas(text, firms(flour=40)))
    assert kinds(make_atlas(text, firms(flour=39)))["flour"] == "weak"


def test_what_has_no_figure_says_so(make_atlas):
    atlas = make_atlas(MILL, makers("bread") + "\nsources: {s: {title: 规范, kind: standard}}")
    gap = find_gap(atlas, "flour")
    assert (gap.kind, gap.demand, gap.shortfall) == ("broken", None, None)
    assert gap.size.zh == "本地有需求，数量没有数字；本地没有供给；缺口没有数字。"
    assert "no figure" in gap.size.en


def test_an_input_that_is_used_up_does_not_make_a_short_chain(make_atlas):
    products = MILL + (
        "cake: {name: 蛋糕, stage: downstream, inputs: {flour: {per: 1, critical: true}}}\n"
    )
    spare = make_atlas(products, firms(bread=100, flour=90))
    assert kinds(spare)["cake"] == "short"
    gap = find_gap(make_atlas(products, firms(bread=100, flour=80)), "cake")
    assert (gap.kind, gap.missing_inputs) == ("void", ("flour",))
    assert "面粉本地已用完" in gap.why.zh


SIGNED = """
projects:
  p:
    name: 面粉二期
    milestones: {signed: 2023-06-30}
    capacity: {flour: 60}
"""


def test_a_signed_project_fills_as_much_as_its_like_have(make_atlas):
    gap = find_gap(make_atlas(MILL, firms(bread=100) + SIGNED), "flour")
    assert gap.expected_fill == pytest.approx(60 * 0.2517, rel=0.01)  # signed a year ago
    assert gap.remaining == pytest.approx(80 - gap.expected_fill)
    assert gap.remaining_if_all == 20
    assert gap.pipeline == ("p",)
    assert "全部落地则差 20 吨" in gap.size.zh


def test_a_view_that_counts_a_project_expects_nothing_more_of_it(make_atlas):
    gap = find_gap(make_atlas(MILL, firms(bread=100) + SIGNED), "flour", view="plan")
    assert (gap.kind, gap.shortfall, gap.expected_fill) == ("weak", 20, None)


def test_what_feeds_a_pool_with_something_left_is_not_used_up(make_atlas):
    products = """
    gas: {name: 气, stage: upstream, unit: t}
    net: {name: 网, stage: midstream, unit: t, pool: true, inputs: {gas: {per: 1, critical: true}}}
    ammonia: {name: 氨, stage: downstream, unit: t, inputs: {gas: {per: 0.2, critical: true}}}
    """
    facts = "enterprises: {f: {name: 厂, makes: {gas: {capacity: 100}}}}"
    assert kinds(make_atlas(products, facts))["ammonia"] == "short"


def test_a_route_that_nobody_uses_makes_no_user(make_atlas):
    products = """
    x: {name: 甲, stage: upstream, unit: t}
    y:
      name: 乙
      stage: midstream
      unit: t
      routes: [{id: old, inputs: {x: {}}}, {id: new, inputs: {}}]
    """
    facts = "enterprises: {f: {name: 厂, makes: {y: {route: new}}}}"
    gap = find_gap(make_atlas(products, facts), "x")
    assert (gap.kind, gap.consumers) == ("void", ())
