"""Which maps and lists a place hands in (X图X清单), as configuration.

Cities name and order them differently; the presets are those that could be read in
full in public reports, and the usual core for the one whose items were never published.
An item without a `kind` is part of the name but nothing that an atlas can fill: it is
listed as to be supplied by hand.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from chaingraph.figures import Entity, Name, SourceKey, Text

MapKind = Literal[
    "panorama", "present", "gaps", "plan", "tree", "applications", "places", "route"
]  # fmt: skip
"""The whole chain, what is here, what is missing, what is coming, the tree of branches,
the uses, where firms stand, and whom to visit."""

ListKind = Literal[
    "enterprises", "projects", "gaps", "targets", "policies", "parks", "chains",
    "opportunities", "pipeline", "tasks", "timetable",
]  # fmt: skip

PresetName = Literal[
    "four_maps_five_lists", "five_maps_five_lists", "six_maps_six_lists", "four_lists",
    "three_lists", "map_and_two_lists", "seven_ones", "nine_ones", "ten_ones", "four_ones",
]  # fmt: skip


class MapItem(Entity):
    """One map of the bundle."""

    name: Name
    """What it is called here."""
    kind: MapKind | None = None
    """Which map it is; none if it is supplied by hand."""


class ListItem(Entity):
    """One list of the bundle."""

    name: Name
    """What it is called here."""
    kind: ListKind | None = None
    """Which list it is; none if it is supplied by hand."""


class Bundle(Entity):
    """The maps and lists that are handed in together."""

    name: Name
    """What all of it is called, such as 四图五清单."""
    maps: list[MapItem] = []
    """The maps, in their order."""
    lists: list[ListItem] = []
    """The lists, in their order."""
    sources: list[SourceKey] = []
    """Where it is laid down."""


class BundleSettings(Entity):
    """A preset, or a bundle of the place's own."""

    preset: PresetName | None = None
    """One of the presets; four maps and five lists if nothing else is said."""
    name: Name | None = None
    """What all of it is called; the preset's name if left out."""
    maps: list[MapItem] | None = None
    """The maps in their order; the preset's if left out."""
    lists: list[ListItem] | None = None
    """The lists in their order; the preset's if left out."""

    @model_validator(mode="after")
    def _own_name(self) -> Self:
        if self.preset is None and self.name is None and (self.maps or self.lists):
            raise ValueError("bundle_name")
        return self


def _maps(*items: tuple[str, str, MapKind | None]) -> list[MapItem]:
    return [MapItem(name=Text(zh=zh, en=en), kind=kind) for zh, en, kind in items]


def _lists(*items: tuple[str, str, ListKind | None]) -> list[ListItem]:
    return [ListItem(name=Text(zh=zh, en=en), kind=kind) for zh, en, kind in items]


_ROUTE: tuple[str, str, MapKind] = ("招商路线图", "Route map", "route")
_ENTERPRISES: tuple[str, str, ListKind] = ("重点企业清单", "Key enterprises", "enterprises")
_PROJECTS: tuple[str, str, ListKind] = ("重点项目清单", "Key projects", "projects")
_PARKS: tuple[str, str, ListKind] = ("重点园区清单", "Key parks", "parks")
_POLICIES: tuple[str, str, ListKind] = ("政策清单", "Policies", "policies")
_PLATFORMS: tuple[str, str, None] = ("共性技术平台", "Shared technology platforms", None)
_RECRUITERS: tuple[str, str, None] = ("专业招商队伍", "Investment promotion staff", None)
_COUNSELLORS: tuple[str, str, None] = ("指导专员", "Counsellors", None)
_TARGETS: tuple[str, str, ListKind] = ("目标企业清单", "Target enterprises", "targets")

PRESETS: dict[PresetName, Bundle] = {
    # Named by Yumen's industrial park (Xinhua, 2025-11-18) without its nine items: the core
    # that all bundles with known items share.
    "four_maps_five_lists": Bundle(
        name=Text(zh="四图五清单", en="Four maps and five lists"),
        maps=_maps(
            ("产业链全景图", "Panorama of the chains", "panorama"),
            ("产业链现状图", "What is here", "present"),
            ("产业链缺口图", "What is missing", "gaps"),
            _ROUTE,
        ),
        lists=_lists(
            _ENTERPRISES, _PROJECTS, ("短板缺口清单", "Gaps", "gaps"), _TARGETS, _POLICIES
        ),
    ),
    # Miluo, Hunan, 2024, https://m-xhncloud.voc.com.cn/portal/news/show?id=10517895
    "five_maps_five_lists": Bundle(
        name=Text(zh="五图五清单", en="Five maps and five lists"),
        maps=_maps(
            ("产业链图", "Map of the chains", "panorama"),
            ("技术线路图", "Technology roadmap", None),
            ("应用领域图", "Fields of use", "applications"),
            ("区域分布图", "Where firms stand", "places"),
            ("招商线路图", "Route map", "route"),
        ),
        lists=_lists(
            ("企业清单", "Enterprises", "enterprises"),
            ("项目清单", "Projects", "projects"),
            ("集群清单", "Clusters", "chains"),
            ("问题清单", "Problems", "gaps"),
            _POLICIES,
        ),
    ),
    # A city of Henan, http://bid.caigoupt.com/info-260521215.html
    "six_maps_six_lists": Bundle(
        name=Text(zh="六图六清单", en="Six maps and six lists"),
        maps=_maps(
            ("产业链树状图", "Tree of the chains", "tree"),
            ("产业链现状全景图", "What is here", "present"),
            ("产业未来趋势图", "Trends", None),
            ("产业发展路径图", "What is coming", "plan"),
            ("技术创新图", "Innovation", None),
            _ROUTE,
        ),
        lists=_lists(
            ("重点事项清单", "Key tasks", "tasks"),
            _PARKS,
            _ENTERPRISES,
            _PROJECTS,
            ("重点创新平台清单", "Innovation platforms", None),
            ("重点短板需求清单", "Needs", "gaps"),
        ),
    ),
    # Henan, 2020, http://m.jiangsulong.com/a/2020/1104/01524196.html
    "four_lists": Bundle(
        name=Text(zh="四个清单", en="Four lists"),
        lists=_lists(("重点事项清单", "Key tasks", "tasks"), _PARKS, _ENTERPRISES, _PROJECTS),
    ),
    # Wuwei, Gansu, 2023, http://cppjump.com/?XHWbN=gbEy2.html
    "three_lists": Bundle(
        name=Text(zh="一图谱三清单", en="A map and three lists"),
        maps=_maps(("产业链图谱", "Map of the chains", "gaps")),
        lists=_lists(
            ("年度招商引资重点项目清单", "Projects of the year", "pipeline"),
            ("投资机会清单", "Investment opportunities", "opportunities"),
            ("重点产业链目标企业清单", "Target enterprises", "targets"),
        ),
    ),
    # Yumen's plan of 2023, http://gansu.gscn.com.cn/system/2023/04/07/012938263.shtml
    "map_and_two_lists": Bundle(
        name=Text(zh="投资机会清单、产业链招商图谱、招商引资政策清单", en="A map and two lists"),
        maps=_maps(("产业链招商图谱", "Map of the chains", "gaps")),
        lists=_lists(
            ("投资机会清单", "Investment opportunities", "opportunities"),
            ("招商引资政策清单", "Policies", "policies"),
        ),
    ),
    # Lanzhou, Gansu, 2023, http://m.dfzdm.com/html/1644/2023-03-10/content-418106.html
    "seven_ones": Bundle(
        name=Text(zh="七个一", en="Seven ones"),
        lists=_lists(
            ("牵头部门", "Chains and who answers for them", "chains"),
            ("支持政策", "Policies", "policies"),
            ("龙头企业", "Leading enterprises", "enterprises"),
            _PLATFORMS,
            _RECRUITERS,
            _COUNSELLORS,
            ("年度工作计划", "Plan of the year", "tasks"),
        ),
    ),
    # Zhejiang, 2019, https://baike.tt44.com/news/1_720435.html
    "nine_ones": Bundle(
        name=Text(zh="九个一", en="Nine ones"),
        lists=_lists(
            ("发展规划", "Development plan", None),
            ("支持政策", "Policies", "policies"),
            ("空间平台", "Parks", "parks"),
            ("龙头培育", "Leading enterprises", "enterprises"),
            _PLATFORMS,
            _RECRUITERS,
            _COUNSELLORS,
            ("分工责任机制", "Chains and who answers for them", "chains"),
            ("年度计划", "Plan of the year", "tasks"),
        ),
    ),
    # Wenzhou, 2022, http://news.cri.cn/n/20220610/de24ffe4-574b-e8a8-b48f-a768c8e14c19.html
    "ten_ones": Bundle(
        name=Text(zh="十个一", en="Ten ones"),
        maps=_maps(
            ("分布图", "Where firms stand", "places"),
            ("全景图", "Panorama of the chains", "panorama"),
            ("招商图", "Route map", "route"),
        ),
        lists=_lists(
            ("链长", "Chains and who answers for them", "chains"),
            ("链办", "Chain offices", None),
            ("链主和配套企业", "Key enterprises", "enterprises"),
            ("政策", "Policies", "policies"),
            ("补链延链强链项目", "Projects", "projects"),
            ("空间", "Parks", "parks"),
            ("平台", "Platforms", None),
            ("招商专班", "Tasks of the teams", "tasks"),
            ("协会", "Associations", None),
        ),
    ),
    # Xiaoxian, Anhui, 2022, http://epaper.ahwang.cn/xawb/20220507/html/page_05_content_003.htm
    "four_ones": Bundle(
        name=Text(zh="四个一", en="Four ones"),
        lists=_lists(
            ("县领导", "County leaders", None),
            ("专班", "Chains and who answers for them", "chains"),
            ("产业招商指南", "Guide for investors", "opportunities"),
            ("招商队伍", "Investment promotion staff", None),
        ),
    ),
}


def resolve_bundle(settings: BundleSettings) -> Bundle:
    """
    Return the bundle that an atlas asks for.

    Parameters
    ----------
    settings
        The atlas's.

    Returns
    -------
    bundle
        The preset, with what the atlas names instead; a bundle of the atlas's own has
        only the maps and lists that it names.

    Examples
    --------
    >>> [item.kind for item in resolve_bundle(BundleSettings()).maps]
    ['panorama', 'present', 'gaps', 'route']
    """
    is_own = (
        settings.preset is None
        and settings.name is not None
        and (settings.maps is not None or settings.lists is not None)
    )
    base = PRESETS[settings.preset or "four_maps_five_lists"]
    if is_own:
        base = base.model_copy(update={"maps": [], "lists": []})
    given = {
        name: value
        for name in ("name", "maps", "lists")
        if (value := getattr(settings, name)) is not None
    }
    return base.model_copy(update=given)
