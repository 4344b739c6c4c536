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
from functools import cache, cached_property
from operator import itemgetter
from typing import Any

from chaingraph.errors import MissingExtraError
from chaingraph.evidence.activities import (
    DEVELOPING,
    HANDLING,
    PROCESSING,
    ROLE_OF,
    ROLES,
    SELL,
    Group,
    Role,
    find_governing,
    group_activities,
    stand_together,
)
from chaingraph.evidence.clauses import JOINS, split_scope
from chaingraph.evidence.lexicon import Lexicon, Sense
from chaingraph.evidence.writing import fold

LONGEST_TAIL = 40
"""Characters behind a name that may belong to it."""

PLAIN_TAIL = re.compile(
    r"(?:系列|产品|制成品|副产品|成品|商品|物资|业务|等|类|的|其|各种|相关|[0-9.%~<>=≤≥\-]|"
    r"含量|浓度|罐装|袋装|瓶装|散装|不?带|有|无|粉末|颗粒|水?溶液|储存|存储|仓储|设施)*"
    r"(?:等.{1,8}?(?:产品|商品|制品|材料|原料|物资|作物|植物|品种|货物|用品|化学品|系列)的?)?"
)
"""What may follow a product's name without making it another thing."""

SERVICE_TAIL = re.compile(
    r"(?:系列|产品|业务|服务|项目|经营|运营|活动|中心|基地|区|站|场|厂|企业|公司|行业|产业|业|等|类|的|"
    r"相关|配套|综合|开发|一体化)*"
)
"""The same of a service."""

TECHNICAL_TAIL = re.compile(
    r"(?:系列|产品|项目|发电|电站)?(?:的)?(?:生产|制造|加工|应用)?(?:相关|有关)?"
    r"(?:技术|工艺|工程|方面|领域|设计|系统)[的内等]*(?:相关|有关)?(?:专业|技术|工程|项目|系统)?(?:的)?"
)
"""Behind it the product is what a service is about."""

NOT_BEFORE = re.compile(r"(?:含有?|废旧?|报废|旧|非|不|仿|假|防|代|替代|退役|淘汰)$")
"""Before a product's name this makes it another thing."""

CHEMICAL = frozenset(
    "甲乙丙丁戊己庚辛壬癸苯酚萘蒽氟氯溴碘硅硫磷氮氧氢碳硼钠钾钙镁铝铁铜锌锰铬镍钴锂钡银锡铅钛锆"
    "亚次过偏焦对邻间异仲叔环聚羟氨硝酰基酮酯醚醛烯烷炔腈胺酐酸醇化代合双二三四五六七八九十-"
)
"""A chemical name that goes on to the left with one of these is another compound."""

_CHEMICAL_DIVISIONS = frozenset({"25", "26", "27", "28", "39", "32", "10", "30"})
_SERVICE_DIVISION = 44


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
class Hit:
    """A product's name in a clause."""

    at: int
    end: int
    sense: Sense
    word: str
    tail: str = ""
    technical: bool = False
    exact: bool = False
    near: bool = False
    """Whether what is done with it is said in the same breath, without a comma."""


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
            waiting: list[Hit] = []
            carried: list[str] = []
            for clause in split_scope(sentence):
                hits, groups = self._tokens(clause)
                first = next((group for group in groups if not group.before), None)
                heads = [group for group in groups if group.before]
                if not groups and not carried:
                    waiting += hits
                    continue
                yield from self._judge_all(waiting, first.verbs if first and not heads else [])
                waiting = []
                for hit in hits:
                    group = find_governing(hit.at, hit.end, groups, clause)
                    hit.near = group is not None and stand_together(hit.at, hit.end, group, clause)
                    yield from self._judge_all([hit], group.verbs if group else carried)
                if groups:
                    colon = [group for group in heads if clause[group.end : group.end + 1] == ":"]
                    carried = colon[-1].verbs if colon and first is None else []
            yield from self._judge_all(waiting, [])

    def _judge_all(self, hits: list[Hit], verbs: list[str]) -> Iterator[Match]:
        for hit in hits:
            for product, when in hit.sense:
                match = _judge(hit, product, when, verbs, self.lexicon)
                if match is not None:
                    yield match

    def _tokens(self, clause: str) -> tuple[list[Hit], list[Group]]:
        """Find the products and activities of a clause."""
        words, senses = self._words, self.lexicon.senses
        found = [
            (words[index], at, end)
            for index, at, end in self._automaton.find_matches_as_indexes(clause)
        ]
        verbs = [each for each in found if each[0] in ROLE_OF]
        verbs += _headings(found, clause)
        groups = group_activities(clause, sorted(verbs, key=itemgetter(1)))
        acting = {at for group in groups if not _stand_alone(group) for at in group.ats}
        stops = [group.at for group in groups]
        hits = []
        for word, at, end in found:
            if word not in senses or at in acting:
                continue
            hit = Hit(at, end, senses[word], word)
            if self._stands(hit, clause, stops):
                hits.append(hit)
        return hits, groups

    def _stands(self, hit: Hit, clause: str, stops: Sequence[int]) -> bool:
        """Tell whether a name found is a name, and not a part of another."""
        left = clause[max(0, hit.at - 4) : hit.at]
        if NOT_BEFORE.search(left) or _cuts_word(clause, hit.at) or _cuts_word(clause, hit.end):
            return False
        if len(hit.word) == 1 and left and not _is_edge(left):
            return False
        division = self.lexicon.division.get(hit.sense[0][0], "")
        chemical = division in _CHEMICAL_DIVISIONS or not division
        if chemical and _goes_on_left(left, hit.word):
            return False
        stop = min((stop for stop in stops if stop >= hit.end), default=len(clause))
        hit.tail = _until_join(clause[hit.end : min(stop, hit.end + LONGEST_TAIL)])
        service = self.lexicon.number(hit.sense[0][0]) >= _SERVICE_DIVISION
        hit.exact = not hit.tail.strip("的等") and (not left or _is_edge(left))
        tail = hit.tail.removeprefix("树脂") if hit.word.isascii() else hit.tail
        if (SERVICE_TAIL if service else PLAIN_TAIL).fullmatch(tail):
            return True
        if TECHNICAL_TAIL.fullmatch(hit.tail):
            hit.technical = True
            return True
        return False


def _headings(found: Sequence[tuple[str, int, int]], clause: str) -> Iterator[tuple[str, int, int]]:
    """Names that say of a list what is done with it: 危险货物运输:汽油、柴油."""
    for word, _, end in found:
        verb = next((verb for verb in HANDLING if word != verb and word.endswith(verb)), None)
        if verb is not None and clause[end : end + 1] == ":":
            yield verb, end - len(verb), end


def _stand_alone(group: Group) -> bool:
    """Whether activities stand without anything that they speak of, as 仓储 does in 货运,仓储."""
    alone = HANDLING.issuperset(group.verbs) or len(group.verbs) == 1
    return group.opens and alone and not group.before


def _goes_on_left(left: str, word: str) -> bool:
    """Whether a chemical name goes on to the left; 石化, 裂化 and 循环 are no parts of one."""
    if not left or left[-1] not in CHEMICAL or left.endswith("循环"):
        return False
    if left[-1] == "化":
        return left[-2:-1] in CHEMICAL
    return left[-1] != "-" or word[0] > "z"


def _is_edge(left: str) -> bool:
    """Whether an item begins behind this text."""
    return left[-1] in "、,:*/ 及和与或" or left.endswith(tuple(ROLE_OF))


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


def _judge(
    hit: Hit, product: str, when: frozenset[str], verbs: list[str], lexicon: Lexicon
) -> Match | None:
    """Tell the role and how plainly it is said."""
    if when:
        meant = [verb for verb in verbs if verb in when]
        if not meant and (verbs or not when & SELL):
            return None
        verbs = meant
    strength = 1.0 if hit.exact else 0.8
    number = lexicon.number(product)
    if number >= _SERVICE_DIVISION:
        return Match(product, hit.word, _role_in_service(hit, verbs, number), strength)
    if hit.technical:
        return Match(product, hit.word, "service", 0.6)
    own = _verbs_in(hit.word)
    if own and not hit.near:
        verbs = []
    if not verbs and not own:
        return Match(product, hit.word, "sell", round(strength * 0.75, 2))
    if HANDLING.issuperset([*verbs, *own]):
        return Match(product, hit.word, "make", strength) if when else None
    if product in lexicon.raw and not when:
        verbs = [verb for verb in verbs if verb not in PROCESSING]
    roles = {ROLE_OF[verb] for verb in [*verbs, *own]}
    role = next((role for role in ROLES if role in roles), None)
    return Match(product, hit.word, role, strength) if role else None


def _role_in_service(hit: Hit, verbs: list[str], division: int) -> Role:
    """Who names a service runs it, unless only something around it is done."""
    running = DEVELOPING - {"开发"} if division == _SERVICE_DIVISION else DEVELOPING
    around = all(ROLE_OF[verb] == "service" and verb not in running for verb in verbs)
    return "service" if hit.technical or (hit.near and around) else "make"


@cache
def _verbs_in(word: str) -> tuple[str, ...]:
    """What a name says by itself is done, as 啤酒生产 and 生产啤酒 do."""
    return tuple(
        verb for verb in ROLE_OF if word != verb and (word.startswith(verb) or word.endswith(verb))
    )
