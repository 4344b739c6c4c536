"""What questions take, with what each option means and may be, for schemas and messages."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic.json_schema import SkipJsonSchema

from chaingraph._names import find_called
from chaingraph.analysis.gaps import KIND_NAMES, Kind
from chaingraph.analysis.trace import Direction
from chaingraph.analysis.unlock import Cost, Ship
from chaingraph.model import Language, Rule, View
from chaingraph.questions import read_day

LIMIT = 20
"""How many rows are told if nobody says."""

_MONTH, _OF_MONTH = "(0[1-9]|1[0-2])", "(0[1-9]|[12][0-9]|3[01])"
_DAY = f"^((19|20)[0-9]{{2}}(-{_MONTH}(-{_OF_MONTH})?)?|today|今天)$"


@dataclasses.dataclass(frozen=True)
class Chinese:
    """What an option means, told to a Chinese reader; schemas are in English."""

    text: str


def _find_kind(words: Any) -> Any:
    """Return the kind of gap that is called so; what is none stays, to be refused."""
    return next(iter(find_called(words, KIND_NAMES)), words) if isinstance(words, str) else words


_Words = Annotated[str, Field(min_length=1, max_length=200)]

ProductWords = Annotated[
    _Words,
    Field(description="A product: its id, its name in Chinese or English, or an alias."),
    Chinese("产品：编号、中文或英文名称，或别名。"),
]
ProductList = Annotated[
    tuple[_Words, ...],
    Field(max_length=50, description="Only for these products, by id, name or alias."),
    Chinese("只看这些产品，写编号、名称或别名。"),
]
Landings = Annotated[
    tuple[_Words, ...],
    Field(
        min_length=1,
        max_length=20,
        description="What lands: PRODUCT=AMOUNT with the amount a year in the product's unit, "
        "such as anhydrous_hf=50000; PRODUCT=AMOUNT:ROUTE if the route matters; PRODUCT alone if "
        "the amount is not known; or the id or name of a project here.",
    ),
    Chinese(
        "落地什么：“产品=数量”，数量是一年多少、用产品自己的单位，"
        "如 anhydrous_hf=50000；要分工艺路线，写“产品=数量:路线”；数量不详，"
        "只写产品；也可以写本地项目的编号或名称。"
    ),
]
Day = Annotated[
    Annotated[str, Field(pattern=_DAY), AfterValidator(read_day)] | SkipJsonSchema[None],
    Field(
        description="The day, month or year that is meant: 2023-02-15, 2023-02, 2023 or today, "
        "of the years 1900 to 2099; the atlas's own day if not given."
    ),
    Chinese(
        "指哪一天、哪一月或哪一年：2023-02-15、2023-02、2023 或 today（今天），"
        "1900 至 2099 年；"
        "不写就按图谱自己的日期。"
    ),
]
ViewName = Annotated[
    View,
    Field(
        description="What counts as here: what operates (actual), also what is under construction "
        "(building), or also what is signed (plan)."
    ),
    Chinese(
        "什么算本地有：已在产的（actual，实景），加上在建的（building，在建），"
        "或再加上已签约的（plan，计划）。"
    ),
]
RuleName = Annotated[
    Rule | SkipJsonSchema[None],
    Field(
        description="What tells the kinds of gap: what is here (state), the place in the chain "
        "(position), or how mature the branch is (maturity); the atlas's own if not given."
    ),
    Chinese(
        "按什么区分缺口类型：本地有什么（state）、在链上的位置（position），"
        "或细分链的成熟度（maturity）；不写就按图谱自己的规则。"
    ),
]
ChainWords = Annotated[
    _Words | SkipJsonSchema[None],
    Field(description="Only this industry chain, by id or name; see overview."),
    Chinese("只看这条产业链，写编号或名称，见 overview。"),
]
BranchWords = Annotated[
    _Words | SkipJsonSchema[None],
    Field(description="Only this branch of a chain, by id or name; see overview."),
    Chinese("只看这条细分链，写编号或名称，见 overview。"),
]
BranchList = Annotated[
    tuple[_Words, ...],
    Field(max_length=50, description="Only for gaps of these branches, by id or name."),
    Chinese("只看这些细分链的缺口，写编号或名称。"),
]
KindName = Annotated[
    Kind | SkipJsonSchema[None],
    BeforeValidator(_find_kind),
    Field(
        description="Only gaps of this kind: broken 断链 (needed here and absent), weak 弱链 (too "
        "little, too small or from one firm), short 短链 (its inputs are here), void 无链."
    ),
    Chinese(
        "只看这一类缺口：断链 broken（本地要用却没有），"
        "弱链 weak（太少、太小或只靠一家），短链 short（原料本地都有），无链 void。"
    ),
]
ShipName = Annotated[
    Ship | SkipJsonSchema[None],
    Field(
        description="What may come from elsewhere: all that is within reach (reach), of that only "
        "upstream inputs and equipment (upstream), or nothing (none); the first two are both told "
        "if not given."
    ),
    Chinese(
        "什么可以外购：够得着的都可以（reach），"
        "其中只有上游原料和装备可以（upstream），或一样也不外购（none）；"
        "不写就前两种都答。"
    ),
]
GroupShipName = Annotated[
    Ship,
    Field(
        description="What may come from elsewhere: all that is within reach (reach), of that only "
        "upstream inputs and equipment (upstream), or nothing (none)."
    ),
    Chinese(
        "什么可以外购：够得着的都可以（reach），"
        "其中只有上游原料和装备可以（upstream），或一样也不外购（none）。"
    ),
]
CostName = Annotated[
    Cost,
    Field(description="What makes a bundle cheap: few products (steps), or little investment."),
    Chinese("怎样算省：落地的产品少（steps），或投资少（investment）。"),
]
LanguageName = Annotated[
    Language | SkipJsonSchema[None],
    Field(description="The language of names and sentences; the atlas's own if not given."),
    Chinese("名称和句子用哪种语言：中文（zh）或英文（en）；不写就用图谱自己的语言。"),
]
Limit = Annotated[
    int,
    Field(ge=0, le=1_000_000, description="How many rows are told; 0 for all of them."),
    Chinese("给多少行；0 是全部。"),
]
PerGap = Annotated[
    int,
    Field(ge=0, le=1000, description="How many firms for one gap at most; 0 for all."),
    Chinese("一个缺口最多列几家企业；0 是全部。"),
]
Depth = Annotated[
    int,
    Field(ge=0, le=1000, description="How many links to follow; 1000 for all in practice."),
    Chinese("追几环；写 1000 就等于追到底。"),
]
DirectionName = Annotated[
    Direction,
    Field(description="up: what it is made from; down: what it goes into."),
    Chinese("up：用什么做；down：做到哪里去。"),
]
Alternatives = Annotated[
    int, Field(ge=1, le=20, description="How many bundles at most."), Chinese("最多给几组。")
]
SearchWords = Annotated[
    _Words,
    Field(
        description="An id, a name or part of one in Chinese or English, an alias, a code of "
        "GB/T 4754 such as 2614, or pinyin; spelling need not be exact."
    ),
    Chinese(
        "编号、中文或英文名称（写一部分也行）、别名、GB/T 4754 行业代码（如 2614），"
        "或拼音；写得不全对也能找。"
    ),
]
