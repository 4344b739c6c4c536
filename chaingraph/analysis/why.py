"""Why a product is a gap, in one sentence of each language."""

from __future__ import annotations

from collections.abc import Collection

from chaingraph.analysis.state import ProductState
from chaingraph.model import Atlas, Route, Text

MAX_NAMES = 3
"""How many names a sentence lists before it says how many there are in all."""


def _name(atlas: Atlas, id: str) -> Text:
    """The name of a product, project or enterprise."""
    for section in (atlas.products, atlas.projects, atlas.enterprises):
        if id in section:
            return section[id].name
    return Text(zh=id, en=id)


def join(sentences: Collection[Text]) -> Text:
    """Put sentences together, in both languages."""
    en = "; ".join(text.text("en") for text in sentences)
    return Text(
        zh="；".join(text.text("zh") for text in sentences) + "。",
        en=f"{en[0].upper()}{en[1:]}.",
    )


def _list(atlas: Atlas, ids: Collection[str]) -> tuple[str, str]:
    """A few names, and how many there are if not all are said."""
    few = [_name(atlas, id) for id in list(ids)[:MAX_NAMES]]
    zh = "、".join(name.text("zh") for name in few)
    en = ", ".join(name.text("en") for name in few)
    if len(ids) > MAX_NAMES:
        return f"{zh}等 {len(ids)} 项", f"{en} and {len(ids) - MAX_NAMES} more"
    return zh, en


def say_needed(atlas: Atlas, needers: Collection[str]) -> Text:
    """Say that products here cannot do without it."""
    zh, en = _list(atlas, needers)
    return Text(
        zh=f"本地已有的{zh}离不开它，本地没有生产",
        en=f"needed by what is made here ({en}), and nobody here makes it",
    )


def say_joins(atlas: Atlas, inputs: Collection[str], users: Collection[str]) -> Text:
    """Say that it would join what is here."""
    (zh_in, en_in), (zh_out, en_out) = (
        _list(atlas, dict.fromkeys(inputs)),
        _list(atlas, users),
    )
    return Text(
        zh=f"上接本地的{zh_in}，下接本地的{zh_out}，中间这一环本地没有",
        en=f"would join what is here ({en_in}) to what is here ({en_out}); nobody here makes it",
    )


def say_weak(atlas: Atlas, supplier: str, needers: Collection[str]) -> Text:
    """Say that one single firm makes it for others here."""
    zh, en = _list(atlas, needers)
    firm = _name(atlas, supplier)
    return Text(
        zh=f"本地的{zh}离不开它，供应只有{firm.text('zh')}一家",
        en=f"needed by what is made here ({en}), with one single source: {firm.text('en')}",
    )


def say_short(atlas: Atlas, inputs: Collection[str]) -> Text:
    """Say that all it takes is here."""
    zh, en = _list(atlas, inputs)
    return Text(
        zh=f"本地没有生产，而关键投入{zh}本地都有，可以往下延伸",
        en=f"nobody here makes it, and all its critical inputs are here ({en})",
    )


def say_void(atlas: Atlas, routes: Collection[Route], missing: Collection[str]) -> Text:
    """Say what is missing to make it."""
    if missing and not routes:
        zh, en = _list(atlas, missing)
        return Text(
            zh=f"本地没有生产，它随{zh}副产而来，本地都没有",
            en=f"nobody here makes it; it comes with what is not here either ({en})",
        )
    if missing:
        zh, en = _list(atlas, missing)
        return Text(
            zh=f"本地没有生产，关键投入还缺{zh}",
            en=f"nobody here makes it, and critical inputs are missing ({en})",
        )
    return Text(
        zh="本地没有生产，图谱没有登记做它要什么",
        en="nobody here makes it, and the atlas does not say what it is made from",
    )


def say_pipeline(atlas: Atlas, state: ProductState) -> Text:
    """Say what will make it and since when that is so."""
    zh_state, en_state = ("在建", "under construction") if state.state == "building" else (
        "已签约", "signed"
    )  # fmt: skip
    coming = [maker for maker in state.makers if maker.state == state.state]
    if not coming:
        zh, en = _list(atlas, state.byproduct_of or state.pool_of)
        return Text(zh=f"{zh_state}的{zh}将带来它", en=f"to come with {en}, {en_state}")
    names = [_name(atlas, maker.id) for maker in coming]
    since = coming[0].since
    return Text(
        zh=f"{zh_state}：{'、'.join(name.text('zh') for name in names)}（{since}）",
        en=f"{en_state}: {', '.join(name.text('en') for name in names)} ({since})",
    )


def say_named(atlas: Atlas, id: str, policy_id: str, *, by_name: bool) -> Text:
    """Say what is missing to make it."""
    """Say that all it takes is here."""
    """Say that one single firm makes it for others here."""
    """Say that it would join what is here."""
    """Say that products here cannot do without it."""
    """Put sentences together, in both languages."""
    """Say which policy names it, or its branch."""
    policy = atlas.policies[policy_id].name
    if by_name:
        return Text(
            zh=f"“{policy.text('zh')}”点名要它", en=f"wanted by name in “{policy.text('en')}”"
        )
    branch = atlas.branches[atlas.branch_of[id]].name
    return Text(
        zh=f"属于“{policy.text('zh')}”点名的{branch.text('zh')}",
        en=f"part of {branch.text('en')}, wanted in “{policy.text('en')}”",
    )
