"""One Chromium for the tests of a file, and pages that may ask for nothing and complain of nothing."""

import shutil
import time

import pytest

from chaingraph.outputs.map import draw_map

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def browser():
    """Closed with its file: Playwright keeps a loop running, which other tests' own would meet."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as started:
        launched = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser):
    """Open a file; whatever a page fetches beside itself, or complains of, fails the test."""
    contexts, fetched, said = [], [], []

    def open_file(path, *, fragment="", width=1366, height=768, scheme="light", touch=False):
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
            has_touch=touch,
        )
        contexts.append(context)
        page = context.new_page()
        page.on(
            "request",
            lambda request: request.is_navigation_request() or fetched.append(request.url),
        )
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.route(lambda url: not url.startswith("file:"), lambda route: route.abort())
        page.goto(path.as_uri() + fragment)
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert fetched == []
    assert said == []


@pytest.fixture
def wait_until():
    """Ask a page again and again; its own policy forbids Playwright to do so inside it."""

    def wait(page, expression, seconds=10):
        end = time.monotonic() + seconds
        while not page.evaluate(expression):
            assert time.monotonic() < end, expression
            time.sleep(0.02)

    return wait


@pytest.fixture
def show(open_page, wait_until, tmp_path):
    """Draw the map of an atlas and open it."""

    def show_map(atlas, *, screen=None, fragment="", **options):
        path = tmp_path / "map.html"
        draw_map(atlas, path, **options)
        page = open_page(path, fragment=fragment, **(screen or {}))
        wait_until(page, "window.chaingraph && chaingraph.scale() > 0")
        return page

    return show_map
