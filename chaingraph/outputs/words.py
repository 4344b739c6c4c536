"""The words that people read, in Chinese and English."""

from __future__ import annotations

from chaingraph.units import UNIT_NAMES

WORDS: dict[str, tuple[str, str]] = {
    # states
    "present": ("已有", "present"),
    "building": ("在建", "building"),
    "signed": ("已签约", "signed"),
    "absent": ("没有", "absent"),
    # kinds of gap, by the state of the chain
    "broken": ("断链", "broken"),
    "weak": ("弱链", "weak"),
    "short": ("短链", "short"),
    "void": ("无链", "void"),
    # the same kinds, by what to do about them
    "do_broken": ("补链", "fill"),
    "do_weak": ("强链", "strengthen"),
    "do_short": ("延链", "extend"),
    "do_void": ("建链", "build"),
    "fill": ("补链", "fill"),
    "strengthen": ("强链", "strengthen"),
    "extend": ("延链", "extend"),
    "build": ("建链", "build"),
    "upgrade": ("升链", "upgrade"),
    # the same kinds as letters, for badges
    "tag_broken": ("断", "B"),
    "tag_weak": ("弱", "W"),
    "tag_short": ("短", "S"),
    "tag_void": ("无", "V"),
    # components of a score
    "relatedness": ("关联度", "relatedness"),
    "pull": ("带动作用", "pull"),
    "technology": ("核心技术", "technology"),
    "demand": ("本地需求", "demand"),
    "readiness": ("落地条件", "readiness"),
    "strategy": ("战略导向", "strategy"),
    "crowding": ("同质竞争", "crowding"),
    # what a gate says
    "pass": ("通过", "pass"),
    "fail": ("不通过", "fail"),
    "unknown": ("不详", "unknown"),
    # how a bundle has its products
    "to_here": ("已有", "here"),
    "to_shipped": ("外购", "shipped in"),
    "to_landed": ("要落地", "to land"),
    "to_byproduct": ("副产带来", "comes as a by-product"),
    "to_pool": ("自然形成", "comes of itself"),
    "to_resource": ("要先有，图谱没有登记怎么来", "must be there: no route is known"),
    "ship_reach": (
        "最少要落地（够得着的外购）",
        "The least to land (inputs within reach are bought)",
    ),
    "ship_upstream": (
        "中下游都在本地做（只外购上游原料和装备）",
        "The chain made here (only upstream inputs and equipment are bought)",
    ),
    "ship_none": ("一样也不外购", "Nothing bought from elsewhere"),
    # limits of a portfolio
    "resource_number": ("个数", "number"),
    "resource_money": ("投资（亿元）", "money (CNY 100m)"),
    "resource_water": ("用水（m³/年）", "water (m³ a year)"),
    "resource_energy": ("能耗（吨标煤/年）", "energy (tce a year)"),
    "resource_land": ("用地（亩）", "land (mu)"),
    "cluster_of": ("{name}集群", "{name} cluster"),
    # stages
    "upstream": ("上游", "upstream"),
    "midstream": ("中游", "midstream"),
    "downstream": ("下游", "downstream"),
    # kinds of link
    "material": ("原料", "material"),
    "energy": ("能源", "energy"),
    "equipment": ("装备", "equipment"),
    "service": ("服务", "service"),
    "byproduct": ("副产", "by-product"),
    # views
    "view_actual": ("实景", "actual"),
    "view_building": ("实景加在建", "actual and building"),
    "view_plan": ("计划", "plan"),
    # milestones
    "planned": ("谋划", "planned"),
    "negotiating": ("洽谈", "negotiating"),
    "milestone_signed": ("签约", "signed"),
    "started": ("开工", "started"),
    "milestone_building": ("建设", "under construction"),
    "operating": ("投产", "operating"),
    "full": ("达产", "at full capacity"),
    "stopped": ("终止", "stopped"),
    # components of a target's score
    "fit": ("产品匹配", "fit"),
    "leadership": ("龙头地位", "leadership"),
    "capacity": ("产能规模", "capacity"),
    "region": ("目标区域", "region"),
    "ties": ("本地联系", "ties here"),
    "signal": ("外迁扩产动向", "on the move"),
    # titles of a firm
    "listed": ("上市", "listed"),
    "chain_leader": ("链主", "chain leader"),
    "champion": ("单项冠军", "champion"),
    "little_giant": ("专精特新“小巨人”", "little giant"),
    "specialised": ("专精特新", "specialised"),
    "high_tech": ("高新技术企业", "high-tech"),
    # how a firm is approached
    "referral": ("以商招商", "through firms here"),
    "outpost": ("驻点", "outpost"),
    "visit": ("上门", "visit"),
    "agent": ("委托", "agent"),
    # lines of a time table
    "act_visit": ("上门拜访", "visit"),
    "act_talks": ("进入洽谈", "talks"),
    "act_signing": ("争取签约", "signing"),
    "act_quota": ("任务到期", "quota ends"),
    # how long a project has stood still
    "colour_green": ("绿", "green"),
    "colour_yellow": ("黄", "yellow"),
    "colour_red": ("红", "red"),
    "colour_out": ("出库", "out"),
    # what a firm does with a product
    "role_make": ("制造经营", "makes"),
    "role_sell": ("销售", "sells"),
    "role_service": ("服务", "serves"),
    # rankings and measures of a back-test
    "ranking_model": ("模型", "model"),
    "ranking_random": ("随机", "random"),
    "ranking_degree": ("多样性×普遍性", "diversity × ubiquity"),
    "ranking_density": ("关联密度", "density"),
    "ranking_similarity": ("相似产业", "item similarity"),
    "measure_roc_auc": ("ROC-AUC", "ROC-AUC"),
    "measure_auc_pr": ("AUC-PR", "AUC-PR"),
    "measure_lift": ("提升倍数", "lift"),
    "measure_precision_at_10": ("各地前 10 命中", "precision@10"),
    "measure_precision_at_100": ("前 100 命中", "precision@100"),
    "measure_brier": ("Brier", "Brier"),
    # columns of what other data say
    "column_product": ("产品编号", "product"),
    "column_product_name": ("产品", "product"),
    "column_words": ("原文", "words"),
    "column_role": ("角色", "role"),
    "column_strength": ("强度", "strength"),
    "column_firms": ("企业数", "firms"),
    "column_since": ("自", "since"),
    "column_name": ("企业", "firm"),
    "column_founded": ("成立", "founded"),
    "column_capital": ("注册资本", "capital"),
    "column_status": ("状态", "status"),
    "column_place": ("地方", "place"),
    "column_activity": ("产业", "activity"),
    "column_rank": ("#", "#"),
    "column_probability": ("可能性", "probability"),
    "column_low": ("慢年份", "slow years"),
    "column_high": ("快年份", "fast years"),
    "column_why": ("为什么", "why"),
    "column_lq": ("区位商", "LQ"),
    "column_present": ("专长", "speciality"),
    "column_density": ("关联密度", "density"),
    "column_distance": ("距离", "distance"),
    "column_cog": ("前景增益", "COG"),
    "column_diversity": ("多样性", "diversity"),
    "column_ubiquity": ("普遍性", "ubiquity"),
    "column_eci": ("ECI", "ECI"),
    "column_pci": ("PCI", "PCI"),
    "column_coi": ("COI", "COI"),
    "column_fitness": ("适合度", "fitness"),
    "column_complexity": ("复杂度", "complexity"),
    # confidence
    "H": ("高", "high"),
    "M": ("中", "medium"),
    "L": ("低", "low"),
    # classifications
    "gbt4754": ("GB/T 4754", "GB/T 4754"),
    # units
    **UNIT_NAMES,
}


def word(key: str, lang: str) -> str:
    """Return the word for a key, or the key itself where there is none."""
    zh, en = WORDS.get(key, (key, key))
    return zh if lang == "zh" else en


def say_number(value: float) -> str:
    """
    Say a number as the workbook shows it, so that it can be found again there and in the atlas.

    Examples
    --------
    >>> [say_number(value) for value in (196.25, 410.0, 12345.67)]
    ['196.25', '410', '12,345.7']
    """
    said = f"{value:,.{1 if abs(value) >= 1000 else 4}f}"
    return said.rstrip("0").rstrip(".")


def number_word(count: int, one: str, many: str) -> str:
    """
    Return the English word for one thing or for several.

    Examples
    --------
    >>> f"1 {number_word(1, 'branch', 'branches')}"
    '1 branch'
    """
    return one if count == 1 else many


def column_name(column: str, lang: str) -> str:
    """Return what a column is called in a heading; a column of the reader's own keeps its name."""
    key = f"column_{column}"
    return word(key, lang) if key in WORDS else column


def milestone_word(milestone: str, lang: str) -> str:
    """Return the word for a milestone; two of them are called as states are, too."""
    named = f"milestone_{milestone}"
    return word(named if milestone in ("signed", "building") else milestone, lang)


STEMS = (
    "aldehyde", "benzene", "butyl", "carbon", "chlor", "crystal", "cyclo", "elastomer", "ether",
    "ethyl", "fluor", "methyl", "olefin", "phenyl", "phosph", "propyl", "sacchar", "silan",
    "silicon", "silox", "styren", "tetra", "trichlor", "vinyl",
)  # fmt: skip
"""Before these a chemist would divide a name."""
