"""The page that a bundle is entered by: the place, its counts, its gaps, and links."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chaingraph.analysis.gaps import KINDS, Gap
from chaingraph.analysis.state import tally
from chaingraph.analysis.why import say_amount
from chaingraph.model import Atlas, Language
from chaingraph.outputs.console.targets import say_where
from chaingraph.outputs.contents import Contents
from chaingraph.outputs.files import seal
from chaingraph.outputs.pages import read_templates
from chaingraph.outputs.summary import count_entities
from chaingraph.outputs.task_book import say_team
from chaingraph.outputs.words import word


def draw_index(contents: Contents, *, files: Sequence[str], lang: Language | None = None) -> str:
    """
    Draw the entry page.

    Parameters
    ----------
    contents
        The atlas on its day, as `gather` works it out.
    files
        The other files of the bundle, to link to.
    lang
        `zh` or `en`; the atlas's own if none.

    Returns
    -------
    html
        One page with no other file and no network behind it.
    """
    atlas = contents.atlas
    lang = lang or atlas.language
    environment = read_templates(lang)
    environment.filters["word"] = lambda key, prefix="": word(f"{prefix}{key}", lang)
    environment.filters["amount"] = lambda gap: _say_shortfall(gap, lang)
    environment.filters["text"] = lambda name: name.text(lang)
    gaps = contents.gaps
    page = environment.get_template("index.html").render(
        atlas=atlas,
        day=contents.day.isoformat(),
        view=contents.view,
        files=files,
        tallies={
            branch: tally(contents.states, atlas.products_of(branch)) for branch in atlas.branches
        },
        groups=_groups(atlas),
        gaps=gaps,
        kinds=[(kind, sum(gap.kind == kind for gap in gaps)) for kind in KINDS],
        flagships=contents.flagships,
        counts=count_entities(atlas),
        bundle=contents.bundle,
        maps=_link_maps(contents, files),
        targets=contents.plan.targets[:TARGETS],
        targets_in_all=len(contents.plan.targets),
        trips=contents.plan.trips,
        where=lambda trip: say_where(atlas, trip, lang),
        team=lambda id: say_team(atlas, id, lang),
    )
    return seal(page)


TARGETS = 40
"""How many targets the page lists; the workbook and the CSV have all."""


def _link_maps(contents: Contents, files: Sequence[str]) -> list[tuple[Any, str | None]]:
    """The maps of the bundle with their files; None for what is supplied by hand."""
    drawn = iter(file for file in files if file.startswith("map") and file.endswith(".svg"))
    return [(item, next(drawn, None) if item.kind else None) for item in contents.bundle.maps]


def _groups(atlas: Atlas) -> list[tuple[Any, list[tuple[str, Any]]]]:
    """Clusters with their chains, then the chains that belong to none."""
    groups: list[tuple[Any, list[tuple[str, Any]]]] = []
    for id, cluster in [*atlas.clusters.items(), (None, None)]:
        chains = [(key, chain) for key, chain in atlas.chains.items() if chain.cluster == id]
        if chains:
            groups.append((cluster, chains))
    return groups


def _say_shortfall(gap: Gap, lang: Language) -> str:
    """Say what is missing; nothing where nothing is, a dash where nobody knows."""
    if gap.shortfall is None:
        return "—"
    return say_amount(gap.shortfall, gap.unit, lang) if gap.shortfall else ""
