"""The wall poster as a browser draws it: every text stays in its place."""

import pytest

from chaingraph.loader import example_atlas, load_atlas
from chaingraph.outputs.poster import draw_poster

# A box round a text is as high as the font's lines; what is read fills the middle of it.
MEASURE = """() => {
  const box = element => {
    const {x, y, width, height} = element.getBoundingClientRect();
    return {x, y, right: x + width, bottom: y + height, text: element.textContent};
  };
  const ink = text => {
    const found = box(text), em = text.getAttribute('font-size') * text.getScreenCTM().a;
    return {...found, y: found.y + 0.28 * em, bottom: found.bottom - 0.17 * em};
  };
  const all = (words, how) => Array.from(document.querySelectorAll(words), how);
  return {
    sheet: box(document.querySelector('svg')),
    names: all('.card', card => ({...box(card.querySelector('.name')), frame: box(card.querySelector('rect'))})),
    feet: all('.card:has(.foot)', card => ({...ink(card.querySelector('.foot')), frame: box(card.querySelector('rect'))})),
    cards: all('.card', box),
    texts: all('text', ink).filter(each => each.text),
  };
}"""


@pytest.fixture(scope="module")
def yumen():
    return load_atlas(example_atlas())


@pytest.fixture
def draw(yumen, open_page, tmp_path):
    """Draw a poster, open it and return where its texts stand."""

    def draw_and_measure(**options):
        # the fixture opens pages only, so the drawing stands in one
        path = tmp_path / "poster.html"
        svg = draw_poster(yumen, size="A3", **options)
        page = f"<!doctype html><style>body {{ margin: 0 }}</style>{svg[svg.index('<svg') :]}"
        path.write_text(page, "utf-8")
        return open_page(path, width=1700, height=1200).evaluate(MEASURE)

    return draw_and_measure


def crossings(boxes, slack=0.6):
    """Return the pairs of boxes that overlap by more than the slack [px]."""
    boxes = sorted(boxes, key=lambda box: box["x"])
    found = []
    for at, one in enumerate(boxes):
        for two in boxes[at + 1 :]:
            if two["x"] >= one["right"] - slack:
                break
            if min(one["bottom"], two["bottom"]) - max(one["y"], two["y"]) > slack:
                found.append((one["text"], two["text"]))
    return found


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_name_stays_in_its_card_and_no_two_meet(draw, lang):
    found = draw(lang=lang)
    assert len(found["names"]) == 315
    outside = [
        each["text"]
        for each in found["names"] + found["feet"]
        if each["x"] < each["frame"]["x"]
        or each["right"] > each["frame"]["right"]
        or each["y"] < each["frame"]["y"] - 0.5
        or each["bottom"] > each["frame"]["bottom"] + 0.5
    ]
    assert outside == []
    assert crossings(found["names"]) == []
    assert crossings(found["cards"]) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "part", [{}, {"branch": "silicone"}, {"branch": "csp"}, {"chain": "chemicals"}], ids=str
)
def test_no_text_meets_another_or_leaves_the_sheet(draw, lang, part):
    found = draw(lang=lang, **part)
    assert crossings(found["texts"]) == []
    sheet = found["sheet"]
    assert not [
        each["text"]
        for each in found["texts"]
        if each["x"] < 0 or each["right"] > sheet["right"] or each["bottom"] > sheet["bottom"]
    ]
