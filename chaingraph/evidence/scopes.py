"""Reading a business scope (经营范围): which products it names, and what the firm does with them.

A scope is a list of items with what is done with them: ``石脑油、沥青生产、销售；普通货运``. Chinese
names have their head at the end, so that an item is a product when the product's name ends
it: 工业硫酸 is sulphuric acid, 硫酸甲酯 and 硫酸泵 are not. Activities stand before a list
(``销售：甲醇、汽油``) or after it (``甲醇、汽油的销售``). This module is that small grammar; the words
of products come from a `Lexicon`.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Literal

from chaingraph.errors import MissingExtraError
from chaingraph.evidence.lexicon import Lexicon, Sense
from chaingraph.evidence.writing import fold

Role = Literal["make", "sell", "service"]
"""Producing or operating it; trading it; research, technical or other services around it."""
ROLES: tuple[Role, ...] = ("make", "sell", "service")

MAKE = frozenset(
    "生产 制造 制作 制备 制取 加工 深加工 精加工 初加工 冶炼 熔炼 开采 采选 采掘 采矿 挖掘 洗选 "
    "浮选 精选 破碎 研制 试制 种植 栽培 养殖 饲养 放养 繁育 繁殖 培育 酿造 组装 装配 总装 合成 "
    "提炼 提取 提纯 精炼 炼制 裂解 焙烧 煅烧 锻造 铸造 屠宰 分割 产销 自产 建设 建造 运营 营运 "
    "发电 供应 供给 供热 生产经营 加工经营 拉制 织造 印染 纺丝 充装 灌装 综合利用".split()
)
"""Activities by which a firm has the product itself."""

SELL = frozenset(
    "销售 批发 零售 购销 经销 经营 贸易 进出口 进口 出口 代销 收购 采购 批零 调拨 出售 营销 直销 供销 "
    "买卖 佣金代理 展销 代购 储存经营 批发兼零售 批发零售 分销 外销 内销 包销 专卖 特许经营".split()
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

HANDLING = frozenset("装卸 储存 贮存 存储 仓储 运输 配送 包装 回收 储存经营".split())
"""What is done with goods of others; it tells nothing of the goods."""

OPENING = SELL | frozenset(
    "生产 制造 制作 加工 开采 种植 养殖 研发 开发 研究 研制 设计 建设 运营 冶炼 承接 研究开发 组装".split()
)
"""Activities that may stand before a list without a colon."""

DEVELOPING = frozenset(
    "开发 投资 建设 经营 管理 服务 代理 供应 仓储 储存 运输 装卸 收购 承接".split()
)
"""Of a service, these are running it."""

EXCLUDED = re.compile(
    r"不含|不包括|不包含|不得|除外|除.+外|^无|不带|不涉及|禁止|仅限|^限|以上|依法|凭|有效期|"
    r"许可证|批准|另行申|专控|暂停"
)
"""What stands in brackets is left out when it says what is not done, or under which licence."""

NOT_THIS = re.compile(
    r"(?:不含|不包括|不包含|不得经营|不得从事)[^;,]*"
    r"|除(?![尘草锈湿油渣焦垢氧臭雪虫盐硫磷氮杂铁菌冰])[^;]{1,60}?(?:之外|以外|除外|外)"
    r"|[^;,:、]*(?:除外|以外)"
)
"""What is not done, outside brackets."""

HEADING = re.compile(
    r"(?:许可|一般|前置许可|后置许可)?(?:经营)?(?:项目|范围)(?:是|为)?[:,]|"
    r"^\W*(?:从事|主要从事|主要|主营|兼营|专营|专业|专门从事|本公司|本企业|本厂)"
)

BRACKET = re.compile(r"\(([^()]*)\)")
JOINS = re.compile(r"以及|[、,和及与或兼并]")
"""What separates the items of a list."""

PLAIN_TAIL = re.compile(
    r"(?:系列|产品|制成品|副产品|成品|商品|物资|业务|等|类|的|其|各种|相关|[0-9.%~<>=≤≥\-]|"
    r"含量|浓度|罐装|袋装|瓶装|散装|带?有|不带有?|无)*"
)
"""What may follow a product's name without making it another thing."""

SERVICE_TAIL = re.compile(
    r"(?:系列|产品|业务|服务|项目|经营|运营|活动|中心|基地|区|站|场|厂|企业|公司|行业|产业|等|类|的|"
    r"相关|配套|综合|开发|一体化)*"
)
"""The same of a service."""

TECHNICAL_TAIL = re.compile(
    r"(?:系列|产品|项目|发电|电站)?(?:的)?(?:生产|制造|加工|应用)?(?:相关|有关)?"
    r"(?:技术|工艺|工程|方面|领域|设计|系统)(?:的|内的|内|等)*(?:相关|有关)?(?:技术|工程|项目|系统)?(?:的)?"
)
"""Behind it the product is what a service is about."""

NOT_BEFORE = re.compile(r"(?:废旧?|报废|旧|非|不|仿|假|防|代|替代|退役|淘汰)$")
"""Before a product's name this makes it another thing."""

CHEMICAL = frozenset(
    "甲乙丙丁戊己庚辛壬癸苯酚萘蒽氟氯溴碘硅硫磷氮氧氢碳硼钠钾钙镁铝铁铜锌锰铬镍钴锂钡银锡铅钛锆"
    "亚次过偏焦对邻间异仲叔环聚羟氨硝酰基酮酯醚醛烯烷炔腈胺酐酸醇化代合双二三四五六七八九十-"
)
"""A chemical name that goes on to the left with one of these is another compound."""

_CHEMICAL_DIVISIONS = frozenset({"25", "26", "27", "28", "39", "32", "10", "30"})
_SERVICE_DIVISION = 44
_RAW_DIVISIONS = range(1, 13)


@dataclasses.dataclass(frozen=True, slots=True)
class Match:
    """A product that a scope names."""

    product: str
    """Its id."""
    words: str
    """The words by which the scope names it."""
    role: Role
    """What the firm does with it."""
    strength: float
    """How plainly the scope says so, in (0, 1]."""


@dataclasses.dataclass(slots=True)
class _Hit:
    """A product's name in a clause."""

    at: int
    end: int
    sense: Sense
    word: str
    tail: str = ""
    technical: bool = False
    exact: bool = False


@dataclasses.dataclass(slots=True)
class _Group:
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


class ScopeReader:
    """
    Reads scopes with one lexicon.

    Holds an automaton that is built at first use and does not travel between processes:
    the lexicon does.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

    def __getstate__(self) -> Lexicon:
        return self.lexicon

    def __setstate__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

    @cached_property
    def _words(self) -> list[str]:
        return sorted({*self.lexicon.senses, *self.lexicon.unlike, *ROLE_OF})

    @cached_property
    def _automaton(self) -> Any:
        try:
            from ahocorasick_rs import AhoCorasick, MatchKind
        except ImportError as error:
            raise MissingExtraError("evidence", "ahocorasick-rs") from error
        return AhoCorasick(self._words, matchkind=MatchKind.LeftmostLongest)

    @cached_property
    def names(self) -> list[str]:
        """The terms of the lexicon: a text that holds none of them names no product."""
        return sorted(self.lexicon.senses)

    def read(self, scope: str) -> list[Match]:
        """
        Return the products that a scope names, each once.

        Parameters
        ----------
        scope
            The text, as registered.

        Returns
        -------
        matches
            In the order in which they are first named; of what is named twice the stronger
            role (make before sell before service).
        """
        return self.read_folded(fold(scope))

    def read_folded(self, text: str) -> list[Match]:
        """Do as `read` with a text that `fold` has written already."""
        best: dict[str, Match] = {}
        for match in self._read(text):
            known = best.get(match.product)
            if known is None or _rank(match) < _rank(known):
                best[match.product] = match
        return list(best.values())

    def _read(self, text: str) -> Iterator[Match]:
        """Read sentence by sentence: a clause without activities takes those of its neighbours."""
        for sentence in text.split("。"):
            waiting: list[_Hit] = []
            carried: list[str] = []
            for clause in _split(sentence):
                hits, groups = self._tokens(clause)
                first = next((group for group in groups if not group.before), None)
                heads = [group for group in groups if group.before]
                if not groups and not carried:
                    waiting += hits
                    continue
                if first is not None and not heads:
                    yield from self._judge_all(waiting, first.verbs)
                else:
                    yield from self._judge_all(waiting, [])
                waiting = []
                for hit in hits:
                    group = _governing(hit, groups, clause)
                    yield from self._judge_all([hit], group.verbs if group else carried)
                if groups:
                    colon = [group for group in heads if clause[group.end : group.end + 1] == ":"]
                    carried = colon[-1].verbs if colon and first is None else []
            yield from self._judge_all(waiting, [])

    def _judge_all(self, hits: list[_Hit], verbs: list[str]) -> Iterator[Match]:
        for hit in hits:
            for product, when in hit.sense:
                match = _judge(hit, product, when, verbs, self.lexicon.division.get(product))
                if match is not None:
                    yield match

    def _tokens(self, clause: str) -> tuple[list[_Hit], list[_Group]]:
        """Find the products and activities of a clause."""
        words, senses = self._words, self.lexicon.senses
        found = [
            (words[index], at, end)
            for index, at, end in self._automaton.find_matches_as_indexes(clause)
        ]
        groups = _group(clause, [each for each in found if each[0] in ROLE_OF])
        acting = {
            at for group in groups if len(group.verbs) > 1 or not group.opens for at in group.ats
        }
        stops = [group.at for group in groups]
        hits = []
        for word, at, end in found:
            if word not in senses or at in acting:
                continue
            hit = _Hit(at, end, senses[word], word)
            if self._stands(hit, clause, [stop for stop in stops if stop != at]):
                hits.append(hit)
        return hits, groups

    def _stands(self, hit: _Hit, clause: str, stops: Sequence[int]) -> bool:
        """Tell whether a name found is a name, and not a part of another."""
        left = clause[max(0, hit.at - 4) : hit.at]
        if NOT_BEFORE.search(left) or _cuts_word(clause, hit.at) or _cuts_word(clause, hit.end):
            return False
        if len(hit.word) == 1 and left and not _is_edge(left):
            return False
        division = self.lexicon.division.get(hit.sense[0][0], "")
        chemical = division in _CHEMICAL_DIVISIONS or not division
        if chemical and left and left[-1] in CHEMICAL and (left[-1] != "-" or hit.word[0] > "z"):
            return False
        stop = min((stop for stop in stops if stop >= hit.end), default=len(clause))
        hit.tail = _until_join(clause[hit.end : stop])
        service = division.isdigit() and int(division) >= _SERVICE_DIVISION
        hit.exact = not hit.tail and (not left or not JOINS.sub("", left[-1:]).strip(":*"))
        if (SERVICE_TAIL if service else PLAIN_TAIL).fullmatch(hit.tail):
            return True
        if TECHNICAL_TAIL.fullmatch(hit.tail):
            hit.technical = True
            return True
        return False


def _is_edge(left: str) -> bool:
    """Whether an item begins behind this text."""
    return left[-1] in "、,:* 及和与或" or left.endswith(tuple(ROLE_OF))


def _cuts_word(text: str, at: int) -> bool:
    """Whether a place in a text lies within a word of Latin letters."""
    return (
        0 < at < len(text) and text[at - 1 : at + 1].isascii() and text[at - 1 : at + 1].isalpha()
    )


def _rank(match: Match) -> tuple[int, float]:
    return ROLES.index(match.role), -match.strength


def _until_join(text: str) -> str:
    """What stands before the next item."""
    found = JOINS.search(text)
    return re.split("[:*\\s]", text[: found.start()] if found else text, maxsplit=1)[0]


# ----------------------------------------------------------------- clauses


def _split(text: str) -> Iterator[str]:
    """Split a scope into clauses, without what is excluded; brackets become items."""
    text = _open_brackets(text)
    text = NOT_THIS.sub("", text)
    for part in text.split(";"):
        if clause := HEADING.sub("", part).strip(" ,:、.*"):
            yield clause


def _open_brackets(text: str) -> str:
    """Turn brackets into items of the list they stand in, innermost first."""
    if text.count("(") != text.count(")"):
        text = re.sub(r"\((?=[^()]*(?:;|$))", ";", text)
    for _ in range(4):
        if "(" not in text:
            break
        text = BRACKET.sub(_open_bracket, text)
    return text.replace("(", ";").replace(")", ";")


def _open_bracket(found: re.Match[str]) -> str:
    inside = found[1]
    if not inside or EXCLUDED.search(inside):
        return ""
    rest = found.string[found.end() : found.end() + 8]
    follows = not rest or rest[0] in ";,、:)和及与等的*" or rest.startswith(tuple(ROLE_OF))
    if not follows:
        return ""
    before = found.string[max(0, found.start() - 5) : found.start()]
    governs = before.endswith(tuple(ROLE_OF)) and not any(verb in inside for verb in ROLE_OF)
    items = inside.replace(";", "、").replace(",", "、")
    return f":{items};" if governs else f"、{items}、" if _has_more(inside) else f"、{items}"


def _has_more(inside: str) -> bool:
    return "、" in inside


AMID_VERBS = re.compile("[、,和及与或兼并的以后等/]*")
"""What may stand between activities that belong together."""


def _group(clause: str, verbs: list[tuple[str, int, int]]) -> list[_Group]:
    """Put activities that stand together into groups, and tell on which side they govern."""
    groups: list[_Group] = []
    for word, at, end in verbs:
        last = groups[-1] if groups else None
        between = clause[last.end : at] if last else ""
        if last and len(between) <= 3 and AMID_VERBS.fullmatch(between):
            last.verbs.append(word)
            last.ats.append(at)
            last.end = end
        else:
            groups.append(_Group(at, end, [word], [at]))
    return [group for group in groups if _acts(group, clause)]


def _acts(group: _Group, clause: str) -> bool:
    """Tell whether words are an activity, and on which side of it stands what it speaks of."""
    left, right = clause[: group.at].rstrip(" "), clause[group.end :]
    group.opens = not left or left[-1] in "、,;:*" or left.endswith(("从事", "以及"))
    if right.startswith(":"):
        group.before = True
        return True
    if group.opens and re.fullmatch(r"[、,*.]*(?:业务|服务|等)*[、,*.]*", right):
        return True
    if group.opens and group.verbs[-1] in OPENING and not NOUN_OF.match(right):
        group.before = True
        return True
    return bool(BEHIND.match(right))


BEHIND = re.compile(r"[、,:;*]|和|及|与|或|并|的?业务|服务|项目|等|活动|企业|$")
"""What follows an activity that stands behind what it speaks of."""

NOUN_OF = re.compile(r"资料|设备|机械|工具|技术|工艺|线|用|者|基地|服务|咨询|性|的")
"""With these an activity is the beginning of a noun, such as 生产资料."""


def _governing(hit: _Hit, groups: list[_Group], clause: str) -> _Group | None:
    """Find the activities that speak of a product: behind it, or at the head of its list."""
    after = next((group for group in groups if group.at >= hit.end and not group.before), None)
    heads = [group for group in groups if group.before and group.end <= hit.at]
    head = heads[-1] if heads else None
    if after is not None and head is not None:
        between = clause[hit.end : after.at]
        other = any(hit.end <= group.at < after.at for group in groups)
        near = "," not in between and not other
        return after if near and "、" not in between else head
    return after or head


def _judge(
    hit: _Hit, product: str, when: frozenset[str], verbs: list[str], division: str | None
) -> Match | None:
    """Tell the role and how plainly it is said."""
    if when and not when.intersection(verbs):
        return None
    strength = 1.0 if hit.exact else 0.8
    number = int(division) if division and division.isdigit() else 0
    known = list(verbs)
    own = next((verb for verb in ROLE_OF if hit.word.endswith(verb) and hit.word != verb), None)
    if number >= _SERVICE_DIVISION:
        role: Role = "make"
        serving = known and all(
            ROLE_OF[verb] == "service"
            and (verb not in DEVELOPING or (number == 44 and verb == "开发"))
            for verb in known
        )
        if hit.technical or serving:
            role = "service"
        return Match(product, hit.word, role, strength)
    if hit.technical:
        return Match(product, hit.word, "service", 0.6)
    if own:
        known.append(own)
    if known and HANDLING.issuperset(known):
        return Match(product, hit.word, "make", strength) if when else None
    if not known:
        return Match(product, hit.word, "sell", round(strength * 0.75, 2))
    if number in _RAW_DIVISIONS and not when:
        rest = [verb for verb in known if verb not in PROCESSING]
        if not rest:
            return None
        known = rest
    roles = {ROLE_OF[verb] for verb in known}
    role = next(role for role in ROLES if role in roles)
    return Match(product, hit.word, role, strength)
