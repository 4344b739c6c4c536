"""Which firms elsewhere make what is missing, and how promising each is.

A candidate fits a product if it says so by id (`makes`), or if one of the names that it
gives its own goods (`products`) is the name or an alias of the product, as it stands or
once widths, case, blanks, hyphens and what stands in brackets are left out.

A score is the weighted mean of the components.  What is not known counts as the middle,
0.5: nothing speaks for or against it, so that whatever speaks for a firm raises it, and
nobody gains by being unknown.  How much of the weight is known is told, too.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from typing import Literal

from chaingraph.analysis.scene import Scene
from chaingraph.analysis.state import project_milestone
from chaingraph.analysis.survey import Survey
from chaingraph.figures import last_day
from chaingraph.geography import find_province
from chaingraph.model import (
    MILESTONES,
    Atlas,
    Enterprise,
    Output,
    Region,
    Signal,
    Title,
    amount_in,
)
from chaingraph.settings import TargetWeights

Match = Literal["id", "name", "normalised"]

TARGET_COMPONENTS = tuple(TargetWeights.model_fields)
"""fit, leadership, capacity, region, ties, signal."""

FIT: dict[Match, float] = {"id": 1.0, "name": 0.9, "normalised": 0.8}
"""How sure it is that a firm makes a product, by how that was found."""

LEADERSHIP: dict[Title | Literal["listed"], float] = {
    "chain_leader": 1.0,
    "champion": 1.0,
    "listed": 0.9,
    "little_giant": 0.8,
    "specialised": 0.7,
    "high_tech": 0.6,
}
"""What a title is worth; the best of a firm's counts."""

REGION: dict[str, float] = {"outpost": 1.0, "target": 1.0, "visited": 0.7}
"""What it is worth to stand where the place looks; elsewhere is 0."""

UNKNOWN = 0.5
"""What a component counts of which nothing is known."""

FRESH_MONTHS = 24
"""For how long a signal tells something."""

_COMMITTED = MILESTONES[MILESTONES.index("signed") :]


@dataclasses.dataclass(frozen=True)
class Offer:
    """A candidate that makes a product."""

    candidate: str
    match: Match
    output: Output | None
    """What is known of its making; none where only a name tells it."""


def find_offers(atlas: Atlas) -> dict[str, list[Offer]]:
    """Return product → the candidates that make it, in the order of the atlas."""
    exact, loose = _index_names(atlas)
    offers: dict[str, list[Offer]] = defaultdict(list)
    for id, firm in atlas.candidates.items():
        found: dict[str, Offer] = {}
        for product, output in firm.makes.items():
            found[product] = Offer(id, "id", output)
        for words in firm.products:
            for product in exact.get(words, ()):
                found.setdefault(product, Offer(id, "name", None))
        for words in firm.products:
            for product in loose.get(normalise(words), ()):
                found.setdefault(product, Offer(id, "normalised", None))
        for product, offer in found.items():
            offers[product].append(offer)
    return dict(offers)


def _index_names(atlas: Atlas) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    exact: dict[str, list[str]] = defaultdict(list)
    loose: dict[str, list[str]] = defaultdict(list)
    for id, product in atlas.products.items():
        for name in product.all_names:
            exact[name].append(id)
            for part in (name, *name.split("/")):
                key = normalise(part)
                if key and id not in loose[key]:
                    loose[key].append(id)
    return exact, loose


def normalise(name: str) -> str:
    """
    Return a name without what people write in different ways.

    Examples
    --------
    >>> normalise("聚四氟乙烯（ＰＴＦＥ）") == normalise("聚四氟乙烯 ")
    True
    >>> normalise("HFO-1234yf")
    'hfo1234yf'
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    bare = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", plain)
    return re.sub(r"[\W_]", "", bare) or re.sub(r"[\W_]", "", plain)


# ---------------------------------------------------------- who is here already


def find_locals(survey: Survey) -> dict[str, list[str]]:
    """
    Return candidate → its firms here on the day of the survey.

    They are its relatives (`find_relatives`) that make something or have a project that is
    signed or further.
    """
    active = _find_active(survey)
    found = {
        candidate: [id for id in firms if id in active]
        for candidate, firms in find_relatives(survey).items()
    }
    return {candidate: firms for candidate, firms in found.items() if firms}


def find_relatives(survey: Survey) -> dict[str, list[str]]:
    """
    Return candidate → the firms here that belong to it, wholly or in part.

    A firm here belongs to a candidate if it names it as its parent or among its owners, or
    goes by its name, an alias or its stock code; it counts from the day on which it makes
    something or has a project, be it only talked about.
    """
    atlas = survey.atlas
    known = _find_active(survey) | {
        project.enterprise
        for project in atlas.projects.values()
        if project.enterprise and project_milestone(project, survey.day) not in (None, "stopped")
    }
    by_name: dict[str, str] = {}
    for id, firm in atlas.candidates.items():
        for name in _marks(firm):
            by_name.setdefault(name, id)
    codes = {firm.stock_code: id for id, firm in atlas.candidates.items() if firm.stock_code}
    found: dict[str, list[str]] = defaultdict(list)
    for id, firm in atlas.enterprises.items():
        if id not in known:
            continue
        names = [*_marks(firm), *map(normalise, _split_owners(firm.owners or ""))]
        owners = {by_name[name] for name in names if name in by_name}
        owners |= {of for code, of in codes.items() if firm.owners and code in firm.owners}
        if firm.parent in atlas.candidates:
            owners.add(firm.parent)
        for owner in sorted(owners):
            found[owner].append(id)
    for id in atlas.candidates:
        if id in known:
            found[id].append(id)
    return dict(found)


def _split_owners(owners: str) -> list[str]:
    """
    Name the owners that a text lists.

    Examples
    --------
    >>> _split_owners("陕煤榆林化学、东华科技合资")
    ['陕煤榆林化学', '东华科技']
    """
    parts = re.split(r"[、，,；;/（）()]|和|与", owners)
    return [
        re.sub(r"(?:合资|合作|控股|参股|全资|独资|持股).*$", "", part.strip()) for part in parts
    ]


def _marks(firm: Enterprise) -> list[str]:
    return [*map(normalise, firm.all_names), *filter(None, [firm.stock_code])]


def _find_active(survey: Survey) -> set[str]:
    """Firms that make something here, or have a project that is signed or further."""
    scene = survey.scene
    makers = {scene.owner(maker) for state in scene.states.values() for maker in state.makers}
    owners = {
        project.enterprise
        for project in survey.atlas.projects.values()
        if project.enterprise and project_milestone(project, survey.day) in _COMMITTED
    }
    return makers | owners


# ----------------------------------------------------------------- components


def find_ties(survey: Survey, product: str) -> dict[str, str]:
    """
    Return firm here → the product that links it to a product, as its customer or supplier.

    Suppliers make one of its critical materials, customers make something of it.
    """
    scene, atlas = survey.scene, survey.atlas
    materials = [
        other
        for route in atlas.products[product].all_routes
        for other, flow in route.inputs.items()
        if flow.critical and flow.kind == "material"
    ]
    users = [user for user in scene.users.get(product, ()) if _takes_material(scene, user, product)]
    return {
        scene.owner(maker): other
        for other in dict.fromkeys([*materials, *users])
        for maker in scene.makers(other)
    }


def _takes_material(scene: Scene, user: str, product: str) -> bool:
    return any(
        product in route.inputs and route.inputs[product].kind == "material"
        for route in scene.atlas.products[user].all_routes
    )


def find_region(atlas: Atlas, firm: Enterprise, day: datetime.date) -> str | None:
    """Return the region that a firm stands in: an outpost's first, then a target, then a visited one."""
    places = f"{firm.place or ''} {firm.province or ''}"
    known = [
        (("outpost", "target", "visited").index(region.kind), at, id)
        for at, (id, region) in enumerate(atlas.regions.items())
        if (region.date is None or last_day(region.date) <= day) and covers(region, places)
    ]
    return min(known)[2] if known else None


def covers(region: Region, places: str) -> bool:
    """Return whether a region covers a place that is named with its province."""
    return any(name in places for name in region.covers)


def find_signal(firm: Enterprise, day: datetime.date) -> Signal | None:
    """Return the newest signal of the two years before a day."""
    known = [signal for signal in firm.signals if last_day(signal.date) <= day]
    newest = max(known, key=lambda signal: last_day(signal.date), default=None)
    if newest is None:
        return None
    seen = last_day(newest.date)
    months = (day.year - seen.year) * 12 + day.month - seen.month
    return newest if months <= FRESH_MONTHS else None


def measure_leadership(firm: Enterprise) -> float | None:
    """Return what the best title of a firm is worth; None if none is known."""
    known = [LEADERSHIP[title] for title in firm.titles]
    if firm.stock_code:
        known.append(LEADERSHIP["listed"])
    return max(known, default=None)


def measure_region(atlas: Atlas, firm: Enterprise, region: str | None) -> float | None:
    """Return what the region of a firm is worth; None if nobody says where it stands."""
    if find_province(firm.province, firm.place) is None and region is None:
        return None
    return REGION[atlas.regions[region].kind] if region else 0.0


def capacity_of(atlas: Atlas, product: str, offer: Offer) -> float | None:
    """Return what a candidate makes in a year, in the product's unit; None if not known."""
    figure = offer.output.capacity if offer.output else None
    if figure is None or figure.best is None:
        return None
    return amount_in(figure.best, figure.unit, atlas.products[product])


def weigh_parts(
    parts: Mapping[str, float | None], weights: Mapping[str, float]
) -> tuple[float, float]:
    """
    Return the score and how much of the weight is known.

    Examples
    --------
    >>> weigh_parts({"fit": 1.0, "ties": 0.0, "signal": None}, {"fit": 3, "ties": 1, "signal": 1})
    (0.7, 0.8)
    """
    total = sum(weights[name] for name in parts)
    known = sum(weights[name] for name, value in parts.items() if value is not None)
    score = sum(
        weights[name] * (UNKNOWN if value is None else value) for name, value in parts.items()
    )
    return score / total, known / total
