"""Links to the source code beside the pages: a reader of the site is told the path instead."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.addnodes import pending_xref

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parents[2]


def name_path(app: Sphinx, page: nodes.document) -> None:
    """Show the path of what a link leads to where that is no page of the site."""
    folder = Path(page["source"]).parent
    for link in list(page.findall(pending_xref)):
        target = link.get("reftarget", "")
        if link.get("reftype") != "myst" or not target:
            continue
        paths = (folder / target, folder / f"{target}.md", app.srcdir / f"{target}.md")
        found = next((path.resolve() for path in paths if path.exists()), None)
        if found and Path(app.srcdir).resolve() not in found.parents:
            path = str(found.relative_to(ROOT))
            said = [*link.children, nodes.Text(" ("), nodes.literal(path, path), nodes.Text(")")]
            link.replace_self(said)


def setup(app: Sphinx) -> dict[str, Any]:
    """Look at every page that was read."""
    app.connect("doctree-read", name_path)
    return {"parallel_read_safe": True}
