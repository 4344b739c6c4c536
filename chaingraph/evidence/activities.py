"""What firms do, in the words of business scopes: activities, and what they speak of."""

from __future__ import annotations

import dataclasses
import re
from typing import Literal

Role = Literal["make", "sell", "service"]
"""Producing or operating it; trading it; research, technical or other services around it."""
ROLES: tuple[Role, ...] = ("make", "sell", "service")

MAKE = frozenset(
    "生产 制造 制作 制备 制取 加工 深加工 精加工 初加工 冶炼 熔炼 开采 采选 采掘 采矿 挖掘 洗选 "
    "浮选 精选 破碎 研制 试制 种植 栽培 养殖 饲养 放养 繁育 繁殖 培育 酿造 组装 装配 总装 合成 "
    "育苗 烘干 炒制 提炼 提取 提纯 精炼 炼制 裂解 焙烧 煅烧 锻造 铸造 屠宰 分割 产销 自产 建设 建造 运营 营运 "
    "发电 供热 生产经营 加工经营 拉制 织造 印染 纺丝 充装 灌装 综合利用".split()
)
"""Activities by which a firm has the product itself."""

SELL = frozenset(
    "销售 批发 零售 购销 经销 经营 贸易 进出口 进口 出口 代销 收购 采购 批零 调拨 出售 营销 直销 供销 "
    "供应 供给 买卖 佣金代理 展销 代购 储存经营 批发兼零售 批发零售 分销 外销 内销 包销 专卖 特许经营".split()
)
"""Activities by which it trades the product."""

SERVE = frozenset(
    "研发 研究 研究开发 开发 设计 咨询 推广 转让 维修 修理 维护 保养 检修 安装 调试 检测 检验 测试 "
    "租赁 出租 施工 监理 服务 技术服务 技术咨询 技术转让 技术推广 技术开发 技术研究 技术研发 规划 "
    "培训 承包 勘察 评估 回收 投资 策划 代办 代理 集成 改造 改装 技术引进 认证 清洗 拆除 "
    "运维 承接 监测 试验 管理 装卸 储存 贮存 存储 仓储 运输 配送 包装 充电".split()
)
"""Activities around the product."""

ROLE_OF: dict[str, Role] = {
    **dict.fromkeys(SERVE, "service"),
    **dict.fromkeys(SELL, "sell"),
    **dict.fromkeys(MAKE, "make"),
}

PROCESSING = frozenset(
    "加工 深加工 精加工 初加工 洗选 浮选 精选 破碎 分割 屠宰 提取 综合利用".split()
)
"""What is done with ores, coal and crops after somebody has dug or grown them."""

HANDLING = frozenset("装卸 储存 贮存 存储 仓储 运输 配送 包装 回收".split())
"""What is done with goods of others; it tells nothing of the goods."""

OPENING = SELL | frozenset(
    "生产 制造 制作 加工 开采 种植 养殖 研发 开发 研究 研制 设计 建设 运营 冶炼 承接 研究开发 组装".split()
)
"""Activities that may stand before a list without a colon."""

DEVELOPING = frozenset(
    "开发 投资 建设 经营 管理 服务 代理 供应 仓储 储存 运输 装卸 收购 承接".split()
)
"""Of a service, these are running it."""

AMID_VERBS = re.compile("[、和及与或兼并的以后等/]*(?:产品)?")
"""What may stand between activities that belong together."""

AROUND = ("技术", "工艺", "咨询", "设计")
"""Behind an activity these make it what a service is about."""

NEAR = 12
"""Characters that are looked at on either side of an activity."""

BEHIND = re.compile(r"[、,:;*/]|和|及|与|或|并|的?业务|服务|项目|等|活动|$")
"""What follows an activity that stands behind what it speaks of."""

NOUN_OF = re.compile(r"资料|设备|机械|工具|技术|工艺|线|用|者|基地|服务|咨询|性|的")
"""With these an activity is the beginning of a noun, such as 生产资料."""


@dataclasses.dataclass(slots=True)
class Group:
    """Activities that stand together, such as 研发、生产、销售."""

    at: int
    end: int
    verbs: list[str]
    ats: list[int]
    """Where each begins."""
    before: bool = False
    """Whether they stand before what they speak of."""
    opens: bool = False
    """Whether an item begins with them."""


def group_activities(clause: str, verbs: list[tuple[str, int, int]]) -> list[Group]:
    """
    Put activities that stand together into groups, and tell on which side they govern.

    In 国际贸易、转口贸易、仓储 the last is a business of its own: there are no goods to store.
    """
    groups: list[Group] = []
    for word, at, end in verbs:
        last = groups[-1] if groups else None
        between = clause[last.end : at] if last else ""
        own = word == "仓储" and last is not None and last.verbs == ["贸易"]
        if last and not own and len(between) <= 3 and AMID_VERBS.fullmatch(between):
            if not between and word.startswith(AROUND) and last.verbs[-1] in MAKE:
                last.verbs.pop()  # 生产技术咨询 is advice on how it is produced
            last.verbs.append(word)
            last.ats.append(at)
            last.end = end
        else:
            groups.append(Group(at, end, [word], [at], opens=_opens(clause, at)))
    return [group for group in _join_over_commas(groups, clause) if _acts(group, clause)]


def _opens(clause: str, at: int) -> bool:
    """Whether an item of a clause begins here."""
    left = clause[max(0, at - NEAR) : at].rstrip(" ")
    return not left or left[-1] in "、,;:*" or left.endswith(("从事", "以及"))


def _join_over_commas(groups: list[Group], clause: str) -> list[Group]:
    """Join the activities of 硅油的研发,生产,销售 and of 生产,销售硅油; not 研发,销售甲醇."""
    joined: list[Group] = []
    for group in groups:
        last = joined[-1] if joined else None
        if last and clause[last.end : group.at] == "," and _goes_on(last, group, clause):
            last.verbs += group.verbs
            last.ats += group.ats
            last.end = group.end
        else:
            joined.append(group)
    return joined


def _goes_on(last: Group, group: Group, clause: str) -> bool:
    """Whether activities behind a comma speak of the same as those before it."""
    right = clause[group.end : group.end + NEAR]
    if HANDLING.issuperset(group.verbs) or NOUN_OF.match(right):
        return False
    has_object = right.startswith(":") or not BEHIND.match(right)
    return last.opens if has_object else True


def _acts(group: Group, clause: str) -> bool:
    """Tell whether words are an activity, and on which side of it stands what it speaks of."""
    right = clause[group.end : group.end + NEAR]
    if right.startswith(":"):
        group.before = True
        return True
    if group.opens and re.fullmatch(r"[、,*.]*(?:业务|服务|等)*[、,*.]*", right):
        return True
    if group.opens and group.verbs[-1] in OPENING and not NOUN_OF.match(right):
        group.before = True
        return True
    return bool(BEHIND.match(right))


def find_governing(at: int, end: int, groups: list[Group], clause: str) -> Group | None:
    """Find the activities that speak of a product: behind it, or at the head of its list."""
    after = next((group for group in groups if group.at >= end and not group.before), None)
    heads = [group for group in groups if group.before and group.end <= at]
    head = heads[-1] if heads else None
    if after is not None and head is not None:
        between = clause[end : after.at]
        other = any(end <= group.at < after.at for group in groups)
        near = "," not in between and not other
        return after if near and "、" not in between else head
    return after or head


def stand_together(at: int, end: int, group: Group, clause: str) -> bool:
    """Tell whether no comma stands between a product and activities."""
    return "," not in clause[end : group.at] + clause[group.end : at]
