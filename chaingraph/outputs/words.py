"""The words that people read, in Chinese and English."""

from __future__ import annotations

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
    # confidence
    "H": ("高", "high"),
    "M": ("中", "medium"),
    "L": ("低", "low"),
    # units
    "set": ("台套", "sets"),
    "piece": ("件", "pieces"),
    "count": ("个", ""),
    "mu": ("亩", "mu"),
    "100m_CNY": ("亿元", "CNY 100m"),
    "CNY": ("元", "CNY"),
    "m2": ("m²", "m²"),
    "km2": ("km²", "km²"),
    "m3": ("m³", "m³"),
}


def word(key: str, lang: str) -> str:
    """Return the word for a key, or the key itself where there is none."""
    zh, en = WORDS.get(key, (key, key))
    return zh if lang == "zh" else en
