"""Wording in policies that fair-competition review forbids (公平竞争审查).

The Regulation on Fair Competition Review (公平竞争审查条例, State Council order 783) is in
force since 2024-08-01.  Its articles 8 to 11 name what a policy must not hold, articles
9 and 10 above all what towns used to offer investors: tax rebates, selective awards and
subsidies, cheap land, a preference for local goods.  What is found here is a word to look
at, not a verdict: a law or the State Council may allow it, and a policy may speak of
such a thing in order to end it, or to pass on what the law gives to all (sentences that
do are passed over).
"""

from __future__ import annotations

import dataclasses
import datetime
import re
from typing import Any, Literal

from chaingraph.analysis.track import plain_record
from chaingraph.figures import Text, last_day
from chaingraph.model import Atlas, Policy

IN_FORCE = datetime.date(2024, 8, 1)
"""Since when the regulation is in force."""

Grade = Literal["forbidden", "doubtful"]


@dataclasses.dataclass(frozen=True)
class Rule:
    """A kind of wording, and what speaks against it."""

    code: str
    grade: Grade
    """`doubtful` is forbidden only if it is given to chosen firms."""
    article: str
    pattern: re.Pattern[str]
    reason: Text


@dataclasses.dataclass(frozen=True)
class Finding:
    """A wording of a policy that should be looked at."""

    policy: str
    name: Text
    date: str | None
    field: str
    """Where in the policy it stands: `name`, `note` or `clauses`."""
    clause: int | None
    """The number of the clause, from 0."""
    words: str
    """The words found."""
    code: str
    grade: Grade
    article: str
    reason: Text
    earlier: bool
    """Whether the policy is older than the regulation: it should have been cleaned up."""

    def to_record(self, lang: str = "zh") -> dict[str, Any]:
        """Return the finding as plain values."""
        return plain_record(self, FINDING_COLUMNS, lang)


FINDING_COLUMNS = tuple(field.name for field in dataclasses.fields(Finding))
"""The columns of a record, in their order."""


def _rule(code: str, grade: Grade, article: str, pattern: str, zh: str, en: str) -> Rule:
    return Rule(code, grade, article, re.compile(pattern), Text(zh=zh, en=en))


RULES = (
    _rule(
        "tax", "forbidden", "10(1)",
        r"税收?[^，。；,;]{0,6}(?:返还|返税|奖励|留成)|(?:先征后|即征即)[返退]|地方留成[^，。；,;]{0,8}(?:返还|奖|补)"
        r"|(?:减免|免征|减征|缓征)[^，。；,;]{0,6}税|税收(?:优惠|减免)|[三五两]免[三五两]减半",
        "给予特定经营者税收优惠：没有法律、行政法规依据或者未经国务院批准，不得有",
        "tax favours for chosen firms need a law or the State Council's approval",
    ),
    _rule(
        "tied_to_tax", "forbidden", "10(2)",
        r"(?:经济|地方|财政|税收)贡献[^，。；,;]{0,14}(?:奖|补|返|扶持)"
        r"|缴纳?(?:的)?税[收款费]?[^，。；,;]{0,8}(?:奖|补|返|扶持)"
        r"|(?:按|依据|根据|以)[^，。；,;]{0,10}(?:纳税额?|缴纳)[^，。；,;]{0,14}(?:奖|补|返|兑现)"
        r"|与[^，。；,;]{0,10}(?:税收|纳税|贡献)[^，。；,;]{0,6}挂钩",
        "财政奖补与企业缴税或“经济贡献”挂钩，属于变相税收返还和选择性奖补",
        "awards tied to what a firm pays in taxes are a rebate in disguise",
    ),
    _rule(
        "subsidy", "doubtful", "10(2)",
        r"(?:一次性|最高|给予|落户|投资|设备|厂房|贷款|专项)[^，。；,;]{0,12}(?:奖励|奖补|补贴|补助|贴息)"
        r"|(?:奖励|奖补|补贴|补助)[^，。；,;]{0,8}(?:万元|亿元|%|％)|专项(?:扶持)?资金|扶持资金|一[企事]一[策议]",
        "财政奖励或补贴若只给选定的企业、行业外不可及，属于选择性、差异化奖补，需有上位依据",
        "awards and subsidies for chosen firms only are selective and need a legal basis",
    ),
    _rule(
        "land", "forbidden", "10(3)",
        r"(?:零|低|优惠)地价|(?:土地出让金|地价款?|出让金|土地款)[^，。；,;]{0,8}(?:返还|减免|优惠|奖补|抵扣)"
        r"|(?:零|免)租金?|(?:租金|房租)[^，。；,;]{0,4}(?:减免|全免)|(?:电价|水价|气价)[^，。；,;]{0,4}(?:优惠|补贴)",
        "在土地、水电气等要素上给予特定经营者优惠，没有上位依据不得有",
        "cheap land, rent, power or water for chosen firms need a legal basis",
    ),
    _rule(
        "fees", "forbidden", "10(3)",
        r"(?:减免|免收|缓缴|返还)[^，。；,;]{0,8}(?:行政事业性收费|政府性基金|社会保险费|社保费|配套费)",
        "减免特定经营者的行政事业性收费、政府性基金、社会保险费，没有上位依据不得有",
        "waiving fees, funds or social insurance for chosen firms needs a legal basis",
    ),
    _rule(
        "local_first", "forbidden", "9",
        r"(?:优先|必须|只能|限定)[^，。；,;]{0,6}(?:采购|购买|使用|选用)[^，。；,;]{0,6}(?:本地|本市|本县|本区|当地)"
        r"|(?:限于?|仅限)在?(?:本地|本市|本县|本区|当地)(?:注册|登记|纳税)?的?(?:企业|产品|经营者|单位)"
        r"|(?:本地|本市|本县|本区|当地)(?:企业|产品|供应商|单位)[^，。；,;]{0,4}优先"
        r"|支持[^，。；,;]{0,12}(?:使用|采购)(?:本地|本市|本县|本区|当地)",
        "限定或优先购买、使用本地商品，排斥外地经营者，不得有",
        "buying local first shuts out suppliers from elsewhere",
    ),
    _rule(
        "named_supplier", "forbidden", "8",
        r"指定(?:的)?(?:供应商|经营者|服务商|中介机构)|(?:限定|只能)(?:购买|使用|经营)",
        "限定购买、使用特定经营者提供的商品和服务，不得有",
        "nobody may be bound to the goods of chosen suppliers",
    ),
    _rule(
        "local_seat", "forbidden", "9",
        r"(?:须|需|必须|应当?|承诺)[^，。；,;]{0,8}(?:在|于)(?:本地|本市|本县|本区|当地|园区)[^，。；,;]{0,6}"
        r"(?:注册|设立(?:法人|子公司|分公司)|纳税)",
        "强制或变相强制外地经营者在本地设立机构、注册纳税，不得有",
        "firms must not be made to register or pay taxes here",
    ),
    _rule(
        "no_leaving", "forbidden", "9",
        r"(?:不得|不准|禁止|限制|承诺)[^，。；,;]{0,10}(?:迁出|外迁|迁离|搬离|搬迁出)",
        "阻碍经营者迁出，不得有",
        "firms must not be kept from leaving",
    ),
)  # fmt: skip
"""What is looked for."""

_ENDING = re.compile(r"清理|废止|取消|停止执行")
"""A sentence with one of these speaks of ending such a thing."""
_LAWFUL = re.compile(
    r"(?:落实|执行)[^，。；,;]{0,4}(?:国家(?!级)|国务院|法定|税法)[^，。；,;]{0,6}$"
    r"|依法(?:依规)?享受[^，。；,;]{0,6}$"
)
"""What stands before the words where a policy only passes on what the law gives to all."""
_BARRED = re.compile(
    r"不再|严禁|禁止(?!.{0,10}迁)|杜绝|不得(?!.{0,10}(?:迁|搬))|防止|违规|未见|没有"
)
"""So does what follows one of these in a sentence, or shares a clause with it."""


def find_unfair(atlas: Atlas, *, as_of: str | datetime.date | None = None) -> list[Finding]:
    """
    Point out wording in policies that fair-competition review forbids.

    Parameters
    ----------
    atlas
        The atlas; the names, notes and clauses of its policies are read.
    as_of
        The day: policies that come later are left out, and before 2024-08-01 there is
        nothing to point out.

    Returns
    -------
    findings
        In the order of the policies, each wording once a policy and rule.
    """
    day = atlas.date(as_of)
    if day < IN_FORCE:
        return []
    return [
        finding
        for id, policy in atlas.policies.items()
        if policy.date is None or last_day(policy.date) <= day
        for finding in _read(id, policy)
    ]


def _read(id: str, policy: Policy) -> list[Finding]:
    texts: list[tuple[str, int | None, str]] = [("name", None, policy.name.zh or "")]
    texts.append(("note", None, policy.note or ""))
    texts += [("clauses", at, clause) for at, clause in enumerate(policy.clauses)]
    earlier = policy.date is not None and last_day(policy.date) < IN_FORCE
    found = [
        Finding(
            policy=id,
            name=policy.name,
            date=policy.date,
            field=field,
            clause=at,
            words=words,
            code=rule.code,
            grade=rule.grade,
            article=rule.article,
            reason=rule.reason,
            earlier=earlier,
        )
        for field, at, text in texts
        for rule, words in match_rules(text)
    ]
    once = {(finding.code, finding.words): finding for finding in reversed(found)}
    return [finding for finding in found if once[finding.code, finding.words] is finding]


def match_rules(text: str) -> list[tuple[Rule, str]]:
    """
    Return the rules that a text goes against, with the words that do.

    Examples
    --------
    >>> [(rule.code, words) for rule, words in match_rules("对新落户企业给予税收返还。")]
    [('tax', '税收返还')]
    >>> match_rules("全面清理税收返还。")
    []
    """
    found: dict[str, tuple[Rule, str]] = {}
    for sentence in re.split(r"[。；;！!\n]", text):
        if _ENDING.search(sentence):
            continue
        for rule in RULES:
            for hit in rule.pattern.finditer(sentence):
                until = re.split("[，,]", sentence[hit.end() :])[0]
                is_lawful = hit[0].startswith("税收优惠") and _LAWFUL.search(
                    sentence[: hit.start()]
                )
                if not is_lawful and not _BARRED.search(sentence[: hit.end()] + until):
                    found.setdefault(rule.code, (rule, hit[0]))
    return list(found.values())
