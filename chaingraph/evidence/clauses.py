"""Business scopes, taken apart: clauses without what is excluded, brackets opened."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chaingraph.evidence.activities import ROLE_OF

NOTHING = "无(?![机水烟毒碱铅尘磷氟卤缝线纺人])"
"""None, and not the beginning of 无机盐 or 无缝钢管."""

EXCLUDED = re.compile(rf"不含|不包括|不包含|不得|除外|除.+外|^{NOTHING}|不带|不涉及|禁止|专控|暂停")
"""What stands in brackets says from here on what is not done."""

LICENSED = re.compile(
    r"[仅只]限|^限|^以上|以上(?:项目|经营|范围|凡|不|均|所)|依法|凭|有效期|许可证|批准|另行申|闭杯|闪点|"
    r"^(?:无|不带|带有?|有)(?:储存|仓储|存储)"
)
"""A part of what stands in brackets says only under which licence."""

NOT_THIS = re.compile(
    r"(?:(?<=[,;、:])|^)不含[^;,、]{1,20}?的"
    r"|(?:不含|不包括|不包含|不得经营|不得从事|不从事|禁止|严禁|不准|暂停|停止)[^;,]*"
    r"|(?<![拆清消扫解免去铲剔排脱祛根])除(?![尘草锈湿油渣焦垢氧臭雪虫盐硫磷氮杂铁菌冰])"
    r"[^;]{1,60}?(?:之外|以外|除外|外(?=[,;、)的]|$))"
    r"|[^;,:、]{0,60}(?:除外|以外)"
)
"""What is not done, outside brackets."""

HEADING = re.compile(
    rf"(?:许可|一般|前置许可|后置许可)?(?:经营)?(?:项目|范围)(?:是|为)?[:,](?:{NOTHING})?|"
    r"^\W*(?:从事|主要从事|主要|主营|兼营|专营|专业|专门从事|本公司|本企业|本厂)"
)

TRADE = re.compile(r"(?:无|不带|带有?|有)(?:储存|仓储|存储)的?经营")
"""Trade, with or without a store: 无仓储经营:甲醇."""

CIRCLED = re.compile("[①-⑳]")

ACTIVITIES_ALONE = re.compile(
    f"(?:(?:{'|'.join(sorted(ROLE_OF, key=len, reverse=True))})[、,和及与]?)+"
)
"""What stands in brackets says what is done with what is before them: 烧碱(生产)."""

NAMELY = re.compile("^(?:含(?!.*[%≤≥<>])|包括|包含|其中|即)")

POINT = re.compile("(?<=[\u4e00-\u9fff])\\.(?=[\u4e00-\u9fff])")
"""A full stop between Chinese words, typed for the sign of a list."""

BRACKET = re.compile(r"\(([^()]*)\)")
JOINS = re.compile(r"以及|[、,/和及与或兼并]")
"""What separates the items of a list."""


def split_scope(text: str) -> Iterator[str]:
    """Split a scope into clauses, without what is excluded; brackets become items."""
    text = TRADE.sub("经营", _open_brackets(CIRCLED.sub(";", text)))
    text = POINT.sub(_read_point, NOT_THIS.sub("", text))
    for part in text.split(";"):
        if clause := HEADING.sub("", part).strip(" ,:、.*"):
            yield clause


def _read_point(found: re.Match[str]) -> str:
    before = found.string[max(0, found.start() - 5) : found.start()]
    return ";" if before.endswith(tuple(ROLE_OF)) else "、"


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
    inside = NAMELY.sub("", _leave_included(found[1]))
    rest = found.string[found.end() : found.end() + 8]
    before = found.string[max(0, found.start() - 5) : found.start()]
    acts = before.endswith(tuple(ROLE_OF))
    follows = not rest or rest[0] in ";,、:)和及与等的*" or rest.startswith(tuple(ROLE_OF))
    if not follows and acts:
        return ";"
    if not follows or not inside:
        return ""
    if not acts and ACTIVITIES_ALONE.fullmatch(inside):
        return inside
    governs = acts and not any(verb in inside for verb in ROLE_OF)
    items = inside.replace(";", "、").replace(",", "、")
    return f":{items};" if governs else f"、{items}、" if "、" in inside else f"、{items}"


def _leave_included(inside: str) -> str:
    """Leave out what is not done, and remarks on licences."""
    parts = []
    for part in re.split("[;,]", inside):
        if EXCLUDED.search(part):
            break
        if not LICENSED.search(part):
            parts.append(part)
    return ",".join(parts)
