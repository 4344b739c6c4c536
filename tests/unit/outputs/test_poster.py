"""The wall poster: its paper, what is on it, and that names stay text."""

import re
from xml.etree import ElementTree as ET

import pytest

from chaingraph.analysis.score import rank_gaps
from chaingraph.errors import UsageError
from chaingraph.model import Atlas
from chaingraph.outputs.files import is_sealed
from chaingraph.outputs.poster import draw_poster

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "</svg><script>alert(1)</script>",
    '" onload="alert(1)',
    "<![CDATA[ & ]]> &amp; <!-- -->",
    "bell\x07 and null\x00",
    "line\u2028and\u2029paragraph",
    "\u202egnirts desrever\u202c \u200fright",
    "not \ufffe a character",
    "长" * 10_000,
    "W" * 300,
]


def town(names, **changes):
    """Build an atlas of one branch from the names of its products, each made from the last."""
    ids = [f"p{at}" for at in range(len(names))]
    products = {
        id: {
            "name": {"zh": name},
            "stage": ("upstream", "midstream", "downstream")[at % 3],
            "inputs": {ids[at - 1]: {"critical": True}} if at else {},
        }
        for at, (id, name) in enumerate(zip(ids, names, strict=True))
    }
    data = {
        "atlas": {"id": "town", "name": {"zh": "小城产业链图谱"}},
        "place": {"name": {"zh": "小城"}},
        "as_of": "2024-06-30",
        "chains": {"chain": {"name": {"zh": "化工"}, "branches": ["branch"]}},
        "branches": {"branch": {"id": "branch", "name": {"zh": "有机硅"}}},
        "products": products,
        "branch_of": dict.fromkeys(ids, "branch"),
    }
    return Atlas.model_validate(data | changes)


def parse(svg):
    return ET.fromstring(svg)  # noqa: S314 (it is our own)


def cards(svg):
    """Return the text of each card by the full name that it carries."""
    found = {}
    for card in parse(svg).iter(f"{SVG}g"):
        if card.get("class") == "card":
            text = next(each for each in card.iter(f"{SVG}text") if each.get("class") == "name")
            found[card.find(f"{SVG}title").text] = [line.text for line in text]
    return found


def texts(svg):
    return ["".join(text.itertext()) for text in parse(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize(
    ("size", "width", "height"),
    [("A0", 1189, 841), ("A1", 841, 594), ("A2", 594, 420), ("a3", 420, 297)],
)
def test_the_sheet_has_the_size_of_the_paper(size, width, height):
    root = parse(draw_poster(town(["甲", "乙"]), size=size))
    assert (root.get("width"), root.get("height")) == (f"{width}mm", f"{height}mm")
    _, _, wide, high = map(float, root.get("viewBox").split())
    assert wide / high == pytest.approx(width / height, rel=1e-3)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_product_is_on_it_with_its_whole_name(yumen, lang):
    found = cards(draw_poster(yumen, lang=lang))
    names = {product.name.text(lang) for product in yumen.products.values()}
    assert set(found) == names
    for name, lines in found.items():
        # a divided word has a hyphen more than the name
        assert re.sub(r"[\s-]", "", "".join(lines)) == re.sub(r"[\s-]", "", name)


def test_it_says_what_place_day_and_view_it_is_of(yumen):
    said = texts(draw_poster(yumen, as_of="2024-06-30", view="plan"))
    assert "玉门市产业链图谱" in said
    assert "玉门市 · 截至 2024-06-30 · 计划" in said
    assert f"{len(yumen.products)}" in said


def test_a_branch_alone_has_only_its_products(yumen):
    svg = draw_poster(yumen, branch="silicone")
    assert "玉门市 · 有机硅" in texts(svg)
    assert len(cards(svg)) == len(yumen.products_of("silicone"))


def test_the_best_gaps_are_listed_with_rank_score_and_interval(yumen):
    said = texts(draw_poster(yumen))
    for gap in rank_gaps(yumen)[:10]:
        at = said.index(str(gap.rank), said.index("优先缺口"))
        assert gap.name.zh in said[at : at + 4]
        assert f"{gap.score:.2f}" in said[at : at + 5]
        assert f"名次 {gap.rank_low}–{gap.rank_high}" in said[at : at + 6]


def test_kinds_of_gap_are_letters_in_both_languages(yumen):
    for lang, letters in (("zh", "断弱短无"), ("en", "BWSV")):
        assert set(letters) <= set(texts(draw_poster(yumen, lang=lang)))


def test_other_rules_are_said_and_print_the_remedy(yumen):
    said = texts(draw_poster(yumen.model_copy(update={"rule": "position"})))
    assert any(text.startswith("缺口按位置判定") for text in said)
    assert "断链·补链" not in said
    assert "补链" in said
    assert {"补", "强", "延"} <= set(said)
    assert not {"断", "弱", "短", "本地没有，链条在此断开"} & set(said)


def test_names_stay_text_whatever_they_hold():
    name = {"zh": HOSTILE[0] * 20}
    svg = draw_poster(
        town(
            HOSTILE,
            atlas={"id": "town", "name": name},
            place={"name": {"zh": HOSTILE[1]}},
            clusters={"cluster": {"name": {"zh": HOSTILE[2]}}},
            chains={"chain": {"name": name, "cluster": "cluster", "branches": ["branch"]}},
            branches={"branch": {"id": "branch", "name": {"zh": HOSTILE[8]}}},
        )
    )
    root = parse(svg)
    assert {each.tag.removeprefix(SVG) for each in root.iter()} == {
        "svg", "title", "g", "rect", "path", "text", "tspan",
    }  # fmt: skip
    keys = {key for each in root.iter() for key in each.attrib}
    assert not [key for key in keys if key.startswith("on") or "href" in key]
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2028\u2029\ufffe\ud800-\udfff]", svg)
    assert "url(" not in svg
    assert len(cards(svg)) == len(HOSTILE)
    assert len(svg) < 100_000


def test_long_names_are_cut_with_dots_and_no_others():
    found = cards(draw_poster(town(["长" * 400, "有机硅"])))
    assert ["".join(lines).endswith("…") for lines in found.values()].count(True) == 1


def test_an_atlas_without_products_is_a_sheet_too():
    assert "没有产品" in texts(draw_poster(town([])))


def test_products_that_are_not_drawn_are_counted():
    svg = draw_poster(town([f"产品{at}" for at in range(130)]))
    assert len(cards(svg)) == 120
    assert "另有 10 个产品未画出" in texts(svg)


def test_a_chain_that_is_split_goes_on_under_its_name(yumen):
    said = texts(draw_poster(yumen, chain="chemicals"))
    first, *rest = [text for text in said if text.startswith("现代化工集群")]
    assert first == "现代化工集群 › 化工"
    assert {*rest} <= {"现代化工集群 › 化工（续）"}


def test_the_same_atlas_gives_the_same_text(yumen):
    assert draw_poster(yumen, size="A3") == draw_poster(yumen, size="A3")


def test_it_is_written_and_known_again(yumen, tmp_path):
    svg = draw_poster(yumen, tmp_path / "poster.svg", branch="csp")
    assert (tmp_path / "poster.svg").read_text("utf-8") == svg
    assert is_sealed(svg)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": "A5"}, "no paper size 'A5'"),
        ({"branch": "silicon"}, "did you mean 'silicone'"),
        ({"view": "dream"}, "no view 'dream'"),
        ({"as_of": "someday"}, "is not a date"),
    ],
)
def test_what_cannot_be_drawn_is_said(yumen, options, message):
    with pytest.raises(UsageError, match=message):
        draw_poster(yumen, **options)
