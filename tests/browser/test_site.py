"""The documentation site in a browser, opened from a folder and with the network off."""

import pytest


@pytest.fixture
def visit(browser, site):
    """Open a page of the site; what it asks of other computers, or complains of, fails the test."""
    contexts, asked, said = [], [], []

    def open_page(name, *, width=1366, scheme="light", locale="en-GB"):
        context = browser.new_context(
            viewport={"width": width, "height": 768}, color_scheme=scheme, locale=locale
        )
        contexts.append(context)
        page = context.new_page()
        page.on(
            "request", lambda request: request.url.startswith("file:") or asked.append(request.url)
        )
        page.on("console", lambda message: message.type == "log" or said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.route(lambda url: not url.startswith("file:"), lambda route: route.abort())
        page.set_default_timeout(10_000)
        page.goto(site.as_uri() + f"/{name}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert asked == []
    assert said == []


@pytest.mark.parametrize(
    ("lang", "question", "found"),
    [
        ("en", "shortfall", "The method"),
        ("en", "find_portfolio", "chaingraph.find_portfolio"),
        ("zh", "供需平衡", "方法"),
        ("zh", "化工园区", "数据格式"),
        ("zh", "氢", "方法"),
        ("zh", "PVDF缺口", "快速上手"),
        ("zh", "find_portfolio", "chaingraph.find_portfolio"),
    ],
)
def test_search_finds(lang, question, found, visit):
    page = visit(f"{lang}/search.html?q={question}")
    results = page.locator("#search-results ul.search li a")
    results.first.wait_for()
    page.wait_for_function("document.querySelector('.search-summary').innerText !== ''")
    assert found in "\n".join(results.all_inner_texts())


def test_search_finds_nothing_where_there_is_nothing(visit):
    page = visit("zh/search.html?q=平需供衡")
    page.wait_for_function("document.querySelector('.search-summary').innerText !== ''")
    assert page.locator("#search-results ul.search li").count() == 0


def test_the_language_switch_leads_to_the_same_page_and_back(visit):
    page = visit("en/reference/gaps.html")
    page.get_by_role("link", name="中文").click()
    assert page.url.endswith("zh/reference/gaps.html")
    page.get_by_role("link", name="English").click()
    assert page.url.endswith("en/reference/gaps.html")


@pytest.mark.parametrize("width", [390, 1366, 1920])
@pytest.mark.parametrize("name", ["index", "tutorial", "format", "method", "reference/evidence"])
def test_no_page_is_wider_than_the_window(name, width, visit):
    for lang in ("en", "zh"):
        page = visit(f"{lang}/{name}.html", width=width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_pages_are_dark_where_the_reader_wants_them_so(visit):
    grounds = [
        visit("zh/method.html", scheme=scheme).evaluate(
            "getComputedStyle(document.body).backgroundColor"
        )
        for scheme in ("light", "dark")
    ]
    assert grounds[0] == "rgb(255, 255, 255)"
    assert grounds[1] != grounds[0]


@pytest.mark.parametrize(("locale", "lang"), [("zh-CN", "zh"), ("de-DE", "en")])
def test_the_entry_leads_to_the_language_of_the_reader(locale, lang, visit):
    page = visit("index.html", locale=locale)
    page.wait_for_url(f"**/{lang}/index.html")


def test_a_question_can_be_typed_on_any_page(visit):
    page = visit("zh/reference/gaps.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("组团招商")
    page.keyboard.press("Enter")
    page.locator("#search-results ul.search li a").first.wait_for()
    assert page.url.split("?")[0].endswith("zh/search.html")
