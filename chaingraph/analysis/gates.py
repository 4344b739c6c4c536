"""The hard conditions that come before a score: pass, fail or not known, with the figure."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

from chaingraph.analysis.network import unit_consumption
from chaingraph.analysis.survey import Survey
from chaingraph.analysis.why import say_amount
from chaingraph.figures import Text, last_day
from chaingraph.model import Product
from chaingraph.settings import Gate, Verdict


@dataclasses.dataclass(frozen=True)
class Passage:
    """What a gate says to a product."""

    gate: str
    name: Text
    verdict: Verdict
    told: Text
    """The figure behind it, or what is not known."""
    sources: tuple[str, ...]


def find_gates(survey: Survey, product: str) -> list[str]:
    """Return the gates that a product must pass on the day of a survey."""
    atlas = survey.atlas
    branch = atlas.branch_of[product]
    return [
        id
        for id, gate in atlas.gates.items()
        if (gate.since is None or last_day(gate.since) <= survey.day)
        and _holds_for(gate, product, branch, atlas.products[product])
    ]


def try_gates(survey: Survey, product: str, size: float | None) -> list[Passage]:
    """
    Try a product at every gate that it must pass.

    Parameters
    ----------
    survey
        The place on a day.
    product
        The product.
    size
        How large a plant is thought of, in the product's unit a year; None if not known.

    Returns
    -------
    passages
        In the order of the atlas's gates.
    """
    return [_try(survey, id, product, size) for id in find_gates(survey, product)]


def verdicts(passages: list[Passage]) -> Mapping[str, str]:
    """Gate → what it says."""
    return {passage.gate: passage.verdict for passage in passages}


def plant_size(survey: Survey, product: str, remaining: float | None) -> float | None:
    """
    Return how large a plant to think of, in the product's unit a year.

    It is what is missing; failing that, the smallest that pays; failing that, the
    smallest that is known to have been built; None if nothing is known.
    """
    if remaining:
        return remaining
    scene, facts = survey.scene, survey.atlas.products[product]
    known = [facts.min_scale] if facts.min_scale else [each.size for each in facts.investments]
    return min((scene.in_own_unit(product, each) for each in known if each), default=None)


def _holds_for(gate: Gate, product: str, branch: str, facts: Product) -> bool:
    if not (gate.products or gate.branches or gate.codes):
        return True
    by_code = any(
        facts.codes.get(system, "").startswith(tuple(prefixes))
        for system, prefixes in gate.codes.items()
    )
    return product in gate.products or branch in gate.branches or by_code


def _try(survey: Survey, id: str, product: str, size: float | None) -> Passage:
    gate = survey.atlas.gates[id]
    if gate.needs_chemical_park:
        verdict, told = _try_park(survey)
    elif gate.consumes is not None and gate.verdict is None:
        verdict, told = _try_supply(survey, gate, gate.consumes, product, size)
    else:
        verdict = gate.verdict or "unknown"
        nothing = (
            Text(zh="没有公开数字", en="no published figure")
            if gate.verdict is None
            else Text(zh="图谱所定", en="as the atlas says")
        )
        told = Text(zh=gate.note, en=gate.note) if gate.note else nothing
    return Passage(id, gate.name, verdict, told, tuple(gate.sources))


def _try_park(survey: Survey) -> tuple[Verdict, Text]:
    parks = survey.atlas.parks.values()
    passed = [park.name for park in parks if park.chemical_park]
    if passed:
        zh = "、".join(name.text("zh") for name in passed)
        en = ", ".join(name.text("en") for name in passed)
        return "pass", Text(zh=f"有已认定的化工园区：{zh}", en=f"recognised chemical parks: {en}")
    if any(park.chemical_park is None for park in parks) or not survey.atlas.parks:
        return "unknown", Text(zh="园区是否认定不详", en="not known whether a park is recognised")
    return "fail", Text(zh="没有已认定的化工园区", en="no recognised chemical park")


def _try_supply(
    survey: Survey, gate: Gate, consumed: str, product: str, size: float | None
) -> tuple[Verdict, Text]:
    """Compare what a plant would take with what there is for new plants."""
    unit = survey.atlas.products[consumed].unit
    per = direct_consumption(survey, product, consumed)
    if gate.available is None or gate.available.best is None:
        return "unknown", Text(zh="可用量没有公开数字", en="no published figure of what there is")
    there = survey.scene.in_own_unit(consumed, gate.available)
    zh_there, en_there = say_amount(there, unit, "zh"), say_amount(there, unit, "en")
    if per is None:
        zh, en = (
            f"可用 {zh_there}，单耗没有数字",
            f"{en_there} to spare, unit consumption not known",
        )
        return "unknown", Text(zh=zh, en=en)
    own = survey.atlas.products[product].unit
    if per == 0:
        return "pass", Text(zh="不消耗", en="takes none")
    if size is None:
        zh_most, en_most = (say_amount(there / per, own, lang) for lang in ("zh", "en"))
        return "unknown", Text(
            zh=f"可用 {zh_there}，最多够 {zh_most}，规模未定",
            en=f"{en_there} to spare, enough for {en_most}; size not known",
        )
    use = size * per
    zh_size, en_size = (say_amount(size, own, lang) for lang in ("zh", "en"))
    return "pass" if use <= there else "fail", Text(
        zh=f"{zh_size}要用 {say_amount(use, unit, 'zh')}，可用 {zh_there}",
        en=f"{en_size} takes {say_amount(use, unit, 'en')} of {en_there} to spare",
    )


def direct_consumption(survey: Survey, product: str, consumed: str) -> float | None:
    """Return what a product itself takes of another per unit, by its likely route; None if unknown."""
    facts = survey.atlas.products[product]
    for route in survey.scene.routes_in_use(product):
        flow = route.inputs.get(consumed)
        if flow is not None:
            per = unit_consumption(survey.atlas, facts, consumed, flow)
            return None if math.isnan(per) else per
    return None
