"""Wording that fair-competition review forbids, and wording that only looks like it."""

import pytest

from chaingraph.analysis.fairness import find_unfair, match_rules

FORBIDDEN = {
    "tax": [
        "前三年税收地方留成部分全额返还", "企业所得税两免三减半", "税收全额返还，没有上限", "增值税先征后返", "免征房产税三年",
        "给予税收优惠", "享受国家级园区税收优惠", "落实园区税收优惠", "落实市里给企业的税收返还",
    ],
    "tied_to_tax": ["按企业年度经济贡献的50%给予奖励", "奖励与纳税额挂钩", "地方财政贡献返还", "给予企业税收贡献50%的扶持",
        "扶持资金按企业缴纳增值税的八成兑现", "五年内按缴纳税收给予等额扶持", "缴纳税款等额返还"],
    "subsidy": ["一次性奖励500万元", "设备投资补贴10%", "设立专项资金支持龙头企业", "重大项目一事一议"],
    "land": ["工业用地实行零地价", "土地出让金返还", "厂房租金全免", "享受电价优惠", "房租减免"],
    "fees": ["免收城市基础设施配套费", "减免社会保险费"],
    "local_first": ["政府采购优先购买本地产品", "仅限本地企业申报", "仅限本市注册企业申报", "本地企业优先中标",
        "支持组件企业使用本地硅料"],
    "named_supplier": ["由指定的供应商供货"],
    "local_seat": ["投资方须在本市注册独立法人"],
    "no_leaving": ["享受政策的企业十年内不得迁出"],
}  # fmt: skip
FAIR = [
    "全面清理税收返还政策", "严禁以财政奖补招商", "不再实行零地价", "严禁以下行为，包括税收返还、零地价", "税收返还等政策，一律予以清理",
    "落实国家统一的税收优惠政策", "帮助企业依法享受税收优惠",
    "招标文件不得限定使用本地产品", "用地按程序公开出让",
    "提供标准地和帮办代办服务", "材料由178份减到93份", "税务部门上门办税", "建设奖励学院大楼的说明未见",
]  # fmt: skip
POLICIES = """
policies:
  old: {name: 旧办法, date: 2021-03, note: 落户企业给予税收返还。}
  new: {name: 新办法, date: 2025-01-01, clauses: [标准地出让, 对龙头企业一次性奖励100万元]}
  later: {name: 将来的办法, date: 2026-01-01, note: 税收返还。}
"""
PRODUCT = "bread: {name: 面包, stage: midstream}"


@pytest.mark.parametrize(
    ("code", "text"), [(c, t) for c, texts in FORBIDDEN.items() for t in texts]
)
def test_forbidden_wording_is_found(code, text):
    assert code in [rule.code for rule, _ in match_rules(text)]


@pytest.mark.parametrize("text", FAIR)
def test_wording_that_is_fair_is_passed_over(text):
    assert match_rules(text) == []


def test_each_finding_says_where_it_stands_and_why(make_atlas):
    old, new = find_unfair(make_atlas(PRODUCT, POLICIES), as_of="2025-06-30")
    assert (old.policy, old.field, old.words, old.grade, old.earlier) == (
        "old", "note", "税收返还", "forbidden", True,
    )  # fmt: skip
    assert (new.policy, new.field, new.clause, new.grade, new.earlier) == (
        "new", "clauses", 1, "doubtful", False,
    )  # fmt: skip
    assert new.to_record("zh")["reason"].startswith("财政奖励")


def test_a_wording_of_the_name_is_not_told_again_of_the_note(make_atlas):
    policies = "policies: {fund: {name: 专项资金, note: 设立专项资金。}}"
    found = find_unfair(make_atlas(PRODUCT, policies), as_of="2025-06-30")
    assert [each.field for each in found] == ["name"]


def test_before_the_regulation_there_is_nothing_to_point_out(make_atlas):
    atlas = make_atlas(PRODUCT, POLICIES)
    assert find_unfair(atlas, as_of="2024-07-31") == []
    assert [each.policy for each in find_unfair(atlas, as_of="2024-08-01")] == ["old"]
