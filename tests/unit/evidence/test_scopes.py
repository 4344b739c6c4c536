"""How business scopes are read: each sentence of a register and what it says of the products."""

import pickle

import pytest

pytest.importorskip("ahocorasick_rs", reason="needs the extra evidence")

from chaingraph.evidence.lexicon import Lexicon, make_lexicon
from chaingraph.evidence.scopes import ScopeReader


@pytest.fixture(scope="module")
def reader(yumen):
    return ScopeReader(make_lexicon(yumen))


def read(reader, scope):
    return {match.product: match.role for match in reader.read(scope)}


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        # activities stand behind a list, or before it
        ("硅油、107胶的生产、销售", {"silicone_oil": "make", "silicone_rubber_107": "make"}),
        ("批发：甲醇、硫磺", {"methanol": "sell", "sulfur": "sell"}),
        ("生产销售萤石粉；石油焦购销", {"fluorspar_ore": "make", "petroleum_coke": "sell"}),
        ("风电叶片技术咨询", {"wind_blade": "service"}),
        # each list has its own
        ("工业硅生产，石油焦销售", {"industrial_silicon": "make", "petroleum_coke": "sell"}),
        ("许可项目：无；一般项目：电石销售", {"calcium_carbide": "sell"}),
        # what is done with it goes on behind a comma, but not over the next object
        ("枸杞的种植，收购及销售", {"goji_planting": "make", "goji_dried": "sell"}),
        ("单晶硅切片制造、销售，经营货物进出口", {"silicon_wafer": "make"}),
        # a firm runs a service; the activity of another item says nothing of it
        ("普通货运", {"road_freight": "make"}),
        ("电力供应，输电、配电，电力设备安装", {"grid_substation": "make"}),
        ("送变电工程施工", {"grid_substation": "service"}),
        ("普通货运，仓储、装卸", {"road_freight": "make", "warehousing": "make"}),
        # goods of others that are only carried
        ("危险货物运输：汽油、电石", {"hazchem_logistics": "make"}),
        # who digs it and who only works on it
        ("原煤开采（只限分支机构）", {"raw_coal": "make"}),
        ("洗精煤加工、销售", {"washed_coal": "make"}),
        ("瓶装燃气供应", {"lpg": "sell"}),
        ("汽油零售（许可证有效期至2030年）柴油零售", {"gasoline": "sell", "diesel": "sell"}),
    ],
)
def test_product_and_role(reader, scope, found):
    assert read(reader, scope) == found


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        # commas between activities
        ("硅油的研发，生产，销售", {"silicone_oil": "make"}),
        ("风电叶片的研发，制造，安装，运维", {"wind_blade": "make"}),
        ("生产，销售硅油", {"silicone_oil": "make"}),
        ("普通货运，装卸，销售甲醇", {"road_freight": "make", "methanol": "sell"}),
        # 除 and 外 that exclude nothing
        ("房屋拆除，甲醇销售，对外贸易", {"methanol": "sell"}),
        ("空气净化除甲醛服务，甲醇销售，境外投资", {"methanol": "sell"}),
        ("除颤仪、甲醇销售，外墙涂料", {"methanol": "sell"}),
        # advice on how it is made
        ("甲醇生产技术咨询", {"methanol": "service"}),
        ("多晶硅生产技术开发、技术转让", {"polysilicon": "service"}),
        # brackets
        ("烧碱（生产）、甲醇（批发）", {"caustic_soda": "make", "methanol": "sell"}),
        ("化工产品（无水氟化氢、盐酸）的生产", {"anhydrous_hf": "make", "hydrogen_chloride": "make"}),
        ("（纯度99%以上的多晶硅）生产", {"polysilicon": "make"}),
        ("成品油（含汽油、柴油）零售", {"gasoline": "sell", "diesel": "sell"}),
        ("硝化纤维素（含氮≤12.6%）、硫酸销售", {"sulfuric_acid": "sell"}),
        # what is not in it
        ("不含硫酸的无机盐、盐酸的生产", {"hydrogen_chloride": "make"}),
        ("不含添加剂的汽油销售", {"gasoline": "sell"}),
        # with and without a store
        ("无仓储经营：甲醇", {"methanol": "sell"}),
        ("液氯（带储存）经营", {"chlorine": "sell"}),
        # names that only look longer
        ("石化汽油、加氢裂化柴油的销售", {"gasoline": "sell", "diesel": "sell"}),
        ("循环硫酸的销售", {"sulfuric_acid": "sell"}),
        ("PVDF颗粒、甲醇溶液的销售", {"pvdf": "sell", "methanol": "sell"}),
        # other signs between items
        ("汽油/柴油零售", {"gasoline": "sell", "diesel": "sell"}),
        ("①甲醇生产②硫酸销售", {"methanol": "make", "sulfuric_acid": "sell"}),
        ("硫酸,盐酸生产.销售:烧碱", {"sulfuric_acid": "make", "hydrogen_chloride": "make", "caustic_soda": "sell"}),
    ],
)  # fmt: skip
def test_how_registers_write(reader, scope, found):
    assert read(reader, scope) == found


@pytest.mark.parametrize(
    "scope",
    [
        "含甲醇的产品销售",
        "不从事硫酸生产",
        "禁止生产硫酸",
        "替代甲醇、退役变压器的销售",
        "硅油生产企业管理咨询",
        "化工产品（不含甲醇、硫磺）销售",
        "化工产品销售，除甲醇、硫磺外",
        "煤制品（原煤除外）销售",
        "聚四氟乙烯制品的生产",  # made of it
        "硫酸二甲酯、硫酸泵的销售",  # begins with it
        "环氧树脂地坪施工",
        "废旧变压器回收",
        "矿产品（不含煤炭）、建材批发",
        "货运代理；仓储设备销售",
        "代订客房；国内陆路货运代办",
    ],
)
def test_what_is_excluded_or_only_contains_a_name_is_not_found(reader, scope):
    assert read(reader, scope) == {}


@pytest.mark.parametrize(
    ("scope", "product"),
    [
        ("聚丙烯（ＰＰ）的銷售", "polypropylene"),
        ("矽油生產", "silicone_oil"),
        ("１，４－丁二醇销售", "bdo"),
        ("pvdf树脂生产", "pvdf"),
    ],
)
def test_full_width_and_traditional_forms_are_the_same(reader, scope, product):
    assert product in read(reader, scope)


def test_the_longest_name_wins(reader):
    assert read(reader, "微硅粉生产") == {"silica_fume": "make"}
    assert read(reader, "磷酸铁锂生产") == {"cathode_lfp": "make"}
    assert read(reader, "聚偏氟乙烯薄膜生产") == {"pvdf_film": "make"}


def test_a_generic_name_counts_only_with_its_activities(reader):
    assert read(reader, "枸杞种植") == {"goji_planting": "make"}
    assert read(reader, "枸杞的收购、销售") == {"goji_dried": "sell"}


def test_brackets_name_products_unless_they_speak_of_licences(reader):
    assert read(reader, "化工原料（甲醇、甲醛，凭许可证经营）批发") == {
        "methanol": "sell",
        "formaldehyde": "sell",
    }
    assert read(reader, "成品油（仅限柴油，凭许可证经营）零售")["diesel"] == "sell"


def test_the_stronger_role_stays_when_a_product_is_named_twice(reader):
    assert read(reader, "硅油销售；硅油生产") == {"silicone_oil": "make"}


def test_of_the_same_role_the_plainest_stays(reader):
    found = reader.read("改性硅油系列产品生产；硅油生产；硅油产品的生产")
    assert [(match.words, match.strength) for match in found] == [("硅油", 1.0)]


def test_strength_is_higher_the_plainer_it_is_said(reader):
    plain = reader.read("硅油生产")[0].strength
    amid = reader.read("改性硅油系列产品生产")[0].strength
    unsaid = reader.read("硅油")[0].strength
    around = reader.read("硅油领域内的技术开发")[0].strength
    assert plain == 1.0 > amid > unsaid > around > 0


def test_a_reader_travels_without_its_automaton(reader):
    sent = pickle.dumps(reader)
    assert read(pickle.loads(sent), "硅油生产") == {"silicone_oil": "make"}  # noqa: S301
    assert len(sent) < 10 * sum(len(term.encode()) for term in reader.lexicon.senses)


def test_nothing_is_found_with_no_words():
    assert ScopeReader(Lexicon({})).read("硅油生产") == []


def test_a_text_as_long_as_a_row_may_be_is_read():
    reader = ScopeReader(Lexicon({"甲醇": (("methanol", frozenset()),)}))
    hard = ["甲醇" + "带有" * 18 + "x、", "甲醇技术" + "内的" * 17 + "x、", "甲醇生产,"]
    for part in hard:  # each once took longer than a test may
        reader.read((part * 10_000)[:20_000])


def test_only_raw_products_are_not_made_by_processing(reader):
    assert read(reader, "辣椒粉加工；苜蓿加工") == {"spice_processing": "make"}
