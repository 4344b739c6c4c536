"""The workbook, the report and the maps that are handed in, opened by the programs people use."""

import io
import re
import shutil
import subprocess
import zipfile

import docx
import openpyxl
import pypdfium2
import pytest

from chaingraph.bundles import PRESETS, BundleSettings, resolve_bundle
from chaingraph.outputs.contents import gather
from chaingraph.outputs.index import draw_index
from chaingraph.outputs.lists import _MAKERS, make_list
from chaingraph.outputs.maps import draw_map_pages, draw_map_sheet
from chaingraph.outputs.report import make_report, summarise
from chaingraph.outputs.workbook import make_workbook

needs_office = pytest.mark.skipif(
    shutil.which("localc") is None or shutil.which("lowriter") is None, reason="needs LibreOffice"
)
DAY = "2023-02-15"


@pytest.fixture(scope="module")
def contents(yumen):
    """All of Yumen on the day when silicone and fluorine were targets."""
    return gather(yumen, as_of=DAY)


@pytest.fixture(scope="module", params=["zh", "en"])
def book(request, contents):
    """The workbook in both languages."""
    return openpyxl.load_workbook(io.BytesIO(make_workbook(contents, lang=request.param)))


@pytest.fixture(scope="module")
def report(contents):
    """The report with its pictures."""
    pages = {item.kind: draw_map_pages(contents, item, "zh") for item in contents.bundle.maps}
    return make_report(contents, pages, lang="zh")


def convert(folder, name, data, to="pdf"):
    (folder / name).write_bytes(data)
    home = f"-env:UserInstallation=file://{folder}/home"
    subprocess.run(
        ["soffice", home, "--headless", "--convert-to", to, name],
        check=True, capture_output=True, timeout=240, cwd=folder,
    )  # fmt: skip
    return folder / f"{name.rpartition('.')[0]}.{to}"


def last_head(page):
    """The last row of the heading; in the task book periods stand above their measures."""
    return 4 if page.title in ("任务书", "Task book") else 3


# ---------------------------------------------------------------------- the workbook


def test_there_is_a_sheet_for_each_list_a_cover_and_the_sources(contents):
    book = openpyxl.load_workbook(io.BytesIO(make_workbook(contents, lang="zh")))
    assert book.sheetnames == [
        "封面", "重点企业清单", "重点项目清单", "短板缺口清单", "目标企业清单", "政策清单", "任务书", "时间表", "来源",
    ]  # fmt: skip


def test_the_target_list_has_the_columns_of_the_field(contents):
    heads = [column.zh for column in make_list(contents, "targets", "zh").columns]
    assert heads == [
        "序号", "所属产业链", "环节", "缺口类型", "企业名称", "所在地", "主营产品", "资质", "拟引进方向",
        "预计投资（亿元）", "匹配依据", "证据日期", "目标区域", "对接方式", "牵头单位", "时限", "阶段", "最近进展",
        "颜色", "得分", "得分构成", "可信度",
    ]  # fmt: skip


def test_every_list_filters_freezes_and_prints_its_heading(book):
    for page in book.worksheets[1:]:
        last = last_head(page)
        assert page.auto_filter.ref.startswith(f"A{last}:")
        assert page.freeze_panes is not None
        assert page.print_title_rows == f"$3:${last}"
        assert page.page_setup.orientation == "landscape"


def test_every_row_leads_to_its_source(book, contents):
    sources = book.worksheets[-1]
    for page in book.worksheets[1:-1]:
        for row in page.iter_rows(min_row=4):
            cell = row[-2]
            if cell.value:
                target = re.fullmatch(r"'(.+)'!A(\d+)", cell.hyperlink.location)
                assert target[1] == sources.title
                number = int(re.match(r"\[(\d+)\]", cell.value)[1])
                assert sources.cell(int(target[2]), 1).value == number
    keys = [cell.value for cell in sources["H"][3:]]
    assert set(keys) <= set(contents.atlas.sources)
    assert len(keys) == len(set(keys))


def test_the_numbers_are_those_of_the_analysis(contents):
    book = openpyxl.load_workbook(io.BytesIO(make_workbook(contents, lang="zh")))
    page = book["短板缺口清单"]
    rows = list(page.iter_rows(min_row=4, values_only=True))
    assert len(rows) == len(contents.gaps)
    heads = [cell.value for cell in page[3]]
    for row, gap in zip(rows, contents.gaps, strict=True):
        told = dict(zip(heads, row, strict=True))
        assert told["环节"] == gap.name.zh
        assert told["缺口"] == (pytest.approx(gap.shortfall) if gap.shortfall else None)
        assert told["得分"] == pytest.approx(gap.score)


def test_dates_are_dates_and_months_stay_as_they_are(contents):
    book = openpyxl.load_workbook(io.BytesIO(make_workbook(contents, lang="zh")))
    page = book["时间表"]
    assert page["B4"].is_date
    assert str(page["B4"].value.date()) == "2023-02-16"
    assert "2018-04" in [cell.value for cell in book["政策清单"]["D"]]


def test_the_same_atlas_gives_the_same_bytes(contents, report):
    assert make_workbook(contents, lang="zh") == make_workbook(contents, lang="zh")
    pages = {item.kind: draw_map_pages(contents, item, "zh") for item in contents.bundle.maps}
    assert make_report(contents, pages, lang="zh") == report


@needs_office
def test_the_workbook_opens_in_libreoffice_without_loss(contents, tmp_path):
    data = make_workbook(contents, lang="zh")
    again = openpyxl.load_workbook(convert(tmp_path, "a.xlsx", data, to="ods").with_suffix(".xlsx"))
    assert again.sheetnames[0] == "封面"
    pages = pypdfium2.PdfDocument(convert(tmp_path, "a.xlsx", data))
    text = "".join(page.get_textpage().get_text_bounded() for page in pages)
    assert "合盛硅业" in text
    assert "Err:" not in text
    assert "###" not in text


# ------------------------------------------------------------------------ the report


def test_the_summary_counts_what_is_there(contents, yumen):
    text = "".join(summarise(contents, "zh"))
    assert f"共 {len(yumen.products)} 个产品和环节" in text
    assert f"共有缺口 {len(contents.gaps)} 个" in text
    firms = {target.enterprise for target in contents.plan.targets}
    assert f"共 {len(firms)} 家" in text
    assert "有机硅（没有，" in text


def test_one_thing_is_not_told_as_several(make_atlas):
    facts = "policies: {p: {name: Plan, date: 2020, names: [bread]}}"
    contents = gather(make_atlas("bread: {name: Bread, stage: downstream}", facts))
    text = "".join(summarise(contents, "en"))
    assert "1 chain and 1 branch with 1 product." in text
    assert "There is one gap" in text
    assert "Policies name 1 direction:" in text
    assert "1 product</span>" in draw_index(contents, files=(), lang="en")


def test_headings_are_those_that_word_navigates_by(report):
    document = docx.Document(io.BytesIO(report))
    heads = [each.text for each in document.paragraphs if each.style.name.startswith("Heading")]
    assert heads[:3] == ["一、概况", "二、图", "产业链全景图"]
    assert {"招商路线图", "目标企业清单", "政策清单", "五、来源"} <= set(heads)
    body = document.element.body.xml
    assert 'TOC \\o "1-2"' in body
    assert len(document.inline_shapes) == 7  # four maps, and three branches that a policy names


def test_every_citation_has_its_source(report):
    document = docx.Document(io.BytesIO(report))
    listed = {
        int(m[1]) for each in document.paragraphs if (m := re.match(r"\[(\d+)\] ", each.text))
    }
    cited = {
        int(number)
        for table in document.tables
        for row in table.rows
        for number in re.findall(r"\[(\d+)\]", row.cells[-1].text)
    }
    assert cited == listed
    assert cited == set(range(1, len(cited) + 1))


def test_the_workbook_and_the_report_number_their_sources_alike(contents, report):
    book = openpyxl.load_workbook(io.BytesIO(make_workbook(contents, lang="zh")))
    titles = {row[0]: row[1] for row in book["来源"].iter_rows(min_row=4, values_only=True)}
    document = docx.Document(io.BytesIO(report))
    told = [each.text for each in document.paragraphs if re.match(r"\[\d+\] ", each.text)]
    assert told
    for line in told:
        number, title = re.match(r"\[(\d+)\] (.+)", line).groups()
        assert title.startswith(titles[int(number)])


def test_the_report_shows_the_figures_of_the_atlas(yumen):
    document = docx.Document(
        io.BytesIO(make_report(gather(yumen, as_of="2026-01-16"), {}, lang="zh"))
    )
    projects = next(each for each in document.tables if each.rows[0].cells[2].text == "项目名称")
    told = {row.cells[2].text: row.cells[4].text for row in projects.rows}
    for project in yumen.projects.values():
        if project.investment and project.name.zh in told:
            assert told[project.name.zh] == f"{project.investment.value:g}"


def test_the_report_is_in_the_chinese_of_the_mainland_and_numbers_its_pages(report):
    document = docx.Document(io.BytesIO(report))
    assert 'w:eastAsia="zh-CN"' in document.styles.element.xml
    assert "PAGE" in document.sections[0].footer._element.xml
    assert all(section.footer.is_linked_to_previous for section in list(document.sections)[1:])
    assert [each.different_first_page_header_footer for each in document.sections] == [
        True, *[False] * (len(document.sections) - 1),
    ]  # fmt: skip


def test_the_properties_of_cells_stand_in_the_order_that_word_asks_for(report):
    order = ["tcW", "gridSpan", "vMerge", "tcBorders", "shd", "noWrap", "tcMar", "vAlign"]
    document = docx.Document(io.BytesIO(report))
    for properties in document.element.body.iter(docx.oxml.ns.qn("w:tcPr")):
        found = [order.index(each.tag.rpartition("}")[2]) for each in properties]
        assert found == sorted(found)


def test_a_row_without_a_source_says_so(book):
    for page in book.worksheets[1:-1]:
        for row in page.iter_rows(min_row=last_head(page) + 1, values_only=True):
            assert row[-2] or row[-1] in ("图谱未记", "none yet")


@needs_office
def test_no_caption_of_the_report_leaves_its_picture(report, tmp_path):
    pages = pypdfium2.PdfDocument(convert(tmp_path, "a.docx", report))
    texts = [page.get_textpage().get_text_bounded() for page in pages]
    captions = [re.findall("图 [0-9]+　", text) for text in texts]
    assert sum(map(len, captions)) == 7
    assert max(map(len, captions)) == 1
    assert "二、图" in next(text for text in texts if "图 1　" in text)


@needs_office
def test_the_report_opens_in_libreoffice_with_maps_and_tables(report, tmp_path):
    pdf = pypdfium2.PdfDocument(convert(tmp_path, "a.docx", report))
    text = "".join(page.get_textpage().get_text_bounded() for page in pdf)
    assert 10 < len(pdf) < 40
    assert "巨化股份" in text
    assert any(page.get_width() > page.get_height() for page in pdf)


# ----------------------------------------------------------------- any bundle, any name


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_preset_can_be_written(yumen, preset, lang):
    atlas = yumen.model_copy(update={"bundle": BundleSettings(preset=preset)})
    contents = gather(atlas)
    book = openpyxl.load_workbook(io.BytesIO(make_workbook(contents, lang=lang)))
    named = [item.name.text(lang) for item in contents.bundle.lists if item.kind]
    assert book.sheetnames[1 : 1 + len(named)] == [name[:28] for name in named]
    for item in contents.bundle.maps:
        if item.kind:
            assert draw_map_sheet(contents, item, lang).startswith("<?xml")


def test_a_bundle_of_ones_own_has_its_names_and_order():
    own = BundleSettings.model_validate(
        {
            "name": "我市一图一清单",
            "maps": [{"name": "全景图", "kind": "tree"}, {"name": "技术图"}],
            "lists": [{"name": "目标", "kind": "targets"}],
        }
    )
    bundle = resolve_bundle(own)
    assert [(item.name.zh, item.kind) for item in bundle.maps] == [
        ("全景图", "tree"),
        ("技术图", None),
    ]
    assert [item.kind for item in bundle.lists] == ["targets"]
    part = resolve_bundle(
        BundleSettings.model_validate({"preset": "three_lists", "name": "武威式"})
    )
    assert (part.name.zh, len(part.lists)) == ("武威式", 3)


@pytest.mark.parametrize("kind", _MAKERS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_list_fills_its_columns(contents, kind, lang):
    listing = make_list(contents, kind, lang)
    assert listing.rows
    assert {len(row.cells) for row in listing.rows} == {len(listing.columns)}


HOSTILE = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "@SUM(1)",
    "-2",
    "</script><img onerror=x>",
    "\u202eabc",
    "名" * 9000,
]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_text_in_the_workbook_and_the_report(yumen, name):
    firm = yumen.candidates["hoshine"]
    firm = firm.model_copy(
        update={"name": firm.name.model_copy(update={"zh": name}), "place": name}
    )
    atlas = yumen.model_copy(update={"candidates": {**yumen.candidates, "hoshine": firm}})
    contents = gather(atlas, as_of=DAY)
    data = make_workbook(contents, lang="zh")
    assert not any(
        cell.data_type == "f"
        for page in openpyxl.load_workbook(io.BytesIO(data))
        for row in page.iter_rows()
        for cell in row
    )
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert not any(b"<f>" in archive.read(each) for each in archive.namelist())
    document = docx.Document(io.BytesIO(make_report(contents, {}, lang="zh")))
    assert (
        any(
            name in cell.text
            for table in document.tables
            for row in table.rows
            for cell in row.cells
        )
        or len(name) > 100
    )


def test_a_figure_of_a_later_day_says_so(contents):
    rows = make_list(contents, "enterprises", "zh").rows
    oilfield = next(row for row in rows if "玉门油田" in row.cells[2])
    assert "（2025-12-30 数）" in oilfield.cells[4]
