"""What a poster tells: the facts of a day and a view, and the words that they are told in."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Literal, get_args

import networkx as nx

from chaingraph.analysis.flagships import Flagship
from chaingraph.analysis.gaps import Gap
from chaingraph.analysis.state import ProductState, find_states, tally
from chaingraph.model import Atlas, Language, View
from chaingraph.outputs.basis import Basis
from chaingraph.outputs.layout import Group
from chaingraph.outputs.poster import marks
from chaingraph.outputs.poster.marks import Look
from chaingraph.outputs.shares import find_mass_shares
from chaingraph.outputs.words import word

Show = Literal["gaps", "present", "panorama", "applications"]
"""What is marked: states and gaps, states alone, or nothing; of the last only what is used."""

SHOWS: tuple[Show, ...] = get_args(Show)
PLAIN: tuple[Show, ...] = ("panorama", "applications")
"""Those that show the chain as it is anywhere."""

LISTED = 10
"""How many gaps are listed."""

SAID: dict[str, tuple[str, str]] = {
    "as_of": ("截至 {day}", "as of {day}"),
    "continued": ("（续）", " (continued)"),
    "products": ("产品", "products"),
    "named": ("点名目标", "flagships"),
    "per_year": ("/年", " a year"),
    "firms": ("{n} 家", "{n} firms"),
    "firm": ("1 家", "1 firm"),
    "hidden": ("另有 {n} 个产品未画出", "{n} more products not drawn"),
    "supplies": ("供给", "supplies"),
    "supplied": ("来自", "supplied by"),
    "nothing": ("没有产品", "No products"),
    "made_by": ("由 chaingraph 绘制", "drawn by chaingraph"),
    "sources": ("依据 {n} 个来源", "from {n} sources"),
    "rule_state": (
        "缺口按现状判定：没有而离不开为断，不足为弱，投入齐备为短，其余为无",
        "gaps by the state of the chain: broken, weak, short or void",
    ),
    "rule_position": (
        "缺口按位置判定：上游补、中游强、下游延",
        "gaps by position: fill upstream, strengthen midstream, extend downstream",
    ),
    "rule_maturity": (
        "缺口按成熟度判定：短板补、优势延、传统升、新兴建",
        "gaps by maturity: fill weak branches, extend strong, upgrade old, build new ones",
    ),
    # the panel
    "priorities": ("优先缺口", "Gaps to close first"),
    "priorities_hint": (
        "按全图谱得分排序，区间为变动权重时的名次",
        "by score; the interval: ranks under other weights",
    ),
    "rank": ("名次", "rank"),
    "flagships": ("点名的招商目标", "Named as wanted"),
    "legend": ("图例", "How to read it"),
    "short_by": ("缺 {amount}。", "Short by {amount}. "),
    "broken_is": ("本地没有，链条在此断开", "not here; breaks the chain"),
    "weak_is": ("有，但不足或独此一家", "too little, or one firm"),
    "short_is": ("没有，但关键投入齐备", "not here; its inputs are"),
    "void_is": ("没有，也还缺关键投入", "not here, nor its inputs"),
    "badge_size": ("标记越大，得分越高", "the larger, the higher the score"),
    "star": ("政府文件点名的招商目标", "named as wanted by a policy"),
    "width": ("越粗，占配方重量越多", "thicker: more by mass"),
    "states": ("现状", "State"),
    "kinds": ("缺口", "Gaps"),
    "links": ("供应关系", "Links"),
    "more": ("另有 {n} 个", "{n} more"),
    "counts": ("本地已有、在建或签约、缺口的产品数", "products here, coming, and gaps"),
}
"""The words that only a poster needs, in Chinese and English."""


@dataclasses.dataclass(frozen=True)
class Facts:
    """What a poster tells, on a day and in a view."""

    atlas: Atlas
    lang: Language
    day: datetime.date
    view: View
    graph: nx.DiGraph[str]
    states: Mapping[str, ProductState]
    gaps: Mapping[str, Gap]
    """By product, of the whole atlas, the best-ranked first."""
    flagships: Sequence[Flagship]
    """Of what is shown."""
    members: Mapping[str, Sequence[str]]
    """The products of each branch shown."""
    show: Show = "gaps"
    """What of it is marked."""
    name: str = ""
    """What the map is called in a bundle."""

    @cached_property
    def inside(self) -> frozenset[str]:
        """The products shown."""
        return frozenset(product for products in self.members.values() for product in products)

    @cached_property
    def listed(self) -> list[Gap]:
        """The best-ranked gaps of what is shown."""
        return [gap for gap in self.gaps.values() if gap.product in self.inside][:LISTED]

    @cached_property
    def shares(self) -> Mapping[tuple[str, str], int]:
        """(Input, product) → its share of the recipe [%], where known."""
        return find_mass_shares(self.atlas)

    @cached_property
    def sources(self) -> frozenset[str]:
        """What the products shown, those who make them and their gaps are known from."""
        cited = [gap.sources for id, gap in self.gaps.items() if id in self.inside]
        for id in self.inside:
            product = self.atlas.products[id]
            cited += [tuple(product.sources), *(maker.sources for maker in self.states[id].makers)]
            for route in product.all_routes:
                flows = (*route.inputs.values(), *route.byproducts.values())
                cited += [tuple(flow.sources) for flow in flows]
        return frozenset(key for keys in cited for key in keys)

    @cached_property
    def named(self) -> frozenset[str]:
        """The products and branches shown that a policy names as wanted."""
        return frozenset(flagship.id for flagship in self.flagships)

    def say(self, key: str, **values: object) -> str:
        """Return a word of the poster, or of all outputs."""
        zh, en = SAID.get(key, (word(key, "zh"), word(key, "en")))
        return (zh if self.lang == "zh" else en).format(**values)

    def say_kind(self, kind: str) -> str:
        """Say a kind of gap and what to do about it; by other rules than `state` only the latter."""
        if self.atlas.rule == "state":
            return f"{self.say(kind)}{'·' if self.lang == 'zh' else ': '}{self.say(f'do_{kind}')}"
        remedies = dict.fromkeys(gap.remedy for gap in self.gaps.values() if gap.kind == kind)
        return "、".join(map(self.say, remedies)) or self.say(f"do_{kind}")

    def tag(self, kind: str) -> str:
        """Return the letter in the badge of a kind of gap."""
        if self.atlas.rule == "state":
            return self.say(f"tag_{kind}")
        return self.say_kind(kind)[:1].upper()

    def look(self, product: str) -> Look:
        """Tell how a product looks; the better the rank of a gap, the larger is its badge."""
        if self.show in PLAIN:
            return Look(state="any")
        gap = self.gaps.get(product)
        share = 1 - (gap.rank - 1) / max(20, len(self.gaps)) if gap else 0.0
        return Look(
            state=self.states[product].state,
            kind=gap.kind if gap else None,
            weight=max(0.0, share) ** 2,
            star=product in self.named,
        )

    def counts(self, products: Iterable[str]) -> list[tuple[str, int, str]]:
        """Count what is here, what is coming and what lacks, each with its mark and colour."""
        shown = list(products)
        found = tally(self.states, shown)
        if self.show in PLAIN:
            return []
        counts = [
            ("present", found.present, marks.HERE),
            ("building", found.building + found.signed, marks.BUILD),
        ]
        if self.show == "gaps":
            gaps = sum(product in self.gaps for product in shown)
            counts.append(("gaps", gaps, marks.GAP))
        return counts


def gather_facts(
    basis: Basis, groups: Sequence[Group], *, lang: Language, show: Show = "gaps"
) -> Facts:
    """
    Find what a poster tells.

    Parameters
    ----------
    basis
        The atlas on its day.
    groups
        What is shown, as `choose_groups` lists it.
    lang
        The language.
    show
        What is marked.

    Returns
    -------
    facts
        Gaps are ranked among those of the whole atlas, whatever is shown.
    """
    atlas = basis.atlas
    members: dict[str, list[str]] = {name: [] for _, _, name in groups}
    for product, branch in atlas.branch_of.items():
        if branch in members:
            members[branch].append(product)
    if show == "applications":
        members = {branch: _used(atlas, products) for branch, products in members.items()}
    shown = {*members, *(product for products in members.values() for product in products)}
    marked = show == "gaps"
    flagships = basis.flagships if marked else []
    gaps = basis.gaps if marked else []
    return Facts(
        atlas=atlas,
        lang=lang,
        day=basis.day,
        view=basis.view,
        graph=basis.graph,
        states=find_states(atlas, as_of=basis.day),
        gaps={gap.product: gap for gap in gaps},
        flagships=[flagship for flagship in flagships if flagship.id in shown],
        members=members,
        show=show,
    )


def _used(atlas: Atlas, products: Sequence[str]) -> list[str]:
    """The downstream products of a branch, and what of it they are made from."""
    ends = [id for id in products if atlas.products[id].stage == "downstream"]
    inputs = {
        other for id in ends for _, other, _, is_byproduct in atlas.flows(id) if not is_byproduct
    }
    return [id for id in products if id in ends or id in inputs]
