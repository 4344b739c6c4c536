"""The page that a bundle is entered by: the place, its counts, its gaps, and links."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import Environment, PackageLoader

from chaingraph.analysis.flagships import Flagship
from chaingraph.analysis.gaps import KINDS, Gap
from chaingraph.analysis.state import ProductState, tally
from chaingraph.analysis.why import say_amount
from chaingraph.model import Atlas, Language, View
from chaingraph.outputs.files import seal
from chaingraph.outputs.words import word


def draw_index(
    atlas: Atlas,
    *,
    states: Mapping[str, ProductState],
    gaps: Sequence[Gap],
    flagships: Sequence[Flagship],
    day: datetime.date,
    view: View,
    files: Sequence[str],
    lang: Language | None = None,
) -> str:
    """
    Draw the entry page.

    Parameters
    ----------
    atlas
        The atlas.
    states, gaps, flagships
        As `find_states`, `rank_gaps` and `find_flagships` give them for that day and view.
    day, view
        What they were asked for.
    files
        The other files of the bundle, to link to.
    lang
        `zh` or `en`; the atlas's own if none.

    Returns
    -------
    html
        One page with no other file and no network behind it.
    """
    lang = lang or atlas.language
    environment = Environment(
        loader=PackageLoader("chaingraph.outputs", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["word"] = lambda key, prefix="": word(f"{prefix}{key}", lang)
    environment.filters["amount"] = lambda gap: _say_shortfall(gap, lang)
    environment.filters["text"] = lambda name: name.text(lang)
    page = environment.get_template("index.html").render(
        atlas=atlas,
        lang=lang,
        day=day.isoformat(),
        view=view,
        files=files,
        t=lambda zh, en: zh if lang == "zh" else en,
        tallies={branch: tally(states, atlas.products_of(branch)) for branch in atlas.branches},
        groups=_groups(atlas),
        gaps=gaps,
        kinds=[(kind, sum(gap.kind == kind for gap in gaps)) for kind in KINDS],
        flagships=flagships,
        counts=count_entities(atlas),
    )
    return seal(page)


def _groups(atlas: Atlas) -> list[tuple[Any, list[tuple[str, Any]]]]:
    """Clusters with their chains, then the chains that belong to none."""
    groups: list[tuple[Any, list[tuple[str, Any]]]] = []
    for id, cluster in [*atlas.clusters.items(), (None, None)]:
        chains = [(key, chain) for key, chain in atlas.chains.items() if chain.cluster == id]
        if chains:
            groups.append((cluster, chains))
    return groups


def count_entities(atlas: Atlas) -> list[tuple[str, str, int]]:
    """Count what the atlas holds, as (Chinese, English, number)."""
    links = sum(1 for product in atlas.products for _ in atlas.flows(product))
    return [
        ("产业集群", "clusters", len(atlas.clusters)),
        ("产业链", "chains", len(atlas.chains)),
        ("细分链", "branches", len(atlas.branches)),
        ("产品", "products", len(atlas.products)),
        ("供应关系", "supply links", links),
        ("本地企业", "enterprises here", len(atlas.enterprises)),
        ("项目", "projects", len(atlas.projects)),
        ("候选企业", "candidates", len(atlas.candidates)),
        ("来源", "sources", len(atlas.sources)),
    ]


def _say_shortfall(gap: Gap, lang: Language) -> str:
    """Say what is missing; nothing where nothing is, a dash where nobody knows."""
    if gap.shortfall is None:
        return "—"
    return say_amount(gap.shortfall, gap.unit, lang) if gap.shortfall else ""
