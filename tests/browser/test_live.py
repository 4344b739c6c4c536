"""The live page in a browser: it follows its files by itself."""

import sys
from pathlib import Path

import pytest
from serving import FILES, Server, write_files

BREAD = FILES["products/bread.yaml"]
AXE = Path(sys.prefix) / "npm/node_modules/axe-core/axe.min.js"


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    write_files(folder)
    server = Server(folder)
    yield server
    server.end()


@pytest.fixture
def visit(browser, started):
    """Open a view; whatever its pages complain of, or fetch from elsewhere, fails the test."""
    contexts, said = [], []

    def open_view(path="/", *, scheme="light", width=1366, height=768):
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on(
            "request",
            lambda request: (
                request.url.startswith((started.address, "data:", "blob:"))
                or said.append(request.url)
            ),
        )
        page.goto(started.address.rstrip("/") + path)
        page.locator("#view, #asked").wait_for()
        if page.locator("iframe").count():
            page.frame_locator("#view").locator("h1, svg").first.wait_for()
        return page

    yield open_view
    for context in contexts:
        context.close()
    started.restore()
    assert said == []


def write(server, text):
    (server.folder / "products/bread.yaml").write_text(text, "utf-8")


def in_view(page, text):
    return page.frame_locator("#view").get_by_text(text).first


def test_the_view_follows_an_edit_by_itself(visit, started):
    page = visit("/gaps")
    write(started, BREAD.replace("面粉", "全麦粉"))
    in_view(page, "全麦粉").wait_for()
    assert page.locator("#status").inner_text().startswith("已是最新")


def test_the_map_stays_open_where_it_was(visit, started):
    page = visit("/map#product=bread")
    drawer = page.frame_locator("#view").locator("#drawer h2")
    drawer.get_by_text("面包").wait_for()
    write(started, BREAD.replace("面包", "馒头"))
    drawer.get_by_text("馒头").wait_for()


def test_the_poster_is_seen_in_its_whole_width_and_follows_an_edit(visit, started):
    page = visit("/poster")
    sheet = page.locator("#view")
    page.wait_for_function("document.getElementById('view').naturalWidth > 0")
    assert sheet.bounding_box()["width"] <= 1366
    before = sheet.get_attribute("src")
    write(started, BREAD.replace("面包", "馒头"))
    page.wait_for_function("src => !document.getElementById('view').src.endsWith(src)", arg=before)


def test_the_page_of_questions_tells_problems_too(visit, started):
    page = visit("/api")
    write(started, BREAD.replace("unit: t,", "unlt: t,"))
    page.locator("#problems li").wait_for()
    assert page.get_by_role("heading", name="API").is_visible()


def test_a_list_says_when_nothing_is_found(visit):
    page = visit("/gaps")
    page.frame_locator("#view").get_by_role("searchbox").fill("没有这个词")
    in_view(page, "没有找到").wait_for()


def test_a_problem_is_shown_with_file_and_line_and_goes_when_it_is_mended(visit, started):
    page = visit("/map")
    write(started, BREAD.replace("unit: t,", "unlt: t,"))
    problem = page.locator("#problems li")
    problem.wait_for()
    assert f"{started.folder}/products/bread.yaml:4:" in problem.inner_text()
    assert "是不是 unit？" in problem.inner_text()
    assert page.locator("#status").inner_text().strip() == "1 个问题"
    assert page.frame_locator("#view").locator("#map").is_visible()
    write(started, BREAD)
    page.locator("#problems").wait_for(state="hidden")


def test_a_page_that_was_opened_on_bad_files_gets_its_view(visit, started):
    page = visit("/")
    write(started, "products: [")
    page.locator("#problems li").first.wait_for()
    page.reload()
    page.locator("#problems li").first.wait_for()
    in_view(page, "小城").wait_for()


def test_a_link_in_the_view_takes_the_bar_with_it(visit):
    page = visit("/")
    page.frame_locator("#view").get_by_role("link", name="打开产业链图谱").click()
    page.locator("nav a[aria-current]", has_text="图谱").wait_for()
    assert page.url.endswith("/map")


def test_a_reload_by_hand_keeps_what_was_open(visit):
    page = visit("/map")
    page.frame_locator("#view").locator("#find, [type=search]").first.wait_for()
    page.frames[1].evaluate("history.replaceState(null, '', '#product=bread')")
    page.reload()
    page.frame_locator("#view").locator("#drawer h2").get_by_text("面包").wait_for()


def test_everything_is_reached_by_keys(visit):
    page = visit("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "图谱"
    page.keyboard.press("Enter")
    page.wait_for_url("**/map")


@pytest.mark.parametrize("path", ["/", "/map", "/gaps", "/targets", "/poster", "/api"])
@pytest.mark.parametrize("width", [1366, 1920])
def test_it_fits_the_window(visit, path, width):
    page = visit(path, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.documentElement.scrollHeight") <= 768


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("bad", [False, True], ids=["good", "bad"])
@pytest.mark.parametrize("path", ["/", "/gaps", "/poster", "/api"])
def test_axe_finds_nothing_serious(visit, started, path, bad, scheme):
    if not AXE.exists():
        pytest.skip("axe-core is not installed: bash tests/run installs it with npm")
    page = visit(path, scheme=scheme)
    if bad:
        write(started, BREAD.replace("unit: t", "unlt: t"))
        page.locator("#problems li").first.wait_for()
    for frame in page.frames:
        frame.evaluate(AXE.read_text("utf-8"))
        found = frame.evaluate(
            "axe.run({iframes: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
        )
        told = [
            f"{each['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
            for each in found["violations"]
            for node in each["nodes"]
        ]
        assert told == []


# ------------------------------------------------------------ other sites


def test_a_page_of_another_site_gets_nothing(browser, started):
    """A browser tells where a request comes from, and the server believes it."""
    page = browser.new_page()
    page.route("http://evil.example/", lambda route: route.fulfill(body="<h1>evil</h1>"))
    page.goto("http://evil.example/")
    for what in ("/api/status", "/map.html", "/"):
        url = started.address.rstrip("/") + what
        asked = "async url => { try { return (await fetch(url, {mode: 'no-cors'})).type } catch (e) { return 'nothing' } }"
        assert page.evaluate(asked, url) == "nothing"
    page.evaluate("url => { location = url }", started.address)
    page.get_by_role("link", name="打开").click()
    page.locator("#view").wait_for()
    page.close()


def test_the_link_of_a_shared_page_opens_it_from_a_chat(browser, tmp_path):
    write_files(tmp_path)
    server = Server(tmp_path, "--read-only-share")
    context = browser.new_context()
    page = context.new_page()
    chat = f'<a href="{server.address}">link</a>'
    try:
        page.route(
            "http://chat.example/", lambda route: route.fulfill(body=chat, content_type="text/html")
        )
        for _ in range(2):
            page.goto("http://chat.example/")
            page.get_by_role("link").click()
            in_view(page, "小城").wait_for()
            page.reload()
            in_view(page, "小城").wait_for()
    finally:
        context.close()
        server.end()


def test_the_link_of_a_shared_page_opens_it_once_and_for_all(browser, tmp_path):
    write_files(tmp_path)
    server = Server(tmp_path, "--read-only-share", "--host", "127.0.0.1")
    context = browser.new_context()
    page = context.new_page()
    try:
        page.goto(server.address.partition("?")[0])
        assert "401" in page.locator("h1").inner_text()
        page.goto(server.address)
        in_view(page, "小城").wait_for()
        assert "token" not in page.url
        page.goto(server.address.partition("?")[0] + "map")
        page.frame_locator("#view").locator("#map").wait_for()
        assert page.evaluate("document.cookie") == ""
        (tmp_path / "products/bread.yaml").write_text(BREAD.replace("unit", "unlt"), "utf-8")
        page.locator("#problems li").first.wait_for()
    finally:
        context.close()
        server.end()
