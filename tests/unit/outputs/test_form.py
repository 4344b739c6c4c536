"""The Excel form: out of an atlas, filled in by hand, and back into YAML."""

import datetime
import io
import random
import shutil
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from chaingraph.errors import DataError, UsageError
from chaingraph.figures import Text
from chaingraph.loader import example_atlas, load_atlas
from chaingraph.model import Team
from chaingraph.outputs.intake import read_form
from chaingraph.outputs.sheets import SHEETS
from chaingraph.outputs.template import atlas_tree, make_template
from chaingraph.outputs.yaml_files import revise_files, write_atlas
from chaingraph.scaffold import start_atlas


class Form:
    """A form that is filled in by hand: cells are named by sheet, row and column."""

    def __init__(self, data):
        self.book = openpyxl.load_workbook(io.BytesIO(data))

    def column(self, sheet, path):
        page = self.book[sheet]
        return next(at for at in range(1, page.max_column + 1) if page.cell(2, at).value == path)

    def row(self, sheet, id):
        page = self.book[sheet]
        return next(at for at in range(3, page.max_row + 1) if page.cell(at, 1).value == id)

    def write(self, sheet, entry, /, **values):
        page = self.book[sheet]
        row = self.row(sheet, entry) if entry else self.last(sheet) + 1
        for path, value in values.items():
            page.cell(row, self.column(sheet, path.replace("__", "."))).value = value
        return row

    def last(self, sheet):
        page = self.book[sheet]
        return max(
            [2, *(at for at in range(3, page.max_row + 1) if any(cell.value for cell in page[at]))]
        )

    def add(self, sheet, /, *keys, **values):
        row = self.write(sheet, None, **values)
        for at, key in enumerate(keys, start=1):
            self.book[sheet].cell(row, at).value = key
        return row

    def set(self, path, value):
        page = self.book["设置"]
        row = next(at for at in range(2, page.max_row + 1) if page.cell(at, 2).value == path)
        page.cell(row, 3).value = value

    def save(self, path):
        self.book.save(path)
        return path


@pytest.fixture
def start(tmp_path):
    """The small atlas that `init` writes."""
    return start_atlas(tmp_path / "chains")[0]


@pytest.fixture
def form(start):
    """That atlas as a form."""
    return Form(make_template(load_atlas(start)))


def problems(path):
    with pytest.raises(DataError) as caught:
        read_form(path)
    return [problem.text("zh").removeprefix("f.xlsx ") for problem in caught.value.problems]


# ---------------------------------------------------------------------- round trip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_yumen_comes_back_whole(yumen, tmp_path, lang):
    path = tmp_path / "yumen.xlsx"
    path.write_bytes(make_template(yumen, lang=lang))
    found = read_form(path)
    assert atlas_tree(found) == atlas_tree(yumen)
    assert [list(getattr(found, name)) for name in ("products", "enterprises", "chains")] == [
        list(getattr(yumen, name)) for name in ("products", "enterprises", "chains")
    ]


def test_the_same_atlas_gives_the_same_bytes(yumen):
    assert make_template(yumen) == make_template(yumen)


def test_new_files_hold_the_same_atlas(form, start, tmp_path):
    written = write_atlas(read_form(form.save(tmp_path / "f.xlsx")), tmp_path / "new")
    assert atlas_tree(load_atlas(written[0])) == atlas_tree(load_atlas(start))


def test_nothing_differs_after_a_round_trip(form, start, tmp_path):
    revision = revise_files(start, read_form(form.save(tmp_path / "f.xlsx")))
    assert (revision.files, revision.kept) == ({}, ())


# ----------------------------------------------------------------- filled in by hand


def fill(form):
    """A new place, typed the way people type."""
    form.set("atlas.id", "town")
    form.set("atlas.name.zh", "小城图谱")
    form.set("place.name.zh", "小城")
    form.set("as_of", datetime.date(2026, 1, 1))
    form.add("产业链", **{"id": "food", "name.zh": "食品", "branches": "烘焙"})
    form.add("细分链", **{"id": "bakery", "name.zh": "烘焙"})
    form.add("产品", **{"name.zh": "面粉", "branch": "烘焙", "stage": "上游", "unit": "t"})
    form.add(
        "产品",
        **{"id": "bread", "name.zh": "面包", "branch": "bakery", "stage": "中游", "unit": "t"},
    )
    form.add("投入与副产", "面包", None, "投入", "面粉", **{"per.value": 0.8, "critical": "是"})
    form.add("本地企业", **{"name.zh": "面包坊"})
    form.add("本地企业产品", "面包坊", "面包", **{"capacity.value": "1,200", "since": "2023年5月"})
    form.add("项目", **{"name.zh": "磨坊项目", "milestones.signed": datetime.date(2025, 3, 2)})
    form.add("项目产能", "磨坊项目", "面粉")
    return form


def test_an_empty_form_filled_in_by_hand_becomes_an_atlas(tmp_path):
    form = fill(Form(make_template()))
    path = write_atlas(read_form(form.save(tmp_path / "f.xlsx")), tmp_path / "town")[0]
    atlas = load_atlas(path)
    assert list(atlas.products) == ["mian_fen", "bread"]
    assert atlas.products["bread"].inputs["mian_fen"].per.best == 0.8
    made = atlas.enterprises["mian_bao_fang"].makes["bread"]
    assert (made.capacity.best, made.since) == (1200, "2023-05")
    project = atlas.projects["mo_fang_xiang_mu"]
    assert (project.milestones, project.capacity) == ({"signed": "2025-03-02"}, {"mian_fen": None})


def test_factory_space_and_its_quota_are_filled_in_as_planners_say_them(tmp_path):
    form = fill(Form(make_template()))
    row = form.last("项目")
    page = form.book["项目"]
    page.cell(row, form.column("项目", "factory_space.value")).value = 12000
    page.cell(row, form.column("项目", "factory_space.unit")).value = "平方米"
    page.cell(row, form.column("项目", "factory_space.date")).value = datetime.date(2025, 5, 20)
    goal = {"goal.value": 4, "goal.unit": "万㎡", "since": "2025-01-01", "until": "2025-12-31"}
    form.add("任务目标", **{"name.zh": "厂房", "measure": "入驻标准厂房", **goal})
    atlas = read_form(form.save(tmp_path / "f.xlsx"))
    (quota,) = atlas.quotas.values()
    assert (quota.measure, quota.goal.best, quota.goal.unit) == ("factory_space", 4, "10k_m2")
    space = atlas.projects["mo_fang_xiang_mu"].factory_space
    assert (space.best, space.unit, space.date) == (12000, "m2", "2025-05-20")


def test_an_empty_form_says_what_is_missing_and_where(tmp_path):
    (tmp_path / "f.xlsx").write_bytes(make_template())
    assert "设置!C14: “截至日期”不能空着 [missing-cell]" in problems(tmp_path / "f.xlsx")


def test_drop_downs_and_notes_are_in_the_form():
    page = Form(make_template()).book["产品"]
    lists = [rule.formula1 for rule in page.data_validations.dataValidation]
    assert '"上游,中游,下游"' in lists
    assert "分号" in next(cell for cell in page[1] if cell.value == "别名").comment.text


def test_drop_downs_offer_what_the_other_sheet_calls_its_entries(form):
    def offered(form):
        rules = form.book["项目"].data_validations.dataValidation
        return [rule.formula1 for rule in rules if "本地企业" in rule.formula1]

    assert offered(Form(make_template())) == ["'本地企业'!$B$3:$B$1003"]
    assert offered(form) == ["'本地企业'!$A$3:$A$1003"]


def test_a_bundle_is_chosen_by_what_it_is_called(form, tmp_path):
    form.set("bundle.preset", "七个一")
    assert read_form(form.save(tmp_path / "f.xlsx")).bundle.preset == "seven_ones"


def test_names_and_places_are_divided_as_in_chinese(form, tmp_path):
    form.add(
        "招商地区",
        "east",
        **{"name.zh": "长三角", "kind": "目标地区", "covers": "浙江、上海，江苏"},
    )
    form.write("本地企业", "sand_works", aliases="砂厂、东砂", products="石英砂、1,4-丁二醇")
    form.add("政策", "rules", **{"name.zh": "办法", "clauses": "奖励、补贴，一事一议；清理"})
    atlas = read_form(form.save(tmp_path / "f.xlsx"))
    assert atlas.regions["east"].covers == ["浙江", "上海", "江苏"]
    firm = atlas.enterprises["sand_works"]
    assert (firm.aliases, firm.products) == (["砂厂", "东砂"], ["石英砂", "1,4-丁二醇"])
    assert atlas.policies["rules"].clauses == ["奖励、补贴，一事一议", "清理"]


# ------------------------------------------------------------------ everything wrong


def test_a_row_whose_key_is_wrong_is_read_to_its_end(form, tmp_path):
    row = form.add(
        "本地企业产品", "没有的厂", "没有的产品",
        **{"capacity.value": -5, "since": "去年"},
    )  # fmt: skip
    found = problems(form.save(tmp_path / "f.xlsx"))
    assert [line.partition(": ")[0] for line in found] == [
        f"本地企业产品!{letter}{row}" for letter in "ABCI"
    ]
    assert '"去年" 不是日期' in found[-1]


def test_units_and_numbers_are_understood_as_planners_write_them(form, tmp_path):
    form.write("产品", "soda_ash", unit="吨")
    form.write("产品", "solar_module", unit="平方米")
    form.write("投入与副产", "solar_module", per__value="８．９", unit="公斤/平方米")
    atlas = read_form(form.save(tmp_path / "f.xlsx"))
    assert [atlas.products[id].unit for id in ("soda_ash", "solar_module")] == ["t", "m2"]
    flow = atlas.products["solar_module"].all_routes[0].inputs["solar_glass"]
    assert (flow.per.value, flow.unit) == (8.9, "kg/m2")


def test_a_cell_is_complained_of_once_in_the_words_of_the_form(form, tmp_path):
    form.write("产品", "low_iron_sand", stage="中间")
    form.write("产品", "soda_ash", branch="光福玻璃")
    form.write("本地企业产品", "sand_works", capacity__value="3万", capacity__unit="吨")
    found = problems(form.save(tmp_path / "f.xlsx"))
    assert [line.partition(": ")[2] for line in found] == [
        "中间 不在可选值 上游, 中游, 下游 之中 [wrong-choice]",
        "细分链 里没有 '光福玻璃'（是不是 光伏玻璃？） [unknown-reference]",
        "这里应是数字，却是 '3万' [cell-number]",
    ]


@pytest.mark.parametrize(
    ("written", "read"), [("1,500", 1500), ("１，５００ ", 1500), ("1　500", 1500), ("0.5", 0.5)]
)
def test_a_number_may_be_written_as_text(form, tmp_path, written, read):
    form.write("本地企业产品", "sand_works", capacity__value=written, capacity__unit="t")
    atlas = read_form(form.save(tmp_path / "f.xlsx"))
    assert atlas.enterprises["sand_works"].makes["low_iron_sand"].capacity.value == read


@pytest.mark.parametrize("written", ["0,5", "1,5", "15,00"])
def test_a_decimal_comma_is_told_and_not_read_as_thousands(form, tmp_path, written):
    form.write("本地企业产品", "sand_works", capacity__value=written, capacity__unit="t")
    assert f"{written!r} [cell-number]" in problems(form.save(tmp_path / "f.xlsx"))[0]


def test_the_same_name_twice_is_told_where_it_stands_and_where_it_is_meant(form, tmp_path):
    first = form.add("本地企业", **{"name.zh": "甲公司"})
    second = form.add("本地企业", **{"name.zh": "甲　公司 "})
    meant = form.add("本地企业产品", "甲公司", "soda_ash")
    assert problems(form.save(tmp_path / "f.xlsx")) == [
        f"本地企业!A{second}: “甲　公司”在 f.xlsx 本地企业!A{first} 已经有了；确是另一个，请填编号 [same-name]",
        f"本地企业产品!A{meant}: 本地企业 里叫“甲公司”的不止一个，请写编号 [name-twice]",
    ]


def test_dates_and_lists_are_understood_as_planners_write_them(form, tmp_path):
    row = form.add("项目", **{"name.zh": "甲项目", "milestones.signed": 202401})
    form.book["项目"].cell(
        row, form.column("项目", "milestones.started")
    ).value = "２０２４／５／１"
    form.book["项目"].cell(row, form.column("项目", "milestones.operating")).value = 20250630
    form.write("本地企业", "sand_works", titles="小巨人、高新技术企业")
    atlas = read_form(form.save(tmp_path / "f.xlsx"))
    assert atlas.projects["jia_xiang_mu"].milestones == {
        "signed": "2024-01", "started": "2024-05-01", "operating": "2025-06-30",
    }  # fmt: skip
    assert atlas.enterprises["sand_works"].titles == ["little_giant", "high_tech"]


def test_the_workbook_of_a_bundle_is_no_form(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "封面"
    book.save(tmp_path / "lists.xlsx")
    with pytest.raises(UsageError, match=r"no form.*export xlsx"):
        read_form(tmp_path / "lists.xlsx")


def test_every_mistake_is_told_by_its_cell(form, tmp_path):
    form.write("产品", "low_iron_sand", stage=None)
    form.write("产品", "soda_ash", unit="顿")
    form.write("产品", "solar_glass", branch="没有的链")
    form.add("产品", aliases="无名")
    form.add("投入与副产", "solar_glass", None, "原料", "soda_ash")
    form.add("投入与副产", None, None, "投入", "soda_ash")
    form.add("投入与副产", "solar_glass", None, "投入", "soda_ahs")
    form.write("本地企业", "sand_works", park="东园", jobs__value="约二百")
    row = form.add("本地企业", **{"name.zh": "错误厂", "investment.value": "#REF!"})
    form.book["专班"].cell(1, 30).value = "备忘"
    form.book.create_sheet("草稿")
    found = problems(form.save(tmp_path / "f.xlsx"))
    sand, ash, glass = (form.row("产品", id) for id in ("low_iron_sand", "soda_ash", "solar_glass"))
    flows = form.last("投入与副产")

    def letter(path):
        return openpyxl.utils.get_column_letter(form.column("本地企业", path))

    expected = [
        f"产品!F{sand}: “环节”不能空着 [missing-cell]",
        f"产品!G{ash}: '顿' 不是单位",
        f"产品!B{glass}: 细分链 里没有 '没有的链'",
        f"产品!A{form.last('产品')}: 编号和名称至少填一个 [missing-id]",
        f"投入与副产!C{flows - 2}: 原料 不在可选值 投入, 副产 之中",
        f"投入与副产!A{flows - 1}: “产品编号”不能空着 [missing-cell]",
        f"投入与副产!D{flows}: 产品 里没有 'soda_ahs'（是不是 soda_ash？）",
        f"本地企业!E{form.row('本地企业', 'sand_works')}: 园区 里没有 '东园'",
        f"本地企业!{letter('jobs.value')}{form.row('本地企业', 'sand_works')}: 这里应是数字，却是 '约二百' [cell-number]",
        f"本地企业!{letter('investment.value')}{row}: 单元格是错误值 #REF! [cell-error]",
        "专班!AD1: 没有“备忘”这一列 [unknown-column]",
        "草稿!A1: 没有“草稿”这样的表 [unknown-sheet]",
    ]
    missed = [line for line in expected if not any(told.startswith(line) for told in found)]
    assert missed == []
    assert len(found) == len(expected)


def test_the_other_mistakes_of_a_form(form, tmp_path):
    page = form.book["项目"]
    page.cell(1, 40).value, page.cell(2, 40).value = "说明", "note"
    form.write("产品", "soda_ash", pool="也许", codes="2614")
    form.book["投入与副产"].delete_cols(4)
    form.add("其他指标", "玉门", "area")
    form.book["其余"].cell(3, 1).value, form.book["其余"].cell(3, 2).value = "不是", "JSON"
    codes = {
        told.rpartition("[")[2].rstrip("]") for told in problems(form.save(tmp_path / "f.xlsx"))
    }
    assert {
        "duplicate-column", "cell-yes", "cell-pairs", "missing-column", "figure-owner", "cell-json",
    } <= codes  # fmt: skip


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"<html></html>", b"\xd0\xcf\x11\xe0" * 20])
def test_what_is_no_workbook_gives_a_clear_error(tmp_path, data):
    (tmp_path / "f.xlsx").write_bytes(data)
    with pytest.raises(UsageError, match="no workbook"):
        read_form(tmp_path / "f.xlsx")


def test_a_broken_part_of_a_workbook_gives_a_clear_error(form, tmp_path):
    whole = zipfile.ZipFile(form.save(tmp_path / "a.xlsx"))
    with zipfile.ZipFile(tmp_path / "f.xlsx", "w") as spoiled:
        for name in whole.namelist():
            spoiled.writestr(name, b"<bad" if name.endswith("sheet5.xml") else whole.read(name))
    with pytest.raises(UsageError, match="no workbook"):
        read_form(tmp_path / "f.xlsx")


def test_a_formula_counts_by_its_value_and_is_told_where_it_has_none(form, tmp_path):
    row = form.write("本地企业", "sand_works", name__zh="=1+1")
    assert problems(form.save(tmp_path / "f.xlsx")) == [
        f"本地企业!B{row}: 公式 =1+1 没有算出的值；请打开文件保存一次，或直接写值 [cell-formula]"
    ]


def test_a_month_that_excel_took_for_a_number_is_told(form, tmp_path):
    form.write("本地企业产品", "sand_works", since=2025.1)
    assert "2025.1" in problems(form.save(tmp_path / "f.xlsx"))[0]


def test_a_date_that_excel_shows_as_a_number_is_a_date(tmp_path):
    form = fill(Form(make_template()))
    form.write("项目", None, name__zh="乙", milestones__signed=45000)
    assert read_form(form.save(tmp_path / "f.xlsx")).projects["yi"].milestones == {
        "signed": "2023-03-15"
    }


def test_a_form_that_is_not_there_gives_a_clear_error(tmp_path):
    with pytest.raises(UsageError, match="cannot read"):
        read_form(tmp_path / "none.xlsx")


HOSTILE = [
    "=1+1",
    "+cmd",
    "-2+3",
    "@SUM(A1)",
    "</script>",
    "名" * 9000,
    "a; b；c",
    "两\n行",
    "'引号",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_dangerous_names_are_text_and_come_back(start, tmp_path, name):
    atlas = load_atlas(start)
    product = atlas.products["soda_ash"]
    named = product.model_copy(
        update={"name": product.name.model_copy(update={"zh": name}), "aliases": [name[:50] + "x"]}
    )
    hostile = atlas.model_copy(update={"products": {**atlas.products, "soda_ash": named}})
    path = tmp_path / "f.xlsx"
    path.write_bytes(make_template(hostile))
    assert not any(
        cell.data_type == "f"
        for page in openpyxl.load_workbook(path)
        for row in page.iter_rows()
        for cell in row
    )
    found = read_form(path).products["soda_ash"]
    assert (found.name.zh, found.aliases) == (name, [name[:50] + "x"])


WORDS = (
    st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=40)
    .map(str.strip)
    .filter(lambda text: text and text[0] not in "=#")  # a formula and an error to Excel
)


@settings(max_examples=8, deadline=None)
@given(name=WORDS, note=WORDS, capacity=st.floats(0, 1e9), sources=st.just(["example"]))
def test_what_is_typed_is_what_is_read(tmp_path_factory, name, note, capacity, sources):
    folder = tmp_path_factory.mktemp("form")
    form = fill(Form(make_template()))
    form.add("来源", "example", title="例", kind="新闻")
    form.write("本地企业", None, id="firm", name__zh=name, note=note, sources="；".join(sources))
    form.add("本地企业产品", "firm", "bread", **{"capacity.value": capacity})
    firm = read_form(form.save(folder / "f.xlsx")).enterprises["firm"]
    assert (firm.name.zh, firm.note) == (name, note)
    assert firm.makes["bread"].capacity.best == pytest.approx(capacity, rel=1e-15)  # Excel's digits


# ---------------------------------------------------------- into files that are there


@pytest.fixture
def yumen_files(tmp_path):
    """A copy of Yumen's files, and its form."""
    shutil.copytree(example_atlas().parent, tmp_path / "chains")
    path = tmp_path / "chains/yumen.yaml"
    return path, Form(make_template(load_atlas(path)))


def lines_that_differ(revision):
    for path, text in revision.files.items():
        old, new = path.read_text("utf-8").splitlines(), text.splitlines()
        gone = [line for line in old if line not in new]
        come = [line for line in new if line not in old]
        yield path.name, gone, come


def test_edits_change_only_their_own_lines(yumen_files, tmp_path):
    path, form = yumen_files
    form.write(
        "项目",
        "juhua_fluorochlorine",
        milestones__started=datetime.date(2025, 6, 1),
        investment__value=200,
    )
    form.add(
        "项目", **{"name.zh": "新项目甲", "enterprise": "浩海煤化", "milestones.signed": "2026-01"}
    )
    revision = revise_files(path, read_form(form.save(tmp_path / "f.xlsx")))
    assert list(lines_that_differ(revision)) == [
        (
            "projects.yaml",
            [
                "    milestones: {signed: 2025-02-18}",
                "    investment: {value: 196.25, date: 2025-02-18, note: 资本金 56.85 亿元，融资 139.40 亿元。}",
            ],
            [
                "    milestones: {signed: 2025-02-18, started: 2025-06-01}",
                "    investment: {value: 200, date: 2025-02-18, note: 资本金 56.85 亿元，融资 139.40 亿元。}",
                "  xin_xiang_mu_jia:",
                "    name: {zh: 新项目甲}",
                "    milestones: {signed: 2026-01}",
                "    enterprise: haohai_coal_chemical",
            ],
        )
    ]


def test_every_line_that_did_not_change_keeps_its_place(yumen_files, tmp_path):
    path, form = yumen_files
    form.write("外地候选企业", "hoshine", place="浙江宁波")
    form.write("产品", "pvdf", note="含氟聚合物")
    form.set("as_of", "2026-02-01")
    revision = revise_files(path, read_form(form.save(tmp_path / "f.xlsx")))
    assert {each.name for each in revision.files} == {
        "candidates.yaml",
        "fluorine.yaml",
        "yumen.yaml",
    }
    for each, text in revision.files.items():
        old, new = each.read_text("utf-8").splitlines(), text.splitlines()
        same = sum(one == other for one, other in zip(old, new, strict=False))
        assert abs(len(old) - len(new)) <= 1
        assert len(old) == len(new) == same + 1 or len(old) != len(new)


def test_what_the_form_lacks_is_kept_unless_pruning_is_asked_for(yumen_files, tmp_path):
    path, form = yumen_files
    page = form.book["专班"]
    page.delete_rows(form.row("专班", "all_chains"))
    atlas = read_form(form.save(tmp_path / "f.xlsx"))
    kept = revise_files(path, atlas)
    assert (kept.files, kept.kept) == ({}, (("teams", "all_chains"),))
    (text,) = revise_files(path, atlas, prune=True).files.values()
    assert "all_chains:" not in text
    assert "# ------------------------------------------------------------------ 地区" in text


def test_no_sheet_has_a_column_twice():
    assert len({sheet.name for sheet in SHEETS}) == len(SHEETS)
    for sheet in SHEETS:
        paths = [column.path for column in (*sheet.keys, *sheet.columns)]
        assert len(paths) == len(set(paths)), sheet.name


ODD = {
    "one line": "teams: {a: {name: 甲}, b: {name: 乙}}\n",
    "quotes": 'teams:\n  "a": {name: "甲"}\n  b: {name: 乙}\n',
    "four in": "teams:\n    a:\n        name: 甲\n    b:\n        name: 乙",
    "a prefix": "teams:\n  ab: {name: 甲}\n  a:\n    # the first\n    name: 甲  # b: not this\n  b: {name: 乙}\n",
    "windows": "teams:\r\n  a:\r\n    name: 甲\r\n  b: {name: 乙}\r\n",
    "folded": "teams:\n  a:\n    name: 甲\n    note: >-\n      a: 一\n      b: 二\n  b: {name: 乙}\n",
    "comments": "teams:\n  # before\n  a:  # beside\n    name: 甲\n    # inside\n\n  # before b\n  b: {name: 乙}  # beside b\n# the end\n",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_yaml_in_any_style_is_changed_where_it_must_be(start, text):
    file = start.parent / "place/teams.yaml"
    file.write_bytes(text.encode())
    atlas = load_atlas(start)
    before = dict(atlas.teams)
    named = before["b"].model_copy(update={"lead": "工信局"})
    new = atlas.model_copy(update={"teams": {**before, "b": named}})
    revision = revise_files(start, new)
    (changed,) = revision.files.values()
    file.write_bytes(changed.encode())
    assert atlas_tree(load_atlas(start)) == atlas_tree(new)
    assert ("\r\n" in changed) == ("\r\n" in text)
    assert [line for line in text.split("\n") if "#" in line and "b" not in line.split("#")[0]] == [
        line for line in changed.split("\n") if "#" in line and "b" not in line.split("#")[0]
    ]


EMPTY = {
    "nothing": "teams:\n",
    "cut short": "teams:",
    "comments": "teams:  # later\n  # inside\n# below\n",
    "null": "teams: ~  # later\n",
    "in brackets": "teams: {}\nparks:\n",
    "before others": "teams:\n\nparks:\n  p: {name: 园区}\n",
    "only comments": "# teams: later\n",
    "in quotes": '"teams":\n',
    "all in brackets": "{teams: , parks: }\n",
    "brackets below": "teams:\n  {}\n",
    "null below": "teams:\n  ~\n",
    "brackets over lines": "teams: {\n }\n",
}


@pytest.mark.parametrize("text", EMPTY.values(), ids=EMPTY)
def test_a_section_that_is_to_be_filled_in_takes_the_rows_of_a_form(start, text):
    file = start.parent / "place/teams.yaml"
    file.write_text(text)
    new = load_atlas(start).model_copy(
        update={"teams": {"a": Team(name=Text(zh="甲")), "b": Team(name=Text(zh="乙"))}}
    )
    ((changed, written),) = revise_files(start, new).files.items()
    assert written.count("#") == changed.read_text("utf-8").count("#")
    changed.write_text(written, "utf-8")
    assert atlas_tree(load_atlas(start)) == atlas_tree(new)
    assert changed == (start if text.startswith("#") else file)


@pytest.mark.parametrize("text", ["maturity:\n", "maturity: {}  # later\n", "maturity:\n  # a\n"])
def test_a_setting_that_is_to_be_filled_in_is_written_where_it_stands(start, text):
    start.write_text(start.read_text("utf-8") + text)
    atlas = load_atlas(start)
    new = atlas.model_copy(update={"maturity": {"solar_glass": "weak"}})
    (changed,) = revise_files(start, new).files.values()
    assert changed.count("maturity:") == 1
    assert changed.count("#") == start.read_text("utf-8").count("#")


def leaves(node, path=()):
    if isinstance(node, dict):
        for key, inner in node.items():
            yield from leaves(inner, (*path, key))
    else:
        yield path, node


def change_something(entity, dice):
    """A copy of an entity with one value changed, taken away or added; None if that is not allowed."""
    plain = entity.model_dump(exclude_defaults=True)
    path, value = dice.choice(
        [each for each in leaves(plain) if not isinstance(each[1], list | bool)]
    )
    node = plain
    for step in path[:-1]:
        node = node[step]
    match dice.choice(["change", "drop", "note"]):
        case "note":
            plain["note"] = dice.choice(["改了", "改: 了 # 的\n第二行", "- 改"])
        case "drop":
            del node[path[-1]]
        case _ if isinstance(value, float):
            node[path[-1]] = value * 2 + 1
        case _:
            node[path[-1]] = f'{value}（"改": # 了）'
    try:
        return type(entity).model_validate(plain)
    except ValidationError:
        return None


@pytest.mark.parametrize("seed", range(6))
def test_any_change_to_yumen_can_be_brought_back(yumen_files, seed):
    path, _ = yumen_files
    atlas, dice = load_atlas(path), random.Random(seed)
    sections = ("enterprises", "projects", "products", "candidates", "policies", "sources", "parks")
    update = {}
    for _ in range(15):
        section = dice.choice(sections)
        id, entity = dice.choice(list(getattr(atlas, section).items()))
        if (new := change_something(entity, dice)) is not None:
            update.setdefault(section, dict(getattr(atlas, section)))[id] = new
    new = atlas.model_copy(update=update)
    for file, text in revise_files(path, new).files.items():
        file.write_text(text, "utf-8")
    assert atlas_tree(load_atlas(path)) == atlas_tree(new)
