"""The sheets of the Excel form that an atlas can be written into and read back from.

Each sheet is a table of one kind of entry; each column holds one value of it, named by
its path in the YAML.  What has no column of its own stands in the last sheet, by path, so
that nothing is lost on the way out and back.
"""

from __future__ import annotations

import dataclasses
from typing import Literal, get_args

from chaingraph.bundles import PresetName

Form = Literal["text", "list", "number", "unit", "yes", "date", "choice", "ref", "pairs", "id"]

Step = str | int
"""A key, or the place of a key column among the sheet's."""


DIVIDERS = ";；\n"
"""What divides the items of any list; names may be divided by 、 too, and places by commas."""


@dataclasses.dataclass(frozen=True)
class Column:
    """A column: where its value belongs, and what it is called."""

    path: str
    """Keys below the entry, divided by dots; of a key column only a name."""
    zh: str
    en: str
    form: Form = "text"
    choices: tuple[str, ...] = ()
    """What may stand there, as in the YAML."""
    refs: tuple[str, ...] = ()
    """The sections whose ids or names may stand there."""
    note: tuple[str, str] = ("", "")
    """What to know about it."""
    width: float = 12.0

    def head(self, lang: str) -> str:
        """Return its heading."""
        return self.zh if lang == "zh" else self.en

    @property
    def marks(self) -> str:
        """What divides the items of a list here; a name such as 1,4-丁二醇 may hold a comma."""
        if self.choices or self.refs or self.path == "covers":
            return DIVIDERS + "、，,"
        return DIVIDERS + "、" if self.path in ("aliases", "products") else DIVIDERS


@dataclasses.dataclass(frozen=True)
class Sheet:
    """A sheet: what its rows are, and their columns."""

    name: str
    zh: str
    en: str
    at: tuple[Step, ...]
    """Where an entry stands; a number is the value of that key column."""
    keys: tuple[Column, ...]
    columns: tuple[Column, ...]
    empty: Literal["mapping", "none"] = "mapping"
    """What a row without any value stands for."""

    def title(self, lang: str) -> str:
        """Return its name."""
        return self.zh if lang == "zh" else self.en


CHOICES: dict[str, tuple[str, str]] = {
    "upstream": ("上游", "upstream"), "midstream": ("中游", "midstream"),
    "downstream": ("下游", "downstream"),
    "local": ("本地", "local"), "regional": ("区域", "regional"), "national": ("全国", "national"),
    "material": ("原料", "material"), "energy": ("能源", "energy"), "equipment": ("装备", "equipment"),
    "service": ("服务", "service"),
    "inputs": ("投入", "input"), "byproducts": ("副产", "by-product"),
    "chain_leader": ("链主", "chain leader"), "champion": ("单项冠军", "champion"),
    "little_giant": ("小巨人", "little giant"), "specialised": ("专精特新", "specialised"),
    "high_tech": ("高新技术企业", "high-tech"),
    "expansion": ("扩产", "expansion"), "relocation": ("外迁", "relocation"),
    "new_firm": ("新设企业", "new firm"), "investment": ("对外投资", "investment"),
    "financing": ("融资", "financing"), "contact": ("接洽", "contact"),
    "target": ("目标地区", "target"), "outpost": ("驻点", "outpost"), "visited": ("去过", "visited"),
    "signed": ("签约", "signed"), "started": ("开工", "started"), "operating": ("投产", "operating"),
    "arrived": ("到位", "arrived"), "factory_space": ("入驻标准厂房", "factory space"),
    "state": ("现状", "state"), "position": ("位置", "position"), "maturity": ("成熟度", "maturity"),
    "government": ("政府", "government"), "news": ("新闻", "news"), "company": ("企业", "company"),
    "standard": ("标准", "standard"), "data": ("数据", "data"), "paper": ("论文", "paper"),
    "web": ("网页", "web"), "textbook": ("教科书", "textbook"), "calculation": ("测算", "calculation"),
    "judgement": ("判断", "judgement"),
    "water": ("水", "water"), "land": ("土地", "land"), "certification": ("认定", "certification"),
    "grid": ("电网", "grid"), "ban": ("禁限", "ban"), "quota": ("配额", "quota"),
    "pass": ("通过", "pass"), "fail": ("不通过", "fail"), "unknown": ("不详", "unknown"),
    "four_maps_five_lists": ("四图五清单", "four maps five lists"),
    "five_maps_five_lists": ("五图五清单", "five maps five lists"),
    "six_maps_six_lists": ("六图六清单", "six maps six lists"),
    "four_lists": ("四个清单", "four lists"), "three_lists": ("一图谱三清单", "three lists"),
    "map_and_two_lists": ("一图谱两清单", "map and two lists"),
    "seven_ones": ("七个一", "seven ones"), "nine_ones": ("九个一", "nine ones"),
    "ten_ones": ("十个一", "ten ones"), "four_ones": ("四个一", "four ones"),
    "zh": ("中文", "zh"), "en": ("英文", "en"),
}  # fmt: skip
"""What choices are called in the form; the words of the YAML are understood, too."""


def _c(path: str, zh: str, en: str, form: Form = "text", **more: object) -> Column:
    return Column(path, zh, en, form, **more)  # type: ignore[arg-type]


_ID = _c(
    "id", "编号", "Id", "id", width=16.0,
    note=("小写字母、数字、下划线；空着则由名称的拼音生成", "small letters, digits, _; made from the name if empty"),
)  # fmt: skip
_NAME = (
    _c("name.zh", "名称（中文）", "Name (Chinese)", width=22.0),
    _c("name.en", "名称（英文）", "Name (English)", width=18.0),
)
_ALIASES = _c(
    "aliases", "别名", "Other names", "list", width=16.0,
    note=("多个用分号隔开", "divided by semicolons"),
)  # fmt: skip
_SOURCES = _c(
    "sources", "来源", "Sources", "list", refs=("sources",), width=16.0,
    note=("来源表里的代号，多个用分号隔开", "keys of the sheet of sources, divided by semicolons"),
)  # fmt: skip
_CONFIDENCE = _c(
    "confidence", "可信度", "Confidence", "choice", choices=("H", "M", "L"), width=8.0,
    note=(
        "H 官方或精确，M 一处可信来源，L 量级、旧数或推断",
        "H official or exact, M one credible source, L order of magnitude, old or inferred",
    ),
)  # fmt: skip
_NOTE = _c("note", "说明", "Note", width=36.0)
_ENTRY = (_NOTE, _SOURCES, _CONFIDENCE)
_DATE = ("写成 2023-02-15、2023-02 或 2023", "2023-02-15, 2023-02 or 2023")


def _date(path: str, zh: str, en: str) -> Column:
    return _c(path, zh, en, "date", note=_DATE, width=12.0)


def _figure(path: str, zh: str, en: str, *, unit: bool = True) -> tuple[Column, ...]:
    dot = f"{path}." if path else ""
    value = _c(f"{dot}value", zh, en, "number", width=10.0)
    if not unit:
        return (value,)
    told = ("如 吨、MW、亿元；空着用默认单位", "such as t, MW; the usual unit if empty")
    return (value, _c(f"{dot}unit", f"{zh}：单位", f"{en}: unit", "unit", note=told, width=9.0))


def _evidence(path: str, zh: str, en: str) -> tuple[Column, ...]:
    dot = f"{path}." if path else ""
    return (
        _c(f"{dot}sources", f"{zh}：来源", f"{en}: sources", "list", refs=("sources",), width=14.0),
        _c(
            f"{dot}confidence",
            f"{zh}：可信度",
            f"{en}: confidence",
            "choice",
            choices=("H", "M", "L"),
            width=8.0,
        ),
        _c(f"{dot}note", f"{zh}：说明", f"{en}: note", width=24.0),
    )


_MILESTONES = (
    ("planned", "谋划", "planned"), ("negotiating", "洽谈", "negotiating"), ("signed", "签约", "signed"),
    ("started", "开工", "started"), ("building", "建设", "building"), ("operating", "投产", "operating"),
    ("full", "达产", "full"), ("stopped", "终止", "stopped"),
)  # fmt: skip

_PRODUCT = _c("product", "产品编号", "Product", "ref", refs=("products",), width=20.0)
_TITLES = ("chain_leader", "champion", "little_giant", "specialised", "high_tech")
_SIGNALS = ("expansion", "relocation", "new_firm", "investment", "financing", "contact")


def _firms(name: str, zh: str, en: str, *, local: bool) -> Sheet:
    here = (
        _c("park", "园区", "Park", "ref", refs=("parks",)),
        _c("chain", "产业链", "Chain", "ref", refs=("chains",)),
        _c("partners", "本地伙伴", "Partners here", "list", refs=("enterprises",)),
    )
    return Sheet(
        name, zh, en, (name, 0), (_ID,),
        (
            *_NAME, _ALIASES, *(here if local else here[1:]),
            _c("place", "所在地", "Place", width=16.0),
            _c("province", "省份", "Province"),
            _c("parent", "母公司编号", "Parent", "ref", refs=("enterprises", "candidates")),
            _c("owners", "控股方", "Owners", width=20.0),
            _c("stock_code", "股票代码", "Stock code"),
            _c("titles", "资质", "Titles", "list", choices=_TITLES, note=("链主；单项冠军；小巨人；专精特新；高新技术企业", "")),
            _c("products", "主营产品（原话）", "Products in its own words", "list", width=24.0),
            *_figure("jobs", "用工", "Jobs", unit=False),
            *_figure("investment", "投资（亿元）", "Investment (100m CNY)"),
            *_evidence("investment", "投资", "Investment"),
            *_ENTRY,
        ),
    )  # fmt: skip


def _made(name: str, section: str, zh: str, en: str) -> Sheet:
    return Sheet(
        name, zh, en, (section, 0, "makes", 1),
        (_c("firm", "企业编号", "Firm", "ref", refs=(section,), width=20.0), _PRODUCT),
        (
            *_figure("capacity", "产能", "Capacity"), _date("capacity.date", "产能：日期", "Capacity: date"),
            *_evidence("capacity", "产能", "Capacity"),
            _date("since", "投产", "Since"), _date("until", "停产", "Until"),
            _date("seen", "见报", "Seen"), _c("route", "工艺路线", "Route"), *_ENTRY,
        ),
    )  # fmt: skip


def _signalled(name: str, section: str, zh: str, en: str) -> Sheet:
    return Sheet(
        name, zh, en, (section, 0, "signals", -1),
        (_c("firm", "企业编号", "Firm", "ref", refs=(section,), width=20.0),),
        (
            _c("kind", "动向", "Kind", "choice", choices=_SIGNALS), _date("date", "日期", "Date"),
            _c("place", "去向", "Place"), *_ENTRY,
        ),
    )  # fmt: skip


SHEETS: tuple[Sheet, ...] = (
    Sheet("clusters", "产业集群", "Clusters", ("clusters", 0), (_ID,), (*_NAME, _ALIASES, *_ENTRY)),
    Sheet(
        "chains", "产业链", "Chains", ("chains", 0), (_ID,),
        (
            *_NAME, _ALIASES, _c("cluster", "所属集群", "Cluster", "ref", refs=("clusters",)),
            _c("branches", "细分链", "Branches", "list", refs=("branches",), width=24.0), *_ENTRY,
        ),
    ),
    Sheet("branches", "细分链", "Branches", ("branches", 0), (_ID,), (*_NAME, _ALIASES, *_ENTRY)),
    Sheet(
        "products", "产品", "Products", ("products", 0), (_ID,),
        (
            _c("branch", "所属细分链", "Branch", "ref", refs=("branches",), width=14.0), *_NAME, _ALIASES,
            _c("stage", "环节", "Stage", "choice", choices=("upstream", "midstream", "downstream"), width=8.0),
            _c("unit", "单位", "Unit", "unit", note=("年产能的单位：吨、MW、台套…", "of capacity a year: t, MW, set …"), width=8.0),
            _c("reach", "运输半径", "Reach", "choice", choices=("local", "regional", "national"), width=9.0),
            _c("pool", "公用网络", "Pool", "yes", note=("电网、氢管网这类没有单一生产者的", "a grid, a pipe"), width=9.0),
            *_figure("technology", "技术难度（0–1）", "Technology (0-1)", unit=False),
            *_evidence("technology", "技术难度", "Technology"),
            *_figure("min_scale", "最小规模", "Smallest plant"), *_evidence("min_scale", "最小规模", "Smallest plant"),
            _c("codes", "分类代码", "Codes", "pairs", note=("如 gbt4754=2614", "such as gbt4754=2614")),
            *_ENTRY,
        ),
    ),
    Sheet(
        "routes", "工艺路线", "Routes", ("products", 0, "routes", 1),
        (_PRODUCT, _c("id", "路线编号", "Route", "id", width=14.0)),
        (*_NAME, _NOTE),
    ),
    Sheet(
        "flows", "投入与副产", "Inputs and by-products", ("flows",),
        (
            _PRODUCT, _c("route", "路线编号", "Route", note=("只有一条路线的可空着", "empty if there is only one")),
            _c("side", "投入或副产", "Input or by-product", "choice", choices=("inputs", "byproducts")),
            _c("other", "投入品编号", "Other product", "ref", refs=("products",), width=20.0),
        ),
        (
            _c("per.value", "单耗", "Per", "number", note=("每单位产品用多少", "units of it per unit made")),
            _c("unit", "单耗单位", "Unit", "unit", note=("如 kWh/吨；空着用两个产品的单位", "such as kWh/t")),
            _c("kind", "类别", "Kind", "choice", choices=("material", "energy", "equipment", "service")),
            _c("critical", "关键", "Critical", "yes", width=7.0), _c("minor", "次要", "Minor", "yes", width=7.0),
            *_evidence("per", "单耗", "Per"), *_ENTRY,
        ),
    ),
    _firms("enterprises", "本地企业", "Enterprises", local=True),
    _made("makes", "enterprises", "本地企业产品", "What enterprises make"),
    Sheet(
        "projects", "项目", "Projects", ("projects", 0), (_ID,),
        (
            *_NAME, _ALIASES,
            _c("enterprise", "建设单位编号", "Enterprise", "ref", refs=("enterprises", "candidates"), width=18.0),
            _c("chain", "产业链", "Chain", "ref", refs=("chains",)), _c("park", "园区", "Park", "ref", refs=("parks",)),
            _c("place", "地点", "Place"),
            *(_date(f"milestones.{key}", zh, en.capitalize()) for key, zh, en in _MILESTONES),
            *_figure("investment", "总投资（亿元）", "Investment (100m CNY)"),
            _date("investment.date", "总投资：日期", "Investment: date"), *_evidence("investment", "总投资", "Investment"),
            *_figure("arrived", "到位（亿元）", "Arrived (100m CNY)"),
            _date("arrived.date", "到位：日期", "Arrived: date"), *_evidence("arrived", "到位", "Arrived"),
            *_figure("factory_space", "入驻标准厂房（万㎡）", "Factory space (10k m²)"),
            _date("factory_space.date", "入驻标准厂房：日期", "Factory space: date"),
            *_evidence("factory_space", "入驻标准厂房", "Factory space"),
            *_figure("jobs", "用工", "Jobs", unit=False), _date("updated", "最近进展", "Updated"),
            _c("overlaps", "与哪些项目重叠", "Overlaps", "list", refs=("projects",)), *_ENTRY,
        ),
    ),
    Sheet(
        "capacity", "项目产能", "What projects will make", ("projects", 0, "capacity", 1),
        (_c("project", "项目编号", "Project", "ref", refs=("projects",), width=20.0), _PRODUCT),
        (
            *_figure("", "产能", "Capacity"), _date("date", "日期", "Date"), *_ENTRY,
        ),
        "none",
    ),
    Sheet(
        "parks", "园区", "Parks", ("parks", 0), (_ID,),
        (
            *_NAME, _ALIASES, _c("place", "位置", "Place", width=16.0), _c("level", "级别", "Level"),
            _c("chemical_park", "化工园区", "Chemical park", "yes"), _date("founded", "成立", "Founded"),
            _c("part_of", "上级园区", "Part of", "ref", refs=("parks",)), *_ENTRY,
        ),
    ),
    Sheet(
        "limits", "约束", "Limits", ("limits", 0), (_ID,),
        (
            *_NAME, _ALIASES,
            _c("kind", "类别", "Kind", "choice", choices=("water", "energy", "land", "certification", "grid")),
            *_figure("amount", "数量", "Amount"), _date("amount.date", "数量：日期", "Amount: date"),
            *_evidence("amount", "数量", "Amount"),
            _c("parks", "园区", "Parks", "list", refs=("parks",)), *_ENTRY,
        ),
    ),
    Sheet(
        "gates", "门槛", "Gates", ("gates", 0), (_ID,),
        (
            *_NAME, _ALIASES,
            _c("kind", "类别", "Kind", "choice", choices=("water", "energy", "land", "certification", "ban", "quota")),
            _c("products", "适用产品", "Products", "list", refs=("products",), width=20.0),
            _c("branches", "适用细分链", "Branches", "list", refs=("branches",)),
            _c("consumes", "消耗什么", "Consumes", "ref", refs=("products",)),
            *_figure("available", "可用量", "Available"), *_evidence("available", "可用量", "Available"),
            _c("needs_chemical_park", "须进化工园区", "Needs a chemical park", "yes"),
            _c("verdict", "结论", "Verdict", "choice", choices=("pass", "fail", "unknown")),
            _date("since", "自", "Since"), *_ENTRY,
        ),
    ),
    Sheet(
        "teams", "专班", "Teams", ("teams", 0), (_ID,),
        (*_NAME, _ALIASES, _c("chain", "产业链", "Chain", "ref", refs=("chains",)), _c("lead", "牵头单位", "Lead"), *_ENTRY),
    ),
    Sheet(
        "regions", "招商地区", "Regions", ("regions", 0), (_ID,),
        (
            *_NAME, _ALIASES, _c("kind", "类别", "Kind", "choice", choices=("target", "outpost", "visited")),
            _c("covers", "包括省市", "Covers", "list", width=24.0), _date("date", "日期", "Date"), *_ENTRY,
        ),
    ),
    Sheet(
        "policies", "政策", "Policies", ("policies", 0), (_ID,),
        (
            *_NAME, _ALIASES, _date("date", "日期", "Date"), _c("issuer", "发布单位", "Issuer"),
            _c("names", "点名方向", "Names", "list", refs=("products", "branches", "chains"), width=24.0),
            _c("clauses", "条文", "Clauses", "list", width=40.0), *_ENTRY,
        ),
    ),
    Sheet(
        "quotas", "任务目标", "Quotas", ("quotas", 0), (_ID,),
        (
            *_NAME, _ALIASES, _c("chain", "产业链", "Chain", "ref", refs=("chains",)),
            _c("team", "专班", "Team", "ref", refs=("teams",)),
            _c("measure", "考核什么", "Measure", "choice", choices=("signed", "started", "operating", "arrived", "factory_space")),
            *_figure("goal", "目标", "Goal"), _date("since", "起", "Since"), _date("until", "止", "Until"), *_ENTRY,
        ),
    ),
    Sheet(
        "neighbours", "周边地区", "Neighbours", ("neighbours", 0), (_ID,),
        (
            *_NAME, _ALIASES, _c("makes", "生产", "Makes", "list", refs=("products",), width=24.0),
            _c("chases", "在争什么", "Chases", "list", refs=("products", "branches"), width=24.0),
            _date("date", "日期", "Date"), *_ENTRY,
        ),
    ),
    _firms("candidates", "外地候选企业", "Candidates", local=False),
    _made("candidate_makes", "candidates", "候选企业产品", "What candidates make"),
    _signalled("candidate_signals", "candidates", "候选企业动向", "Candidates on the move"),
    Sheet(
        "figures", "其他指标", "Other figures", ("figures",),
        (
            _c("owner", "属于", "Of", note=("place（本地）、parks/编号、projects/编号、products/编号", "place, parks/id, projects/id or products/id"), width=24.0),
            _c("key", "指标", "Figure", "id", width=20.0),
        ),
        (*_figure("", "数值", "Value"), _date("date", "日期", "Date"), *_ENTRY),
    ),
    Sheet(
        "years", "年度数据", "Years", ("years", 0, 1),
        (_c("year", "年份", "Year", width=8.0), _c("key", "指标", "Figure", "id", width=20.0)),
        (*_figure("", "数值", "Value"), _date("date", "日期", "Date"), *_ENTRY),
    ),
    Sheet(
        "sources", "来源", "Sources", ("sources", 0),
        (_c("key", "代号", "Key", "id", note=("字母、数字、下划线", "letters, digits, _"), width=18.0),),
        (
            _c("title", "标题", "Title", width=36.0), _c("publisher", "发布者", "Publisher", width=16.0),
            _date("date", "日期", "Date"), _c("url", "网址", "Address", "list", width=30.0),
            _c("kind", "类别", "Kind", "choice", choices=(
                "government", "news", "company", "standard", "data", "paper", "web", "textbook",
                "calculation", "judgement",
            )),
            _CONFIDENCE, _NOTE,
        ),
    ),
)  # fmt: skip
"""The sheets with a row for each entry, in the order of the workbook."""

SETTINGS = ("settings", "设置", "Settings")
REST = ("rest", "其余", "The rest")
GUIDE = ("guide", "说明", "Guide")
"""The sheets that are no tables of entries: name, Chinese, English."""

SETTING_ROWS: tuple[Column, ...] = (
    _c("atlas.id", "图谱编号", "Atlas: id", "id"), _c("atlas.name.zh", "图谱名称（中文）", "Atlas: name (Chinese)"),
    _c("atlas.name.en", "图谱名称（英文）", "Atlas: name (English)"), _c("atlas.note", "图谱说明", "Atlas: note"),
    _c("atlas.sources", "图谱来源", "Atlas: sources", "list", refs=("sources",)),
    _c("atlas.confidence", "图谱可信度", "Atlas: confidence", "choice", choices=("H", "M", "L")),
    _c("place.name.zh", "地名（中文）", "Place (Chinese)"), _c("place.name.en", "地名（英文）", "Place (English)"),
    _c("place.note", "地方说明", "Place: note"),
    _c("place.sources", "地方来源", "Place: sources", "list", refs=("sources",)),
    _c("place.confidence", "地方可信度", "Place: confidence", "choice", choices=("H", "M", "L")),
    _c("language", "语言", "Language", "choice", choices=("zh", "en")),
    _date("as_of", "截至日期", "As of"),
    _c("rule", "缺口判定规则", "Rule for gaps", "choice", choices=("state", "position", "maturity")),
    *(
        _c(f"weights.{key}", f"缺口权重：{zh}", f"Weight: {en}", "number")
        for key, zh, en in (
            ("relatedness", "关联度", "relatedness"), ("pull", "带动作用", "pull"),
            ("technology", "核心技术", "technology"), ("demand", "本地需求", "demand"),
            ("readiness", "落地条件", "readiness"), ("strategy", "战略导向", "strategy"),
            ("crowding", "同质竞争", "crowding"),
        )
    ),
    *(
        _c(f"target_weights.{key}", f"企业权重：{zh}", f"Target weight: {en}", "number")
        for key, zh, en in (
            ("fit", "产品匹配", "fit"), ("leadership", "龙头地位", "leadership"),
            ("capacity", "产能规模", "capacity"), ("region", "目标区域", "region"),
            ("ties", "本地联系", "ties"), ("signal", "外迁扩产动向", "signal"),
        )
    ),
    _date("plan.start", "计划起始日", "Plan: start"),
    *(
        _c(f"plan.{key}", f"计划：{zh}", f"Plan: {en}", "number")
        for key, zh, en in (
            ("trips", "每专班程数", "trips a team"), ("visits", "每程家数", "visits a trip"),
            ("radius", "一程半径（公里）", "radius [km]"), ("every", "两程间隔（工作日）", "days between trips"),
            ("talks", "拜访后几日洽谈", "days to talks"), ("signing", "拜访后几日签约", "days to signing"),
        )
    ),
    _c(
        "bundle.preset", "图和清单组合", "Bundle", "choice",
        choices=get_args(PresetName),
    ),
)  # fmt: skip
"""The settings, one a row."""
