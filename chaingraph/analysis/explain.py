"""The whole story of one gap: why, how large, what its score is made of, what comes first."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from chaingraph.analysis.balance import Balance
from chaingraph.analysis.gaps import Gap, judge
from chaingraph.analysis.gates import Passage, plant_size, try_gates
from chaingraph.analysis.pipeline import Fill, find_fill
from chaingraph.analysis.score import (
    COMPONENTS,
    Assessment,
    assess,
    chasers_of,
    find_chasers,
    find_forecast,
    find_opened,
    find_readiness,
    find_ready,
    find_unmet,
    find_worth,
    find_yardstick,
    find_yardsticks,
    rank,
)
from chaingraph.analysis.survey import Survey, make_survey
from chaingraph.analysis.trace import find_product
from chaingraph.analysis.unlock import Bundle, make_options, unlock_in
from chaingraph.analysis.why import list_names, say_amount, say_share
from chaingraph.errors import NotFoundError
from chaingraph.figures import Text
from chaingraph.model import Atlas, Rule, View
from chaingraph.settings import Forecast


@dataclasses.dataclass(frozen=True)
class Component:
    """One part of a score, and the numbers that it came from."""

    name: str
    value: float | None
    """From 0 to 1; None where there is no data."""
    weight: float
    """Its share among the components for which there is data; its own share where it has none."""
    adds: float | None
    """What it adds to the score."""
    told: Text
    sources: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Part:
    """One product's part in a demand or supply: made x per = amount."""

    product: str
    """What is made."""
    made: float | None
    """How much of it a year, in its unit; None where not known."""
    amount: float | None
    """How much it takes or gives, in the unit of the gap."""
    makers: tuple[tuple[Text, str | None], ...]
    """Who makes it, and when that was last seen or begun."""


@dataclasses.dataclass(frozen=True)
class Explanation:
    """Everything there is to say about one gap."""

    gap: Gap
    of: int
    """How many gaps there are."""
    components: tuple[Component, ...]
    gates: tuple[Passage, ...]
    balance: Balance
    demands: tuple[Part, ...]
    """What the demand is made up of."""
    supplies: tuple[Part, ...]
    """What the supply is made up of."""
    fill: Fill
    opens: tuple[str, ...]
    """The products that lack nothing but this one."""
    bundles: tuple[Bundle, ...]
    """What must land first, the least first; empty if it is here, or cannot be made."""
    sources: tuple[str, ...]
    """Of the gap, its components and gates."""


def explain_gap(
    atlas: Atlas,
    product: str,
    *,
    as_of: str | datetime.date | None = None,
    view: View = "actual",
    rule: Rule | None = None,
) -> Explanation:
    """
    Tell the whole story of one gap.

    Parameters
    ----------
    atlas
        The atlas.
    product
        An id, name or alias.
    as_of, view, rule
        As in `find_gaps`.

    Returns
    -------
    explanation
        With the same numbers as `rank_gaps` gives.

    Raises
    ------
    NotFoundError
        If there is no such product, or it is no gap on that day.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> told = explain_gap(load_atlas(example_atlas()), "PVDF", as_of="2023-02-15")
    >>> abs(sum(part.adds or 0 for part in told.components) - told.gap.score) < 1e-9
    True
    """
    id = find_product(atlas, product)
    survey = make_survey(atlas, as_of=as_of, view=view)
    assessment = assess(survey, judge(survey, rule=rule))
    return explain_in(survey, assessment, rank(assessment), id)


def explain_in(
    survey: Survey, assessment: Assessment, ranked: Sequence[Gap], id: str
) -> Explanation:
    """Tell the story of one of the gaps that are assessed and ranked; see `explain_gap`."""
    gap = next((gap for gap in ranked if gap.product == id), None)
    if gap is None:
        name = survey.atlas.products[id].name.text("en")
        raise NotFoundError(
            f"{id} ({name}) is no gap on {survey.day}: it is here and nothing lacks it"
        )
    size = plant_size(survey, id, gap.remaining)
    passages = tuple(try_gates(survey, id, size))
    components = tuple(_explain_components(survey, assessment, gap))
    keys = [*gap.sources]
    keys += [key for part in components for key in part.sources]
    keys += [key for passage in passages for key in passage.sources]
    return Explanation(
        gap=gap,
        of=len(ranked),
        components=components,
        gates=passages,
        balance=survey.balances[id],
        demands=tuple(_find_demands(survey, id)),
        supplies=tuple(_find_supplies(survey, id)),
        fill=find_fill(survey.scene, id, survey.day),
        opens=tuple(find_opened(survey, id)),
        bundles=tuple(
            []
            if id in survey.scene.here
            else unlock_in(survey, make_options(survey), id, alternatives=1)
        ),
        sources=tuple(dict.fromkeys(keys)),
    )


def _find_demands(survey: Survey, id: str) -> list[Part]:
    known = dict(survey.balances[id].users)
    users = [*known, *(user for user in survey.scene.needers[id] if user not in known)]
    return [_part(survey, user, known.get(user)) for user in users]


def _find_supplies(survey: Survey, id: str) -> list[Part]:
    parts = [_part(survey, of, amount) for of, amount in survey.balances[id].byproduct_of]
    own = survey.scene.amounts(id)
    if survey.scene.makers(id):
        parts.insert(0, _part(survey, id, sum(own.values()) if own else None))
    return parts


def _part(survey: Survey, product: str, amount: float | None) -> Part:
    scene = survey.scene
    made = scene.amounts(product)
    makers = [
        (scene.maker_name(maker), maker.seen or maker.since) for maker in scene.makers(product)
    ]
    return Part(product, sum(made.values()) if made else None, amount, tuple(makers))


def _explain_components(survey: Survey, assessment: Assessment, gap: Gap) -> list[Component]:
    parts = gap.parts or {}
    weights = dict(zip(COMPONENTS, assessment.weights.tolist(), strict=True))
    total = sum(weights[name] for name in parts)
    components = []
    for name in COMPONENTS:
        value = parts.get(name)
        weight = weights[name] if value is None else weights[name] / total if total else 0.0
        good = None if value is None else 1 - value if name == "crowding" else value
        components.append(
            Component(
                name=name,
                value=value,
                weight=weight,
                adds=None if good is None else good * weight,
                told=NO_DATA if value is None else _tell(survey, assessment, gap, name),
                sources=_sources_of(survey, gap, name) if value is not None else (),
            )
        )
    return components


NO_DATA = Text(zh="没有数据，不计入", en="no data, left out")


def _tell(survey: Survey, assessment: Assessment, gap: Gap, name: str) -> Text:
    """Say on what the value of a component rests."""
    match name:
        case "relatedness":
            return _tell_relatedness(survey, gap)
        case "pull":
            return _tell_pull(survey, assessment, gap)
        case "technology":
            return _tell_technology(survey, gap)
        case "demand":
            return _tell_demand(survey, gap)
        case "readiness":
            return _tell_readiness(survey, gap, find_ready(survey))
        case "strategy":
            return _tell_strategy(survey, gap)
        case _:
            return _tell_crowding(survey, gap)


def _tell_relatedness(survey: Survey, gap: Gap) -> Text:
    around = survey.scene.neighbourhood(gap.product)
    here = [id for id in around if id in survey.scene.here]
    zh, en = list_names(survey.scene.names(here))
    told = [
        Text(
            zh=f"上下游 {len(around)} 个产品，本地有 {len(here)} 个{'：' * bool(here)}{zh}",
            en=f"{len(here)} of {len(around)} neighbours are here{': ' * bool(here)}{en}",
        )
    ]
    forecast = find_forecast(survey, gap.product)
    if forecast is not None:
        worth = find_worth(survey, forecast)
        told.append(_tell_forecast(forecast, worth, alone=not around))
    return Text(
        zh="；".join(part.text("zh") for part in told),
        en="; ".join(part.text("en") for part in told),
    )


def _tell_forecast(forecast: Forecast, worth: float, *, alone: bool) -> Text:
    """Say what a forecast adds, and how much of the value it is."""
    likely, before = say_share(forecast.probability), f"{forecast.percentile:.0%}"
    what = forecast.activity
    where, until = forecast.place, forecast.until
    zh, en = (forecast.why.text("zh"), forecast.why.text("en")) if forecast.why else ("", "")
    return Text(
        zh=f"另{'有' if alone else '一半看'}预测：{where}到 {until} 新出现“{what}”的可能性 {likely}，"
        f"高于当地所缺产业的 {before}，折合 {worth:.2f}" + (f"（{zh}）" if zh else ""),
        en=f"{'and' if alone else 'and, for the other half,'} a forecast: “{what}” appears in {where} "
        f"by {until} with a probability of {likely}, more than {before} of what is lacking there, "
        f"worth {worth:.2f}" + (f" ({en})" if en else ""),
    )


def _tell_pull(survey: Survey, assessment: Assessment, gap: Gap) -> Text:
    links, at = assessment.linkages, survey.network.number[gap.product]
    back, most_back = links.backward[at], links.backward.max()
    forth, most_forth = links.forward[at], links.forward.max()
    opened = find_opened(survey, gap.product)
    zh, en = list_names(survey.scene.names(opened))
    return Text(
        zh=f"后向关联 {back:.2f}（最高 {most_back:.2f}），前向关联 {forth:.2f}（最高 {most_forth:.2f}）；"
        + (f"只差它的产品 {len(opened)} 个：{zh}" if opened else "没有只差它的产品"),
        en=f"backward linkage {back:.2f} (at most {most_back:.2f}), "
        f"forward {forth:.2f} (at most {most_forth:.2f}); "
        + (f"opens {len(opened)}: {en}" if opened else "opens nothing by itself"),
    )


def _tell_technology(survey: Survey, gap: Gap) -> Text:
    figure = survey.atlas.products[gap.product].technology
    note = figure.note if figure and figure.note else None
    return Text(zh=note or "图谱所记", en=note or "as the atlas says")


def _tell_demand(survey: Survey, gap: Gap) -> Text:
    own = plant_size(survey, gap.product, None)
    size = find_yardstick(survey, gap, find_yardsticks(survey))
    if size and gap.remaining is not None:
        left_zh, left_en = (say_amount(gap.remaining, gap.unit, lang) for lang in ("zh", "en"))
        size_zh, size_en = (say_amount(size, gap.unit, lang) for lang in ("zh", "en"))
        whose_zh, whose_en = ("", "") if own else ("本细分链", " of the branch")
        return Text(
            zh=f"扣除在途后还差 {left_zh}，{whose_zh}已知最小的厂 {size_zh}",
            en=f"{left_en} missing after what is on its way, "
            f"the smallest plant known{whose_en} makes {size_en}",
        )
    zh, en = list_names(survey.scene.names(gap.consumers))
    if not gap.consumers or gap.demand == 0:
        return Text(zh="本地眼下没有用它的", en="nothing here uses it now")
    unmet = f"{find_unmet(gap):.0%}"
    return Text(
        zh=f"本地 {len(gap.consumers)} 个产品要用（{zh}），扣除在途后未满足 {unmet}",
        en=f"used by {len(gap.consumers)} here ({en}), {unmet} unmet after what is on its way",
    )


def _tell_readiness(survey: Survey, gap: Gap, ready: AbstractSet[str]) -> Text:
    found = find_readiness(survey, gap, ready, gap.gates or {})
    critical = survey.scene.critical(survey.scene.routes_in_use(gap.product))
    here = sum(id in survey.spare for id in critical)
    reached = sum(id in ready and id not in survey.spare for id in critical)
    lacking = [id for id in critical if id not in ready]
    zh_lack, en_lack = list_names(survey.scene.names(lacking))
    told = [
        (
            f"关键投入 {len(critical)} 个：本地有余 {here}，能外购或就地做 {reached}"
            + (f"，够不着 {zh_lack}" if lacking else ""),
            f"of {len(critical)} critical inputs {here} to spare here, {reached} to be bought or made"
            + (f", out of reach: {en_lack}" if lacking else ""),
        )
        if critical
        else _tell_sources(survey, gap)
    ]
    words = {"park": ("园区", "park"), "utilities": ("水电热有余", "utilities to spare")}
    for name, (zh, en) in words.items():
        share = found[name]
        if share is not None:
            told.append((f"{zh} {share:.0%}", f"{en} {share:.0%}"))
    return Text(zh="；".join(zh for zh, _ in told), en="; ".join(en for _, en in told))


def _tell_sources(survey: Survey, gap: Gap) -> tuple[str, str]:
    """Say that no input is known, or what it comes with."""
    sources = survey.scene.comes_with[gap.product]
    if not sources:
        return "图谱没有登记关键投入", "no critical input is in the atlas"
    zh, en = list_names(survey.scene.names(sources))
    return f"随{zh}副产而来", f"comes with {en}"


def _tell_strategy(survey: Survey, gap: Gap) -> Text:
    policies = gap.named or survey.wanted.get(gap.chain or "", ())
    names = [survey.atlas.policies[id].name for id in policies]
    if not names:
        return Text(zh="没有文件点名", en="named by nobody")
    zh, en = list_names(names)
    if gap.named:
        return Text(zh=f"“{zh}”点名", en=f"named in “{en}”")
    return Text(zh=f"“{zh}”只点名整条链", en=f"“{en}” names the chain as a whole")


def _tell_crowding(survey: Survey, gap: Gap) -> Text:
    chasers = chasers_of(find_chasers(survey), gap)
    if not chasers:
        return Text(zh="周边没有同争的", en="no neighbour chases it")
    zh, en = list_names([survey.atlas.neighbours[id].name for id in chasers])
    return Text(zh=f"周边 {len(chasers)} 处也在做：{zh}", en=f"{len(chasers)} neighbours: {en}")


def _sources_of(survey: Survey, gap: Gap, name: str) -> tuple[str, ...]:
    atlas = survey.atlas
    if name == "technology":
        figure = atlas.products[gap.product].technology
        return tuple(figure.sources) if figure else ()
    entities: Sequence[object] = ()
    if name == "relatedness":
        entities = [each for each in [find_forecast(survey, gap.product)] if each]
    elif name == "strategy":
        policies = gap.named or survey.wanted.get(gap.chain or "", ())
        entities = [atlas.policies[id] for id in policies]
    elif name == "crowding":
        entities = [atlas.neighbours[id] for id in chasers_of(find_chasers(survey), gap)]
    return tuple(key for entity in entities for key in entity.sources)  # type: ignore[attr-defined]
