"""Settings of the documentation site, for both languages; docs/make.py hands over which."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_origin

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "_ext"), str(HERE.parent)]

from sphinx.locale import _ as translate  # noqa: E402

import chaingraph  # noqa: E402
from chaingraph import options  # noqa: E402

if TYPE_CHECKING:
    from docutils.nodes import Node, TextElement
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.util.tags import Tags

    tags: Tags  # given by Sphinx

CHINESE = "zh" in tags  # noqa: F821
OTHER = "en" if CHINESE else "zh"
ASKED = {name for name, meaning in vars(options).items() if get_origin(meaning) is Annotated}
"""What questions take, by the names that the signatures of `chaingraph.answers` use."""
TWINS = {"quickstart": "tutorial"}
"""Pages whose twin in the other language has another name."""

FRAME = {
    "Breadcrumb": "所在位置",
    "Color mode": "明暗",
    "Site Navigation": "全部页面",
    "System Settings": "跟随系统",
}
"""Words of the frame that the theme does not have in Chinese."""

project = "chaingraph"
author = "chaingraph"
version = release = chaingraph.__version__
language = "zh_CN" if CHINESE else "en"
extensions = ["mathml", "chinese", "outside", "myst_parser", "sphinx.ext.autodoc", "numpydoc"]
templates_path = ["_templates"]
html_static_path = ["_static"]

nitpicky = True
nitpick_ignore_regex = [
    # what other packages document: their sites are not asked
    (r"py:.*", r"(collections|datetime|networkx|nx|numpy|np|pathlib|pl|pydantic|re|scipy)\..*"),
    (r"py:class", r"FastAPI|Server"),
    # names of the house as they stand in fields; the page on the data format says what they are
    (r"py:class", r"Line|Path|View|Id|ProductId|BranchId|Product|Branch"),
    # choices and shapes of the answers, which say themselves what they are
    (
        r"py:class",
        r"Approach|Colour|Confidence|Direction|How|Ids|Kind|Language|Milestone|Remedy|Scope|Ship|Stage",
    ),
    (r"py:class", r"State|Verdict|cg\.Atlas|" + "|".join(sorted(ASKED))),
    # what the rooms hand to each other, and nobody makes from outside
    (
        r"py:class",
        r"chaingraph\.analysis\.(gates\.Passage|state\.Tally|survey\.Survey)|chaingraph\.outputs\.basis\.Basis",
    ),
    (
        r"py:class",
        r"chaingraph\.(bundles\.Bundle|evidence\.hazard\.Model|records\.R|settings\.Forecast)",
    ),
]
suppress_warnings = ["toc.empty_glob"]
default_role = "py:obj"

myst_enable_extensions = ["attrs_block", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 4
myst_links_external_new_tab = False

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_type_aliases = {name: name for name in sorted(ASKED)}
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 80
numpydoc_show_class_members = False

html_theme = "pydata_sphinx_theme"
html_title = "chaingraph 产业链图谱" if CHINESE else "chaingraph"
html_search_language = "zh" if CHINESE else "en"
html_show_sourcelink = False
html_copy_source = False
html_context = {"default_mode": "auto"}
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_sidebars = {"**": ["pages"]}
html_theme_options = {
    "logo": {"text": html_title},
    "navbar_start": ["navbar-logo"],
    "navbar_center": [],
    "navbar_end": ["languages", "theme-switcher"],
    "navbar_persistent": ["search-button-field"],
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["made-of"],
    "footer_end": [],
    "back_to_top_button": False,
    "show_prev_next": True,
    "search_bar_text": "搜索" if CHINESE else "Search",
    "pygments_light_style": "friendly",
    "pygments_dark_style": "github-dark",
}


def add_twin(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    """Tell the templates which page of the other language says the same."""
    twin = TWINS.get(pagename, pagename)
    has_twin = pagename not in app.env.all_docs or (HERE / OTHER / f"{twin}.md").exists()
    context["other"] = OTHER
    context["twin"] = f"{context['content_root']}../{OTHER}/{twin if has_twin else 'index'}.html"


def speak_chinese(
    _app: Sphinx, _pagename: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    """Give the templates the words that the theme lacks."""
    context["_"] = lambda words: FRAME.get(words) or translate(words)


def show_as_code(_app: Sphinx, _env: object, node: pending_xref, shown: TextElement) -> Node | None:
    """Let a name between single backticks be a word where it is no entry of the reference."""
    return shown if node["reftype"] == "obj" else None


def drop_signature(
    _app: Sphinx, what: str, name: str, _object: object, _options: object, *_signature: str | None
) -> tuple[str, None] | None:
    """Show records by their fields alone; only a landing is made by hand."""
    return ("", None) if what == "class" and name != "chaingraph.Landing" else None


def setup(app: Sphinx) -> None:
    """Connect the functions above."""
    app.connect("autodoc-process-signature", drop_signature)
    app.connect("html-page-context", add_twin)
    if CHINESE:
        app.connect("html-page-context", speak_chinese)
    app.connect("missing-reference", show_as_code)
