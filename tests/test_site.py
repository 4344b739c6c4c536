"""The documentation site is whole: pages, links, formulas, reference, both languages, offline."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import chaingraph
from chaingraph.asking import QUESTIONS

DOCS = Path(__file__).parent.parent / "docs"
LANGUAGES = ("en", "zh")
OUTSIDE = ("http:", "https:", "//")


class Page(HTMLParser):
    """What a page loads, where it leads, and what in it can be led to."""

    def __init__(self, path):
        super().__init__()
        self.loads, self.links, self.anchors, self.lang = [], [], set(), None
        self.text = path.read_text("utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        self.anchors |= {named.get("id"), named.get("name")}
        self.lang = self.lang or named.get("lang")
        if tag == "a" and "href" in named:
            self.links.append(named["href"])
        elif tag == "link" or named.get("src"):
            self.loads.append(named.get("href") or named["src"])


@pytest.fixture(scope="module")
def pages(site):
    """Every page of the site by its path."""
    paths = (path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts)
    return {path: Page(path) for path in paths}


def target_of(path, link):
    """Return the file and the anchor that a link on a page leads to."""
    where = urlsplit(link)
    return (path.parent / unquote(where.path)).resolve() if where.path else path, unquote(
        where.fragment
    )


def test_every_link_leads_to_a_page_and_a_place_on_it(pages):
    lost = []
    for path, page in pages.items():
        for link in (*page.links, *page.loads):
            if link.startswith(OUTSIDE):
                continue
            file, anchor = target_of(path, link)
            if not file.is_file() or (anchor and anchor not in pages[file].anchors):
                lost.append((path.name, link))
    assert lost == []


def test_nothing_is_loaded_from_elsewhere(site, pages):
    asked = [(path, what) for path, page in pages.items() for what in page.loads]
    assert [(path.name, what) for path, what in asked if what.startswith(OUTSIDE)] == []
    for style in site.rglob("*.css"):
        text = style.read_text("utf-8")
        assert re.findall(r"""(?:url\(|@import)\s*["']?(?:https?:)?//""", text) == []


def test_addresses_outside_are_well_formed(pages):
    """Whether they answer is asked by python docs/make.py --external, which needs the internet."""
    outside = {link for page in pages.values() for link in page.links if link.startswith(OUTSIDE)}
    assert len(outside) > 20
    for link in sorted(outside):
        where = urlsplit(link)
        assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?", where.netloc), link
        assert not re.search(r"[\s<>]|[)。，；]$", unquote(link)), link


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_leads_to_its_twin(lang, site, pages):
    other = LANGUAGES[1 - LANGUAGES.index(lang)]
    for path in (path for path in pages if (site / lang) in path.parents):
        twin = next(link for link in pages[path].links if f"../{other}/" in link)
        name = path.relative_to(site / lang)
        wanted = site / other / ("tutorial.html" if name == Path("quickstart.html") else name)
        assert target_of(path, twin)[0] == wanted.resolve()


@pytest.mark.parametrize(
    ("lang", "code", "words"),
    [
        ("en", "en", ["Search", "Start here", "How to", "Look up", "Understand", "On this page"]),
        ("zh", "zh-CN", ["搜索", "入门", "怎么做", "查阅", "道理", "当前页面"]),
    ],
)
def test_the_frame_of_a_page_speaks_its_language(lang, code, words, site, pages):
    page = pages[site / lang / "method.html"]
    assert page.lang == code
    assert [word for word in words if word not in page.text] == []


def test_the_frame_of_a_chinese_page_has_no_english_left(site, pages):
    text = pages[site / "zh" / "method.html"].text
    frame = re.sub(r"<(article|script|style)\b.*?</\1>", "", text, flags=re.DOTALL)
    labels = re.findall(r'(?:title|aria-label|placeholder)="([^"]+)"', frame)
    words = [*labels, *re.findall(r">([^<>]+)<", frame)]
    found = {word.strip() for word in words if re.fullmatch("[A-Za-z ]{3,}", word.strip())}
    assert found == {"Ctrl", "English"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_formulas_are_mathml_in_full(lang, site, pages):
    formulas = [
        formula
        for name in ("method", "evidence")
        for formula in re.findall(r"<math.*?</math>", pages[site / lang / f"{name}.html"].text)
    ]
    assert len(formulas) > 40
    assert [formula for formula in formulas if "\\" in formula or "$" in formula] == []


def test_no_mark_of_markdown_is_left(pages):
    for path, page in pages.items():
        prose = re.sub(r"<(script|style|pre|code|math)\b.*?</\1>", "", page.text, flags=re.DOTALL)
        words = re.sub(r"<[^>]+>", "", prose)
        assert re.findall(r"\*\*\w.{,20}|\$\$.{,20}|.{,20}\]\(.{,20}|```", words) == [], path.name


@pytest.fixture(params=LANGUAGES)
def entries(request, site, pages):
    """The names that the reference of one language tells."""
    paths = (site / request.param / "reference").glob("*.html")
    return {anchor for path in paths for anchor in pages[path].anchors}


def test_the_reference_has_every_public_name(entries):
    assert {f"chaingraph.{name}" for name in chaingraph.__all__} <= entries


def test_the_reference_has_every_name_that_a_page_imports(entries):
    text = "".join(page.read_text("utf-8") for page in DOCS.glob("*/*.md"))
    found = re.findall(r"^>>> from (chaingraph\S*) import ([\w, ]+)$", text, re.MULTILINE)
    names = {f"{module}.{name}" for module, listed in found for name in listed.split(", ")}
    assert len(names) > 20
    assert names - entries == set()


def test_the_reference_has_every_question_and_what_answers_it(entries):
    questions = {f"chaingraph.answers.{question.name}" for question in QUESTIONS}
    answers = {f"chaingraph.replies.{question.answered.__name__}" for question in QUESTIONS}
    assert (questions | answers) - entries == set()


def test_the_reference_is_the_same_in_both_languages(site, pages):
    english, chinese = (
        {path.name: pages[path].anchors for path in (site / lang / "reference").glob("*.html")}
        for lang in LANGUAGES
    )
    named = [
        {
            (name, anchor)
            for name, anchors in page.items()
            for anchor in anchors
            if str(anchor).startswith("chaingraph.")
        }
        for page in (english, chinese)
    ]
    assert len(named[0]) > 400
    assert named[0] == named[1]
