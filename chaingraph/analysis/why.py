"""Why a product is a gap, in one sentence of each language."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from chaingraph.model import State, Text, View

MAX_NAMES = 3
"""How many names a sentence lists before it says how many there are in all."""

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


def _list(names: Sequence[Text]) -> tuple[str, str]:
    """A few names, and how many there are if not all are said."""
    zh = "、".join(name.text("zh") for name in names[:MAX_NAMES])
    en = ", ".join(name.text("en") for name in names[:MAX_NAMES])
    if len(names) > MAX_NAMES:
        return f"{zh}等 {len(names)} 项", f"{en} and {len(names) - MAX_NAMES} more"
    return zh, en


def say_needed(needers: Sequence[Text], view: View) -> Text:
    """Say that products here cannot do without it."""
    (zh, en), (zh_here, en_here) = _list(needers), HERE[view]
    return Text(
        zh=f"本地{zh_here}的{zh}离不开它，本地没有生产",
        en=f"needed by what is {en_here} ({en}), and nobody here makes it",
    )


def say_joins(inputs: Sequence[Text], users: Sequence[Text], view: View) -> Text:
    """Say that it would join what is here."""
    (zh_in, en_in), (zh_out, en_out) = _list(inputs), _list(users)
    zh_here, en_here = HERE[view]
    return Text(
        zh=f"上接本地{zh_here}的{zh_in}，下接本地{zh_here}的{zh_out}，中间这一环本地没有",
        en=f"would join {en_in} to {en_out}, all {en_here}; nobody here makes it",
    )


def say_weak(firm: Text, needers: Sequence[Text], view: View) -> Text:
    """Say that one single firm makes it for others here."""
    (zh, en), (zh_here, en_here) = _list(needers), HERE[view]
    return Text(
        zh=f"本地{zh_here}的{zh}离不开它，供应只有{firm.text('zh')}一家",
        en=f"needed by what is {en_here} ({en}), with one single source: {firm.text('en')}",
    )


def say_short(inputs: Sequence[Text], view: View) -> Text:
    """Say that all it takes is here."""
    (zh, en), (zh_here, en_here) = _list(inputs), HERE[view]
    return Text(
        zh=f"本地没有生产，而关键投入{zh}本地{zh_here}，可以往下延伸",
        en=f"nobody here makes it, and all its critical inputs are {en_here} ({en})",
    )


def say_missing(inputs: Sequence[Text]) -> Text:
    """Say which critical inputs are missing."""
    zh, en = _list(inputs)
    return Text(
        zh=f"本地没有生产，关键投入还缺{zh}",
        en=f"nobody here makes it, and critical inputs are missing ({en})",
    )


def say_byproduct(sources: Sequence[Text], *, is_here: bool) -> Text:
    """Say what it comes with, and whether that is here, made in another way."""
    zh, en = _list(sources)
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
    (zh, en), (zh_state, en_state) = _list(makers), _COMING[state]
    return Text(zh=f"{zh_state}：{zh}（{since}）", en=f"{en_state}: {en} ({since})")


def say_comes_with(sources: Sequence[Text], state: State) -> Text:
    """Say what it will come with."""
    (zh, en), (zh_state, en_state) = _list(sources), _COMING[state]
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
