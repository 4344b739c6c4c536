"""What questions take, with what each option means and may be, for schemas and messages."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic.json_schema import SkipJsonSchema

from chaingraph.analysis.gaps import Kind
from chaingraph.analysis.trace import Direction
from chaingraph.analysis.unlock import Cost, Ship
from chaingraph.model import Language, Rule, View
from chaingraph.questions import read_day

LIMIT = 20
"""How many rows are told if nobody says."""

_MONTH, _OF_MONTH = "(0[1-9]|1[0-2])", "(0[1-9]|[12][0-9]|3[01])"
_DAY = f"^((19|20)[0-9]{{2}}(-{_MONTH}(-{_OF_MONTH})?)?|today|今天)$"

_Words = Annotated[str, Field(min_length=1, max_length=200)]

ProductWords = Annotated[
    _Words, Field(description="A product: its id, its name in Chinese or English, or an alias.")
]
ProductList = Annotated[
    tuple[_Words, ...],
    Field(max_length=50, description="Only for these products, by id, name or alias."),
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
]
Day = Annotated[
    Annotated[str, Field(pattern=_DAY), AfterValidator(read_day)] | SkipJsonSchema[None],
    Field(
        description="The day, month or year that is meant: 2023-02-15, 2023-02, 2023 or today; "
        "the atlas's own day if not given."
    ),
]
ViewName = Annotated[
    View,
    Field(
        description="What counts as here: what operates (actual), also what is under construction "
        "(building), or also what is signed (plan)."
    ),
]
RuleName = Annotated[
    Rule | SkipJsonSchema[None],
    Field(
        description="What tells the kinds of gap: what is here (state), the place in the chain "
        "(position), or how mature the branch is (maturity); the atlas's own if not given."
    ),
]
ChainWords = Annotated[
    _Words | SkipJsonSchema[None],
    Field(description="Only this industry chain, by id or name; see overview."),
]
BranchWords = Annotated[
    _Words | SkipJsonSchema[None],
    Field(description="Only this branch of a chain, by id or name; see overview."),
]
BranchList = Annotated[
    tuple[_Words, ...],
    Field(max_length=50, description="Only for gaps of these branches, by id or name."),
]
KindName = Annotated[
    Kind | SkipJsonSchema[None],
    Field(
        description="Only gaps of this kind: broken 断链 (needed here and absent), weak 弱链 (too "
        "little, too small or from one firm), short 短链 (its inputs are here), void 无链."
    ),
]
ShipName = Annotated[
    Ship | SkipJsonSchema[None],
    Field(
        description="What may come from elsewhere: all that is within reach (reach), of that only "
        "upstream inputs and equipment (upstream), or nothing (none); the first two are both told "
        "if not given."
    ),
]
GroupShipName = Annotated[
    Ship,
    Field(
        description="What may come from elsewhere: all that is within reach (reach), of that only "
        "upstream inputs and equipment (upstream), or nothing (none)."
    ),
]
CostName = Annotated[
    Cost,
    Field(description="What makes a bundle cheap: few products (steps), or little investment."),
]
LanguageName = Annotated[
    Language | SkipJsonSchema[None],
    Field(description="The language of names and sentences; the atlas's own if not given."),
]
Limit = Annotated[
    int, Field(ge=0, le=1_000_000, description="How many rows are told; 0 for all of them.")
]
PerGap = Annotated[
    int, Field(ge=0, le=1000, description="How many firms for one gap at most; 0 for all.")
]
Depth = Annotated[
    int, Field(ge=0, le=1000, description="How many links to follow; 1000 for all in practice.")
]
DirectionName = Annotated[
    Direction, Field(description="up: what it is made from; down: what it goes into.")
]
Alternatives = Annotated[int, Field(ge=1, le=20, description="How many bundles at most.")]
SearchWords = Annotated[
    _Words,
    Field(
        description="An id, a name or part of one in Chinese or English, an alias, a code of "
        "GB/T 4754 such as 2614, or pinyin; spelling need not be exact."
    ),
]
