"""Why a product is a gap, in one sentence of each language."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from chaingraph.analysis.balance import Balance
from chaingraph.analysis.pipeline import Fill
from chaingraph.figures import Text
from chaingraph.model import State, View
from chaingraph.units import unit_name

MAX_NAMES = 3
"""How many names a sentence lists before it says how many there are in all."""

MYRIAD = 10_000
"""万."""

HERE: dict[View, tuple[str, str]] = {
    "actual": ("已有", "made here"),
    "building": ("已有或在建", "made or being built here"),
    "plan": ("已有、在建或签约", "made, being built or signed here"),
}
"""How a view calls what it counts."""

_COMING: dict[State, tuple[str, str]] = {
    "building": ("在建", "under construction"),
    "signed": ("已签约", "signed"),
    "present": ("已有", "here"),
    "absent": ("没有", "not here"),
}


def join(sentences: Collection[Text]) -> Text:
    """Put sentences together, in both languages."""
    en = "; ".join(text.text("en") for text in sentences)
    return Text(
        zh="；".join(text.text("zh") for text in sentences) + "。",
        en=f"{en[0].upper()}{en[1:]}.",
    )


def list_names(names: Sequence[Text]) -> tuple[str, str]:
    """Return a few names in each language, and how many there are if not all are said."""
    zh = "、".join(name.text("zh") for name in names[:MAX_NAMES])
    en = ", ".join(name.text("en") for name in names[:MAX_NAMES])
    if len(names) > MAX_NAMES:
        return f"{zh}等 {len(names)} 项", f"{en} and {len(names) - MAX_NAMES} more"
    return zh, en


def say_needed(needers: Sequence[Text], view: View) -> Text:
    """Say that products here cannot do without it."""
    (zh, en), (zh_here, en_here) = list_names(needers), HERE[view]
    return Text(
        zh=f"本地{zh_here}的{zh}离不开它，本地没有生产",
        en=f"needed by what is {en_here} ({en}), and nobody here makes it",
    )


def say_joins(inputs: Sequence[Text], users: Sequence[Text], view: View) -> Text:
    """Say that it would join what is here."""
    (zh_in, en_in), (zh_out, en_out) = list_names(inputs), list_names(users)
    zh_here, en_here = HERE[view]
    return Text(
        zh=f"上接本地{zh_here}的{zh_in}，下接本地{zh_here}的{zh_out}，中间这一环本地没有",
        en=f"would join {en_in} to {en_out}, all {en_here}; nobody here makes it",
    )


def say_weak(firm: Text, needers: Sequence[Text], view: View) -> Text:
    """Say that one single firm makes it for others here."""
    (zh, en), (zh_here, en_here) = list_names(needers), HERE[view]
    return Text(
        zh=f"本地{zh_here}的{zh}离不开它，供应只有{firm.text('zh')}一家",
        en=f"needed by what is {en_here} ({en}), with one single source: {firm.text('en')}",
    )


def say_too_little(supply: float, demand: float, unit: str | None, users: Sequence[Text]) -> Text:
    """Say that there is less of it than what is here needs."""
    zh, en = list_names(users)
    return Text(
        zh=f"本地供给 {say_amount(supply, unit, 'zh')}，不够本地的{zh}所需的 "
        f"{say_amount(demand, unit, 'zh')}",
        en=f"{say_amount(supply, unit, 'en')} made here are less than the "
        f"{say_amount(demand, unit, 'en')} needed here ({en})",
    )


def say_below_scale(makers: Sequence[Text], amount: float, least: float, unit: str | None) -> Text:
    """Say that a plant is smaller than the smallest that pays."""
    zh, en = list_names(makers)
    return Text(
        zh=f"{zh}的规模 {say_amount(amount, unit, 'zh')}，低于经济或准入的最小规模 "
        f"{say_amount(least, unit, 'zh')}",
        en=f"the plant of {en}, {say_amount(amount, unit, 'en')}, is below the smallest that pays or is allowed, "
        f"{say_amount(least, unit, 'en')}",
    )


def say_short(inputs: Sequence[Text], view: View) -> Text:
    """Say that all it takes is here."""
    (zh, en), (zh_here, en_here) = list_names(inputs), HERE[view]
    return Text(
        zh=f"本地没有生产，而关键投入{zh}本地{zh_here}，可以往下延伸",
        en=f"nobody here makes it, and all its critical inputs are {en_here} ({en})",
    )


def say_missing(inputs: Sequence[Text], used_up: Sequence[Text] = ()) -> Text:
    """Say which critical inputs are missing, and which are here but used up."""
    (zh, en), (zh_up, en_up) = list_names(inputs), list_names(used_up)
    zh_told = [f"还缺{zh}"] * bool(inputs) + [f"{zh_up}本地已用完"] * bool(used_up)
    en_told = [f"critical inputs are missing ({en})"] * bool(inputs)
    en_told += [f"what is here of critical inputs is used up ({en_up})"] * bool(used_up)
    return Text(
        zh=f"本地没有生产，关键投入{'，'.join(zh_told)}",
        en=f"nobody here makes it, and {' and '.join(en_told)}",
    )


def say_byproduct(sources: Sequence[Text], *, is_here: bool) -> Text:
    """Say what it comes with, and whether that is here, made in another way."""
    zh, en = list_names(sources)
    if is_here:
        return Text(
            zh=f"本地没有生产，它随{zh}副产而来，本地的做法不副产它",
            en=f"nobody here makes it; it may come with {en}, but not in the way that is used here",
        )
    return Text(
        zh=f"本地没有生产，它随{zh}副产而来，本地也没有",
        en=f"nobody here makes it; it comes with what is not here either ({en})",
    )


def say_unknown(*, has_inputs: bool) -> Text:
    """Say that the atlas does not tell what is missing."""
    if has_inputs:
        return Text(
            zh="本地没有生产，图谱没有标出哪项投入是关键",
            en="nobody here makes it, and the atlas marks no input of it as critical",
        )
    return Text(
        zh="本地没有生产，图谱没有登记做它要什么",
        en="nobody here makes it, and the atlas does not say what it is made from",
    )


def say_coming(makers: Sequence[Text], since: str | None, state: State) -> Text:
    """Say who will make it, and since when that is so."""
    (zh, en), (zh_state, en_state) = list_names(makers), _COMING[state]
    return Text(zh=f"{zh_state}：{zh}（{since}）", en=f"{en_state}: {en} ({since})")


def say_comes_with(sources: Sequence[Text], state: State) -> Text:
    """Say what it will come with."""
    (zh, en), (zh_state, en_state) = list_names(sources), _COMING[state]
    return Text(zh=f"{zh_state}的{zh}将带来它", en=f"to come with {en}, {en_state}")


def say_named(policy: Text, part_of: Text | None) -> Text:
    """Say which policy names it, or the branch that it is part of."""
    zh, en = policy.text("zh"), policy.text("en")
    if part_of is None:
        return Text(zh=f"“{zh}”点名要它", en=f"wanted by name in “{en}”")
    return Text(
        zh=f"属于“{zh}”点名的{part_of.text('zh')}",
        en=f"part of {part_of.text('en')}, wanted in “{en}”",
    )


# ---------------------------------------------------------------- quantities


def say_share(share: float) -> str:
    """
    Say a share in percent, and a small one not as nothing.

    Examples
    --------
    >>> say_share(0.0361), say_share(0.0004), say_share(0)
    ('3.6%', '<0.1%', '0.0%')
    """
    return "<0.1%" if 0 < share < 0.0005 else f"{share:.1%}"


def say_amount(amount: float, unit: str | None, lang: str) -> str:
    """
    Write an amount as people say it, to four figures.

    Examples
    --------
    >>> say_amount(285120, "t", "zh"), say_amount(285120, "t", "en")
    ('28.51 万吨', '285,100 t')
    >>> say_amount(0.25, None, "en")
    '0.25'
    """
    zh = lang == "zh"
    if zh and abs(amount) >= MYRIAD**2:
        number = f"{amount / MYRIAD**2:.4g} 亿"
    elif zh and abs(amount) >= MYRIAD:
        number = f"{amount / MYRIAD:.4g} 万"
    elif abs(amount) >= MYRIAD:
        number = f"{float(f'{amount:.4g}'):,.0f}"
    else:
        number = f"{amount:.4g}"
    name = unit_name(unit, lang)
    glued = number[-1] in "万亿" and name[:1] >= "一"  # 万吨, but 万 MWh
    return f"{number}{'' if glued else ' '}{name}".rstrip()


def say_size(balance: Balance, fill: Fill, assumed: Sequence[tuple[Text, Text]]) -> Text:
    """Say how much is needed, made, coming and missing, or that there is no figure."""
    return Text(
        zh="；".join(_size(balance, fill, assumed, "zh")) + "。",
        en="; ".join(_size(balance, fill, assumed, "en")) + ".",
    )


def _size(
    balance: Balance, fill: Fill, assumed: Sequence[tuple[Text, Text]], lang: str
) -> list[str]:
    zh = lang == "zh"
    told = [_told_demand(balance, zh)]
    if balance.supply != 0 or balance.demand != 0:
        told.append(_told_supply(balance, zh))
    told += _told_shortfall(balance, zh) + _told_fill(balance, fill, zh)
    for product, route in assumed:
        of, by = product.text(lang), route.text(lang)
        told.append(f"{of}未说明工艺，按第一条路线“{by}”" if zh else f"route of {of} assumed: {by}")
    return told


def _told_demand(balance: Balance, zh: bool) -> str:
    if balance.demand is None:
        return "本地有需求，数量没有数字" if zh else "needed here, no figure for how much"
    if balance.demand == 0:
        return "本地眼下没有需求" if zh else "nothing here needs it now"
    said = say_amount(balance.demand, balance.unit, "zh" if zh else "en")
    least = balance.demand_partial
    if zh:
        return f"本地需求{'至少' * least} {said}"
    return f"{'at least ' * least}{said} needed here"


def _told_supply(balance: Balance, zh: bool) -> str:
    if balance.supply is None:
        return "本地有生产，产量没有数字" if zh else "made here, no figure for how much"
    if balance.supply == 0:
        return "本地没有供给" if zh else "none made here"
    said = say_amount(balance.supply, balance.unit, "zh" if zh else "en")
    least = balance.supply_partial
    if zh:
        return f"本地供给{'至少' * least} {said}"
    return f"{'at least ' * least}{said} made here"


def _told_shortfall(balance: Balance, zh: bool) -> list[str]:
    if balance.shortfall is None:
        return ["缺口没有数字" if zh else "no figure for the shortfall"]
    if balance.shortfall == 0:
        return []
    said = say_amount(balance.shortfall, balance.unit, "zh" if zh else "en")
    return [f"缺{_bound(balance, zh)} {said}" if zh else f"short by {_bound(balance, zh)}{said}"]


def _told_fill(balance: Balance, fill: Fill, zh: bool) -> list[str]:
    if fill.whole is None or fill.expected is None:
        none = "签约在建的没有产能数字" if zh else "no figure for what is signed or building"
        return [none] if fill.coming else []
    lang, missing = ("zh" if zh else "en"), balance.shortfall
    whole, expected = (say_amount(each, balance.unit, lang) for each in (fill.whole, fill.expected))
    told = (
        f"签约在建 {whole}，按同类项目经验可望落地 {expected}"
        if zh
        else f"{whole} signed or building, of which {expected} can be expected"
    )
    if not missing:
        return [told]
    left = say_amount(max(0.0, missing - fill.expected), balance.unit, lang)
    least = say_amount(max(0.0, missing - fill.whole), balance.unit, lang)
    most = fill.is_partial
    if zh:
        return [f"{told}，还差 {left}（全部落地则{'至多' * most}差 {least}）"]
    return [f"{told}: {left} still missing ({'at most ' * most}{least} if all of it comes)"]


def _bound(balance: Balance, zh: bool) -> str:
    if balance.supply_partial == balance.demand_partial:
        return ("约" if zh else "about ") if balance.supply_partial else ""
    if balance.supply_partial:
        return "至多" if zh else "at most "
    return "至少" if zh else "at least "
