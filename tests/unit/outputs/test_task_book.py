"""The task book in the form that a county prints: a row a chain, periods above their measures."""

import io

import docx
import openpyxl
import pytest
from docx.shared import Pt

from chaingraph.analysis.plan import make_plan
from chaingraph.outputs.console import fit
from chaingraph.outputs.console.targets import make_plan_view
from chaingraph.outputs.contents import gather
from chaingraph.outputs.lists import make_list
from chaingraph.outputs.report import make_report
from chaingraph.outputs.task_book import lay_out_tasks
from chaingraph.outputs.workbook import make_workbook

HEAD = """
atlas: {id: town, name: {zh: 小城图谱, en: The town's chains}}
place: {name: {zh: 小城, en: Town}}
as_of: 2025-06-30
chains:
  food: {name: {zh: 食品, en: Food}, branches: [bakery]}
  travel: {name: {zh: 旅游, en: Travel}, branches: []}
includes: [products/*.yaml, facts.yaml]
"""
PRODUCTS = """
bread: {name: {zh: 面包, en: Bread}, stage: midstream, unit: t}
toast: {name: {zh: 吐司, en: Toast}, stage: downstream, unit: t}
"""
YEAR = "since: 2025-01-01, until: 2025-12-31"
LONG = "since: 2025-01-01, until: 2027-12-31"
FACTS = f"""
teams:
  bakers: {{name: {{zh: 烘焙专班, en: Bakers}}, chain: food, lead: 工信局}}
  guides: {{name: {{zh: 文旅专班, en: Guides}}, chain: travel}}
projects:
  mill:
    name: 磨坊
    chain: food
    milestones: {{signed: 2025-02-01, started: 2025-04-01}}
    investment: 6
    arrived: {{value: 2, date: 2025-05-01}}
quotas:
  f1: {{name: 一, chain: food, measure: signed, goal: {{value: 20, unit: 100m_CNY}}, {YEAR}}}
  f2: {{name: 二, chain: food, measure: started, goal: {{value: 3, unit: count}}, {YEAR}}}
  f3: {{name: 三, chain: food, measure: arrived, goal: {{value: 8, unit: 100m_CNY}}, {LONG}}}
  f4: {{name: 四, chain: food, measure: signed, goal: {{value: 60, unit: 100m_CNY}}, {LONG}}}
  t1: {{name: 五, chain: travel, measure: signed, goal: {{value: 5, unit: 100m_CNY}}, {YEAR}}}
"""


@pytest.fixture
def town(make_atlas):
    """A town with two chains, whose quotas are for one year and for three."""
    return make_atlas(PRODUCTS, FACTS, head=HEAD)


def told(atlas, lang="zh"):
    """The headings and cells of the task book."""
    book = lay_out_tasks(make_plan(atlas).tasks)
    heads = [(column.group(lang), column.head(lang)) for column in book.columns]
    rows = [
        (row.chain, row.team, [row.cell(column, lang) for column in book.columns])
        for row in book.rows
    ]
    return heads, rows


def test_a_chain_has_one_row_with_a_group_of_columns_for_each_period(town):
    heads, rows = told(town)
    assert heads == [
        ("2025年", "签约投资额（亿元）"),
        ("2025年", "落地项目（个）"),
        ("2025年至2027年末", "签约投资额（亿元）"),
        ("2025年至2027年末", "到位资金（亿元）"),
    ]
    assert rows == [
        ("food", "bakers", ["6 / 20", "1 / 3", "6 / 60", "2 / 8"]),
        ("travel", "guides", ["0 / 5", "", "", ""]),
    ]


def test_its_headings_are_there_in_english(town):
    heads, _ = told(town, "en")
    assert heads[0] == ("2025", "Money signed (CNY 100m)")
    assert heads[1] == ("2025", "Projects landed")
    assert heads[2][0] == "2025 to end of 2027"


def test_teams_that_share_a_chain_have_rows_of_their_own(make_atlas):
    quota = f"  {{}}: {{{{name: 某, team: {{}}, measure: started, goal: {{{{value: {{}}, unit: count}}}}, {YEAR}}}}}\n"
    facts = FACTS[: FACTS.index("quotas")] + "quotas:\n"
    facts += quota.format("a", "bakers", 2) + quota.format("b", "guides", 4)
    assert told(make_atlas(PRODUCTS, facts, head=HEAD))[1] == [
        (None, "bakers", ["1 / 2"]),
        (None, "guides", ["1 / 4"]),
    ]


def test_what_else_is_counted_has_a_column_and_names_where_there_are_two(make_atlas):
    quota = f"  {{}}: {{{{name: {{}}, chain: food, measure: signed, goal: {{{{value: {{}}, unit: count}}}}, {YEAR}}}}}\n"
    one, two = quota.format("g1", "签约数", 4), quota.format("g2", "外省签约数", 2)
    heads, rows = told(make_atlas(PRODUCTS, FACTS + one, head=HEAD))
    assert heads[2] == ("2025年", "签约项目（个）")
    assert rows[0][2][2] == "1 / 4"
    _, rows = told(make_atlas(PRODUCTS, FACTS + one + two, head=HEAD))
    assert rows[0][2][2] == "签约数 1 / 4\n外省签约数 1 / 2"


def test_factory_space_is_the_fourth_measure_of_a_period(make_atlas):
    moved = FACTS.replace(
        "quotas:", "    factory_space: {value: 12500, unit: m2, date: 2025-05}\nquotas:"
    )
    goal = f"  s: {{name: 厂房, chain: food, measure: factory_space, goal: {{value: 4, unit: 10k_m2}}, {YEAR}}}\n"
    heads, rows = told(make_atlas(PRODUCTS, moved + goal, head=HEAD))
    assert heads[2] == ("2025年", "入驻标准厂房（万㎡）")
    assert rows[0][2][2] == "1.25 / 4"
    bare = make_atlas(PRODUCTS, moved[: moved.index("quotas")], head=HEAD)
    assert told(bare, "en")[0][3] == ("2025", "Factory space (10k m²)")
    assert told(bare)[1][0][2] == ["6", "1", "2", "1.25"]


def test_without_quotas_it_tells_what_was_done_this_year(make_atlas):
    heads, rows = told(make_atlas(PRODUCTS, FACTS[: FACTS.index("quotas")], head=HEAD))
    assert [group for group, _ in heads] == ["2025年"] * 3
    assert rows[0][2] == ["6", "1", "2"]


@pytest.mark.parametrize(("lang", "name"), [("zh", "任务书"), ("en", "Task book")])
def test_the_workbook_has_periods_above_their_measures(town, lang, name):
    data = make_workbook(gather(town), lang=lang)
    page = openpyxl.load_workbook(io.BytesIO(data))[name]
    merged = {str(each) for each in page.merged_cells.ranges}
    assert {"A3:A4", "B3:B4", "C3:C4", "D3:E3", "F3:G3", "H3:H4"} <= merged
    assert [page["D3"].value, page["F3"].value] == (
        ["2025年", "2025年至2027年末"] if lang == "zh" else ["2025", "2025 to end of 2027"]
    )
    assert [page.cell(5, at).value for at in range(4, 8)] == ["6 / 20", "1 / 3", "6 / 60", "2 / 8"]
    assert page.auto_filter.ref.startswith("A4:")
    assert (page.print_title_rows, page.freeze_panes) == ("$3:$4", "D5")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_report_has_periods_above_their_measures(town, lang):
    document = docx.Document(io.BytesIO(make_report(gather(town), {}, lang=lang)))
    period = "2025年至2027年末" if lang == "zh" else "2025 to end of 2027"
    (table,) = (
        table for table in document.tables if period in [cell.text for cell in table.rows[0].cells]
    )
    top, bottom = ([cell.text for cell in row.cells] for row in table.rows[:2])
    assert top.count(period) == 2
    assert top[0] == bottom[0]  # one cell over two rows
    assert "6 / 60" in [cell.text for cell in table.rows[2].cells]
    spans = [cell.grid_span for cell in table.rows[0]._tr.tc_lst]
    assert spans == [1, 1, 1, 2, 2, 1, 1]
    wide = [sum(cell.width for cell in row._tr.tc_lst) for row in table.rows]
    assert max(wide) - min(wide) < Pt(1)


def test_the_report_has_a_table_for_each_period_where_they_are_too_wide_for_one(make_atlas):
    goals = "".join(
        f"  q{year}{at}: {{name: 某, chain: food, measure: {measure}, goal: {{value: 5, unit: {unit}}}, "
        f"since: {year}-01-01, until: {year}-12-31}}\n"
        for year in (2026, 2027, 2028)
        for at, (measure, unit) in enumerate(
            [
                ("signed", "100m_CNY"),
                ("started", "count"),
                ("arrived", "100m_CNY"),
                ("signed", "count"),
            ]
        )
    )
    town = make_atlas(PRODUCTS, FACTS[: FACTS.index("quotas")] + "quotas:\n" + goals, head=HEAD)
    document = docx.Document(io.BytesIO(make_report(gather(town), {}, lang="zh")))
    tops = [[cell.text for cell in table.rows[0].cells] for table in document.tables]
    books = [top for top in tops if "招引方向" in top]
    assert [top[3:7] for top in books] == [["2026年"] * 4, ["2027年"] * 4, ["2028年"] * 4]


@pytest.mark.parametrize(("teams", "named"), [(["bakers"], False), (["bakers", "guides"], True)])
def test_the_report_names_the_teams_where_there_is_room_or_need(make_atlas, teams, named):
    measures = [
        ("signed", "100m_CNY"),
        ("started", "count"),
        ("arrived", "100m_CNY"),
        ("signed", "count"),
    ]
    goals = "".join(
        f"  q{team}{year}{at}: {{name: 某, team: {team}, measure: {measure}, goal: {{value: 5, unit: {unit}}}, "
        f"since: {year}-01-01, until: {year}-12-31}}\n"
        for team in teams
        for year in (2026, 2027)
        for at, (measure, unit) in enumerate(measures)
    )
    town = make_atlas(PRODUCTS, FACTS[: FACTS.index("quotas")] + "quotas:\n" + goals, head=HEAD)
    document = docx.Document(io.BytesIO(make_report(gather(town), {}, lang="zh")))
    tops = [[cell.text for cell in table.rows[0].cells] for table in document.tables]
    (top,) = (top for top in tops if "招引方向" in top)
    assert ("牵头单位" in top) == named


def test_the_terminal_splits_by_period_what_is_too_wide(town):
    plan = make_plan(town)
    (whole,) = make_plan_view(town, plan, "tasks", "", "zh", 0, 160)
    assert [column.header for column in whole.columns][2] == "2025年\n签约投资额\n亿元"
    assert whole.row_count == 2
    year, later = make_plan_view(town, plan, "tasks", "小城", "zh", 0, 80)
    assert (year.row_count, later.row_count) == (2, 1)
    assert later.title == "任务书 · 2025年至2027年末 · 小城"
    assert [column.header for column in later.columns] == [
        "产业链", "招引方向", "签约投资额\n亿元", "到位资金\n亿元", "牵头单位",
    ]  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_narrow_terminal_keeps_the_chain_rather_than_the_team(town, lang):
    for table in make_plan_view(town, make_plan(town), "tasks", "", lang, 0, 60):
        heads = [column.header for column in fit(table, 60).columns]
        assert heads[0] in ("产业链", "Chain")
        assert heads[-1] not in ("牵头单位", "Team")


def test_the_list_tells_how_its_cells_are_read(town, yumen):
    assert make_list(gather(town), "tasks", "zh").note == "每格为完成 / 目标"
    assert "no quotas" in make_list(gather(yumen), "tasks", "en").note
