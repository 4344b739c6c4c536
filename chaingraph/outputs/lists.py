"""The lists of a bundle (清单) as plain tables, with the columns that planners use.

The workbook and the report are both made of these, so that they never differ.
"""

from __future__ import annotations

import dataclasses
import datetime
import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from chaingraph.analysis.candidates import TARGET_COMPONENTS
from chaingraph.analysis.fairness import Finding
from chaingraph.analysis.gaps import Gap
from chaingraph.analysis.portfolio import find_use
from chaingraph.analysis.state import Maker, find_makers, tally
from chaingraph.analysis.targets import Target
from chaingraph.analysis.track import ProjectStatus
from chaingraph.analysis.why import say_amount
from chaingraph.bundles import ListItem, ListKind
from chaingraph.figures import Text, first_day, last_day
from chaingraph.model import Atlas, Language, View
from chaingraph.outputs.contents import Contents, gather
from chaingraph.outputs.summary import say_finding
from chaingraph.outputs.task_book import (
    BookRow,
    lay_out_tasks,
    say_chain,
    say_direction,
    say_goals,
    say_team,
)
from chaingraph.outputs.words import milestone_word, word
from chaingraph.units import unit_name

Cell = str | float | int | None
Form = Literal["text", "number", "count", "date", "score"]


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of a list."""

    zh: str
    en: str
    width: float
    """How many Chinese characters wide."""
    form: Form = "text"
    group_zh: str = ""
    """What stands above it and its neighbours of the same group, such as a period."""
    group_en: str = ""

    def head(self, lang: str) -> str:
        """Return its heading."""
        return self.zh if lang == "zh" else self.en

    def group(self, lang: str) -> str:
        """Return the heading of its group; nothing if it is in none."""
        return self.group_zh if lang == "zh" else self.group_en


@dataclasses.dataclass(frozen=True)
class Row:
    """A row of a list, and the sources that it rests on."""

    cells: tuple[Cell, ...]
    sources: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Listing:
    """A list: its columns and rows."""

    kind: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    """What a reader must know."""

    @property
    def is_grouped(self) -> bool:
        """Whether its heading takes two rows."""
        return any(column.group_zh for column in self.columns)


_NUMBER = Column("序号", "No.", 3, "count")
_CHAIN = Column("所属产业链", "Chain", 6)
_CONFIDENCE = Column("可信度", "Confidence", 3, "count")


REPORT_ROWS = 25
"""How many rows of a list the report shows; the workbook has all."""


class _Speaker:
    """Says things of an atlas in one language."""

    def __init__(self, contents: Contents, lang: Language) -> None:
        self.contents, self.atlas, self.lang = contents, contents.atlas, lang
        self.zh = lang == "zh"
        self.comma = "、" if self.zh else ", "

    def chain(self, id: str | None) -> str:
        return self.atlas.chains[id].name.text(self.lang) if id else ""

    def branch(self, id: str) -> str:
        return self.atlas.branches[id].name.text(self.lang)

    def products(self, ids: Iterable[str]) -> str:
        return self.comma.join(self.atlas.products[id].name.text(self.lang) for id in ids)

    def park(self, id: str | None) -> str:
        return self.atlas.parks[id].name.text(self.lang) if id else ""

    def team(self, id: str | None) -> str:
        return say_team(self.atlas, id, self.lang)

    def team_of(self, chain: str | None) -> str:
        teams = {team.chain: id for id, team in reversed(self.atlas.teams.items())}
        return self.team(teams.get(chain) or teams.get(None))

    def region(self, id: str | None) -> str:
        return self.atlas.regions[id].name.text(self.lang) if id else ""

    def kind(self, gap: Gap | Target) -> str:
        if self.atlas.rule == "state":
            return f"{word(gap.kind, self.lang)}·{word(gap.remedy, self.lang)}"
        return word(gap.remedy, self.lang)

    def word(self, key: str | None) -> str:
        return word(key, self.lang) if key else ""

    def amount(self, amount: float | None, unit: str | None) -> str:
        return "" if amount is None else say_amount(amount, unit, self.lang)


def make_list(contents: Contents, kind: ListKind, lang: Language) -> Listing:
    """
    Make one list of a bundle.

    Parameters
    ----------
    contents
        The atlas on its day, as `gather` works it out.
    kind
        Which list.
    lang
        `zh` or `en`.
    """
    return _MAKERS[kind](_Speaker(contents, lang))


def make_lists(contents: Contents, lang: Language) -> list[tuple[ListItem, Listing]]:
    """Make the lists of the bundle, then the task book and the time table where it has neither."""
    items = list(contents.bundle.lists)
    kinds = {item.kind for item in items}
    if "tasks" not in kinds:
        items.append(ListItem(name=Text(zh="任务书", en="Task book"), kind="tasks"))
    if "timetable" not in kinds:
        items.append(ListItem(name=Text(zh="时间表", en="Time table"), kind="timetable"))
    return [(item, make_list(contents, item.kind, lang)) for item in items if item.kind]


def number_sources(atlas: Atlas, listings: Sequence[Listing]) -> dict[str, int]:
    """
    Number the sources, for the workbook and the report alike.

    Those come first that the rows of the report cite, each in the order in which it is cited.
    """
    shown = [row for listing in listings for row in listing.rows[:REPORT_ROWS]]
    others = [row for listing in listings for row in listing.rows[REPORT_ROWS:]]
    cited = _unique(*(row.sources for row in (*shown, *others)))
    known = [key for key in cited if key in atlas.sources]
    return {key: number for number, key in enumerate(known, start=1)}


def find_runs(groups: Sequence[str]) -> list[tuple[str, int, int]]:
    """
    Find which neighbouring columns share a heading: the group, its first column and its last.

    Examples
    --------
    >>> find_runs(["", "2025", "2025", "2027", ""])
    [('', 0, 0), ('2025', 1, 2), ('2027', 3, 3), ('', 4, 4)]
    """
    runs = []
    for group, items in itertools.groupby(enumerate(groups), key=lambda item: item[1]):
        at = [index for index, _ in items]
        runs.append((group, at[0], at[-1]))
    return runs


def list_targets(
    atlas: Atlas,
    targets: Sequence[Target],
    *,
    as_of: str | datetime.date | None,
    view: View,
    lang: Language,
) -> tuple[list[str], list[dict[str, Cell]]]:
    """Return the headings and rows of the list of targets, their sources by title."""
    contents = gather(atlas, as_of=as_of, view=view)
    plan = dataclasses.replace(contents.plan, targets=tuple(targets))
    listing = make_list(dataclasses.replace(contents, plan=plan), "targets", lang)
    heads = [column.head(lang) for column in listing.columns]
    cited = "来源" if lang == "zh" else "Sources"
    rows = [
        dict(zip(heads, row.cells, strict=True))
        | {
            cited: "; ".join(
                atlas.sources[key].title for key in row.sources if key in atlas.sources
            )
        }
        for row in listing.rows
    ]
    return [*heads, cited], rows


# ------------------------------------------------------------------- the lists


def _enterprises(say: _Speaker) -> Listing:
    atlas = say.atlas
    columns = (
        _NUMBER, _CHAIN, Column("企业名称", "Enterprise", 15), Column("产品", "Products", 16),
        Column("产能", "Capacity", 16), Column("园区或地点", "Park or place", 11),
        Column("控股方", "Owner", 12), Column("投产或见报", "Since or seen", 6, "date"),
        _CONFIDENCE,
    )  # fmt: skip
    makers: dict[str, list[Maker]] = {}
    for maker in find_makers(atlas, as_of=say.contents.day):
        if maker.kind == "enterprise" and maker.state == "present":
            makers.setdefault(maker.id, []).append(maker)
    ids = [id for id in atlas.enterprises if id in makers]
    order = list(atlas.chains)
    chains = {id: _chain_of_firm(say, id, makers[id]) for id in ids}
    ids.sort(key=lambda id: order.index(of) if (of := chains[id]) else len(order))
    rows: list[Row] = []
    for id in ids:
        firm, mine = atlas.enterprises[id], makers[id]
        amounts = [_say_capacity(say, maker) for maker in mine if maker.capacity is not None]
        parent = atlas.firm(firm.parent).name.text(say.lang) if firm.parent else firm.owners
        dates = [date for maker in mine if (date := maker.since or maker.seen)]
        rows.append(
            Row(
                (
                    len(rows) + 1,
                    say.chain(chains[id]),
                    firm.name.text(say.lang),
                    say.products(maker.product for maker in mine),
                    ("；" if say.zh else "; ").join(amounts),
                    say.park(firm.park) or firm.place,
                    parent,
                    max(dates, key=last_day, default=None),
                    firm.confidence,
                ),
                _unique(firm.sources, *(maker.sources for maker in mine)),
            )
        )
    note = (
        "当日在产的企业；产能栏空着的，公开资料里没有数字；见报日晚于当日的，投产日不详"
        if say.zh
        else "firms that make something on the day; where there is no capacity, none is published; "
        "of those seen only later nobody knows since when"
    )
    return Listing("enterprises", columns, tuple(rows), note)


def _say_capacity(say: _Speaker, maker: Maker) -> str:
    """Say what a firm makes in a year; a figure of a later day says which."""
    said = f"{say.products([maker.product])} {say.amount(maker.capacity, maker.unit)}"
    figure = say.atlas.enterprises[maker.id].makes[maker.product].capacity
    date = figure.date if figure else None
    if date is None or first_day(date) <= say.contents.day:
        return said
    return f"{said}（{date} 数）" if say.zh else f"{said} (figure of {date})"


def _chain_of_firm(say: _Speaker, id: str, makers: Sequence[Maker]) -> str | None:
    firm = say.atlas.enterprises[id]
    return firm.chain or say.atlas.chain_of(say.atlas.branch_of[makers[0].product])


def _projects(say: _Speaker) -> Listing:
    return _list_projects(say, "projects", say.contents.projects)


def _pipeline(say: _Speaker) -> Listing:
    coming = [
        status
        for status in say.contents.projects
        if status.milestone not in ("operating", "full", "stopped")
    ]
    return _list_projects(say, "pipeline", coming)


_STAGES = (
    "planned",
    "negotiating",
    "signed",
    "started",
    "building",
    "operating",
    "full",
    "stopped",
)


def _list_projects(say: _Speaker, kind: str, statuses: Sequence[ProjectStatus]) -> Listing:
    atlas = say.atlas
    columns = (
        _NUMBER, _CHAIN, Column("项目名称", "Project", 18), Column("建设单位", "Enterprise", 13),
        Column("产品与产能", "Products and capacity", 18),
        Column("总投资（亿元）", "Investment (CNY 100m)", 5, "number"),
        Column("到位（亿元）", "Arrived (CNY 100m)", 5, "number"),
        Column("阶段", "Stage", 3.5, "count"), Column("到达该阶段", "Reached", 6, "date"),
        Column("最近进展", "Last progress", 6, "date"), Column("停滞（月）", "Idle (months)", 4, "count"),
        Column("颜色", "Colour", 3, "count"), Column("园区或地点", "Park or place", 10), _CONFIDENCE,
    )  # fmt: skip
    chains = list(atlas.chains)
    ordered = sorted(
        statuses,
        key=lambda each: (
            chains.index(each.chain) if each.chain else len(chains),
            -_STAGES.index(each.milestone),
        ),
    )
    rows: list[Row] = []
    for status in ordered:
        project = atlas.projects[status.project]
        made = [
            f"{say.products([product])} {say.amount(figure.best, figure.unit or atlas.products[product].unit)}"
            if figure and figure.best is not None
            else say.products([product])
            for product, figure in project.capacity.items()
        ]
        rows.append(
            Row(
                (
                    len(rows) + 1,
                    say.chain(status.chain),
                    status.name.text(say.lang),
                    atlas.firm(project.enterprise).name.text(say.lang)
                    if project.enterprise
                    else "",
                    ("；" if say.zh else "; ").join(made),
                    status.investment,
                    status.arrived,
                    milestone_word(status.milestone, say.lang),
                    status.since,
                    status.last_progress,
                    status.idle_months if status.colour else None,
                    say.word(f"colour_{status.colour}") if status.colour else "",
                    say.park(project.park) or project.place,
                    status.confidence,
                ),
                _unique(
                    project.sources,
                    project.investment.sources if project.investment else (),
                    project.arrived.sources if project.arrived else (),
                ),
            )
        )
    note = (
        "颜色按图谱里最后一次进展：满 2 个月黄，满 3 个月红，超过 6 个月出库；部分项目互有重叠，投资不可简单相加"
        if say.zh
        else "colours by the last progress in the atlas: yellow after 2 months, red after 3, out "
        "after more than 6; some projects overlap: do not add up their money"
    )
    return Listing(kind, columns, tuple(rows), note)


def _gaps(say: _Speaker) -> Listing:
    atlas, scene = say.atlas, say.contents.survey.scene
    columns = (
        _NUMBER, _CHAIN, Column("细分链", "Branch", 6), Column("环节", "Product", 8),
        Column("缺口类型", "Kind", 5, "count"), Column("现状", "State", 4, "count"),
        Column("上游投入", "Critical inputs", 12), Column("其中本地没有", "Of these not here", 10),
        Column("下游去向（本地）", "Goes into (here)", 10),
        Column("需求", "Demand", 5.5, "number"), Column("供给", "Supply", 5.5, "number"),
        Column("缺口", "Shortfall", 5.5, "number"), Column("单位", "Unit", 3, "count"),
        Column("成因与表现", "Why", 22), Column("得分", "Score", 4, "score"),
        Column("名次区间", "Ranks", 5, "count"), Column("门槛", "Gates", 8),
        Column("牵头单位", "Team", 7), _CONFIDENCE,
    )  # fmt: skip
    rows: list[Row] = []
    for gap in say.contents.gaps:
        critical = scene.critical(scene.likely_routes(gap.product, say.contents.survey.spare))
        gates = [
            f"{atlas.gates[id].name.text(say.lang)}：{say.word(verdict)}"
            if say.zh
            else f"{atlas.gates[id].name.text(say.lang)}: {say.word(verdict)}"
            for id, verdict in (gap.gates or {}).items()
            if verdict != "pass"
        ]
        rows.append(
            Row(
                (
                    gap.rank,
                    say.chain(gap.chain),
                    say.branch(gap.branch),
                    gap.name.text(say.lang),
                    say.kind(gap),
                    say.word(gap.state),
                    say.products(critical),
                    say.products(gap.missing_inputs),
                    say.products(gap.consumers),
                    gap.demand,
                    gap.supply,
                    gap.shortfall or None,
                    unit_name(gap.unit, say.lang),
                    gap.why.text(say.lang),
                    gap.score,
                    "" if gap.rank_low is None else f"{gap.rank_low}–{gap.rank_high}",
                    ("；" if say.zh else "; ").join(gates),
                    say.team_of(gap.chain),
                    gap.confidence,
                ),
                gap.sources,
            )
        )
    note = (
        "按得分排列；需求、供给空着的，没有可算的数字，缺口空着的，算不出或本地眼下没有需求；名次区间是权重变动时九成情况下的名次"
        if say.zh
        else "by score; where demand and supply are empty there is no figure to compute them from, "
        "where the shortfall is empty there is none or nobody here asks for it yet; ranks: where nine in ten sets of weights put it"
    )
    return Listing("gaps", columns, tuple(rows), note)


def _targets(say: _Speaker) -> Listing:
    columns = (
        _NUMBER, Column("所属产业链", "Chain", 5), Column("环节", "Product", 7),
        Column("缺口类型", "Kind", 5, "count"), Column("企业名称", "Enterprise", 6.5),
        Column("所在地", "Place", 5), Column("主营产品", "Makes", 10), Column("资质", "Titles", 3.5),
        Column("拟引进方向", "What to ask for", 10),
        Column("预计投资（亿元）", "Investment (CNY 100m)", 4, "number"),
        Column("匹配依据", "Why it fits", 20), Column("证据日期", "Evidence", 5.5, "date"),
        Column("目标区域", "Region", 4), Column("对接方式", "Approach", 4, "count"),
        Column("牵头单位", "Team", 6), Column("时限", "Due", 5.5, "date"),
        Column("阶段", "Stage", 3, "count"), Column("最近进展", "Last progress", 5.5, "date"),
        Column("颜色", "Colour", 2.5, "count"), Column("得分", "Score", 3, "score"),
        Column("得分构成", "Score by part", 18), _CONFIDENCE,
    )  # fmt: skip
    rows = tuple(
        Row(_target_cells(say, target), target.sources) for target in say.contents.plan.targets
    )
    note = (
        "按缺口名次、再按匹配得分排列；时限是计划里上门的日子，空着的本轮未排；"
        "预计投资取同类工厂已知的数字，没有就空着"
        if say.zh
        else "by the rank of the gap, then by score; due is the day of the visit, empty where this "
        "round has no room; investment is that of plants known elsewhere"
    )
    return Listing("targets", columns, rows, note)


def _target_cells(say: _Speaker, target: Target) -> tuple[Cell, ...]:
    return (
        target.rank,
        say.chain(target.chain),
        target.product_name.text(say.lang),
        say.kind(target),
        target.name.text(say.lang),
        target.place,
        say.products(target.makes),
        say.comma.join(say.word(title) for title in target.titles),
        target.direction.text(say.lang),
        target.investment,
        target.why.text(say.lang),
        target.evidence_date,
        say.region(target.region),
        say.word(target.approach),
        say.team(target.team),
        target.due,
        milestone_word(target.stage, say.lang) if target.stage else "",
        target.updated,
        say.word(f"colour_{target.colour}") if target.colour else "",
        target.score,
        _say_parts(say, target),
        target.confidence,
    )


def _say_parts(say: _Speaker, target: Target) -> str:
    """Say what a score is made of; what is not known is named without a number."""
    said = [
        f"{say.word(name)} {target.parts[name]:.2f}"
        if name in target.parts
        else f"{say.word(name)} {'不详' if say.zh else 'unknown'}"
        for name in TARGET_COMPONENTS
    ]
    return say.comma.join(said)


def _policies(say: _Speaker) -> Listing:
    atlas, day = say.atlas, say.contents.day
    columns = (
        _NUMBER, Column("政策名称", "Policy", 14), Column("发布单位", "Issuer", 6),
        Column("日期", "Date", 6, "date"), Column("点名方向", "Names", 14),
        Column("要点", "What it says", 30), Column("公平竞争提示", "Fair competition", 22),
        _CONFIDENCE,
    )  # fmt: skip
    unfair: dict[str, list[Finding]] = {}
    for finding in say.contents.unfair:
        unfair.setdefault(finding.policy, []).append(finding)
    rows: list[Row] = []
    for id, policy in atlas.policies.items():
        if policy.date is not None and last_day(policy.date) > day:
            continue
        named = [
            entity.name.text(say.lang)
            for name in policy.names
            for section in (atlas.products, atlas.branches, atlas.chains)
            if (entity := section.get(name)) is not None
        ]
        told = "；".join([*policy.clauses, *([policy.note] if policy.note else [])])
        rows.append(
            Row(
                (
                    len(rows) + 1,
                    policy.name.text(say.lang),
                    policy.issuer,
                    policy.date,
                    say.comma.join(named),
                    " ".join(told.split()),
                    "\n".join(say_finding(each, say.lang) for each in unfair.get(id, ())),
                    policy.confidence,
                ),
                tuple(policy.sources),
            )
        )
    note = (
        "公平竞争提示依据《公平竞争审查条例》（2024-08-01 起施行），是请人再看一眼的字句，不是结论"
        if say.zh
        else "fair competition: wording to look at under the regulation in force since 2024-08-01, "
        "no verdict"
    )
    return Listing("policies", columns, tuple(rows), note)


def _parks(say: _Speaker) -> Listing:
    atlas = say.atlas
    columns = (
        _NUMBER, Column("园区", "Park", 18), Column("级别", "Level", 8), Column("位置", "Place", 16),
        Column("化工园区认定", "Chemical park", 8), Column("成立", "Founded", 9, "date"),
        Column("在产企业（家）", "Firms", 7, "count"), Column("在途项目（个）", "Projects", 7, "count"),
        Column("说明", "Notes", 40), _CONFIDENCE,
    )  # fmt: skip
    active = {maker.id for maker in find_makers(atlas, as_of=say.contents.day)}
    coming = {
        status.project
        for status in say.contents.projects
        if status.milestone in ("signed", "started", "building")
    }
    rows: list[Row] = []
    for id, park in atlas.parks.items():
        known = {True: ("是", "yes"), False: ("否", "no"), None: ("", "")}[park.chemical_park]
        rows.append(
            Row(
                (
                    len(rows) + 1,
                    park.name.text(say.lang),
                    park.level,
                    park.place,
                    known[0] if say.zh else known[1],
                    park.founded,
                    sum(
                        firm.park == id for key, firm in atlas.enterprises.items() if key in active
                    ),
                    sum(
                        project.park == id
                        for key, project in atlas.projects.items()
                        if key in coming
                    ),
                    " ".join((park.note or "").split()),
                    park.confidence,
                ),
                tuple(park.sources),
            )
        )
    return Listing("parks", columns, tuple(rows))


def _chains(say: _Speaker) -> Listing:
    atlas, contents = say.atlas, say.contents
    columns = (
        _NUMBER, Column("产业集群", "Cluster", 12), Column("产业链", "Chain", 12),
        Column("细分链", "Branch", 16), Column("产品", "Products", 5, "count"),
        Column("已有", "Present", 5, "count"), Column("在建", "Building", 5, "count"),
        Column("已签约", "Signed", 5, "count"), Column("没有", "Absent", 5, "count"),
        Column("缺口", "Gaps", 5, "count"), Column("牵头单位", "Team", 14),
    )  # fmt: skip
    rows: list[Row] = []
    for id, chain in atlas.chains.items():
        for branch in chain.branches:
            products = atlas.products_of(branch)
            found = tally(contents.states, products)
            rows.append(
                Row(
                    (
                        len(rows) + 1,
                        atlas.clusters[chain.cluster].name.text(say.lang) if chain.cluster else "",
                        chain.name.text(say.lang),
                        say.branch(branch),
                        found.total,
                        found.present,
                        found.building,
                        found.signed,
                        found.absent,
                        sum(gap.branch == branch for gap in contents.gaps),
                        say.team_of(id),
                    ),
                    tuple(chain.sources),
                )
            )
    return Listing("chains", columns, tuple(rows))


def _opportunities(say: _Speaker) -> Listing:
    survey, plan = say.contents.survey, say.contents.plan
    columns = (
        _NUMBER, _CHAIN, Column("投资方向", "Opportunity", 14), Column("类型", "Kind", 8),
        Column("机会说明", "Why", 34), Column("本地缺多少", "Missing here", 12),
        Column("已有的关键投入", "Inputs here", 18),
        Column("参考投资（亿元）", "Investment (CNY 100m)", 8, "number"),
        Column("可对接企业", "Firms to talk to", 22), Column("牵头单位", "Team", 12), _CONFIDENCE,
    )  # fmt: skip
    firms: dict[str, list[str]] = {}
    for target in plan.targets:
        firms.setdefault(target.product, []).append(target.name.text(say.lang))
    rows: list[Row] = []
    for gap in say.contents.gaps:
        if "fail" in (gap.gates or {}).values() or gap.state != "absent":
            continue
        scene = survey.scene
        critical = scene.critical(scene.likely_routes(gap.product, survey.spare))
        rows.append(
            Row(
                (
                    len(rows) + 1,
                    say.chain(gap.chain),
                    gap.name.text(say.lang),
                    say.kind(gap),
                    gap.why.text(say.lang),
                    say.amount(gap.remaining, gap.unit) if gap.remaining else "",
                    say.products(id for id in critical if id in scene.here),
                    find_use(survey, gap, None).takes.get("money"),
                    say.comma.join(firms.get(gap.product, [])[:3]),
                    say.team_of(gap.chain),
                    gap.confidence,
                ),
                gap.sources,
            )
        )
    return Listing("opportunities", columns, tuple(rows))


def _tasks(say: _Speaker) -> Listing:
    book = lay_out_tasks(say.contents.plan.tasks)
    columns = (
        _NUMBER, Column("产业链", "Chain", 7), Column("招引方向", "Direction", 18),
        *(
            Column(
                "\n".join(column.lines("zh")), "\n".join(column.lines("en")), 6, "count",
                group_zh=column.group("zh"), group_en=column.group("en"),
            )
            for column in book.columns
        ),
        Column("牵头单位", "Team", 10),
    )  # fmt: skip
    rows = tuple(
        Row(
            (
                number,
                say_chain(say.atlas, row.chain, say.lang),
                say_direction(row, say.lang),
                *(row.cell(column, say.lang) for column in book.columns),
                say_team(say.atlas, row.team, say.lang),
            ),
            _sources_of_row(say, row),
        )
        for number, row in enumerate(book.rows, start=1)
    )
    return Listing("tasks", columns, rows, say_goals(book, say.lang))


def _sources_of_row(say: _Speaker, row: BookRow) -> tuple[str, ...]:
    quotas = [say.atlas.quotas[id] for task in row.tasks for id in task.quotas]
    return _unique(*(quota.sources for quota in quotas), _sources_of_direction(say, row.chain))


def _sources_of_direction(say: _Speaker, chain: str | None) -> tuple[str, ...]:
    """The policies by which something of a chain is wanted."""
    atlas = say.atlas
    chain_of = {id: of for of, each in atlas.chains.items() for id in (of, *each.branches)}
    return _unique(
        *(
            policy.sources
            for policy in atlas.policies.values()
            if (policy.date is None or last_day(policy.date) <= say.contents.day)
            and any(
                chain in (None, chain_of.get(atlas.branch_of.get(name, name)))
                for name in policy.names
            )
        )
    )


def _timetable(say: _Speaker) -> Listing:
    columns = (
        _NUMBER, Column("日期", "Day", 6, "date"), Column("事项", "What", 5, "count"),
        Column("对象", "Whom", 12), Column("地点", "Place", 10), Column("为哪些环节", "For", 26),
        Column("第几程", "Trip", 4, "count"), Column("牵头单位", "Team", 13),
    )  # fmt: skip
    cited: dict[str | None, tuple[str, ...]] = {
        target.enterprise: target.sources for target in reversed(say.contents.plan.targets)
    }
    rows = tuple(
        Row(
            (
                number,
                entry.day.isoformat(),
                say.word(f"act_{entry.act}"),
                entry.what.text(say.lang),
                entry.place,
                say.products(entry.products),
                entry.trip,
                say.team(entry.team),
            ),
            cited.get(entry.enterprise, ()),
        )
        for number, entry in enumerate(say.contents.plan.timetable, start=1)
    )
    note = (
        "日期自图谱所问之日起按工作日推算"
        if say.zh
        else "days count working days from the day asked for"
    )
    return Listing("timetable", columns, rows, note)


def _unique(*keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for each in keys for key in each))


_MAKERS: dict[ListKind, Callable[[_Speaker], Listing]] = {
    "enterprises": _enterprises,
    "projects": _projects,
    "gaps": _gaps,
    "targets": _targets,
    "policies": _policies,
    "parks": _parks,
    "chains": _chains,
    "opportunities": _opportunities,
    "pipeline": _pipeline,
    "tasks": _tasks,
    "timetable": _timetable,
}
