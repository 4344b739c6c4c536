"""What `check` says of an atlas without problems: how much it holds, and what to look at."""

from __future__ import annotations

from chaingraph.analysis.fairness import Finding
from chaingraph.model import Atlas
from chaingraph.outputs.words import number_word


def count_entities(atlas: Atlas) -> list[tuple[str, str, int]]:
    """Count what the atlas holds, as (Chinese, English, number)."""
    links = sum(1 for product in atlas.products for _ in atlas.flows(product))
    counts = (
        ("产业集群", "cluster", "clusters", len(atlas.clusters)),
        ("产业链", "chain", "chains", len(atlas.chains)),
        ("细分链", "branch", "branches", len(atlas.branches)),
        ("产品", "product", "products", len(atlas.products)),
        ("供应关系", "supply link", "supply links", links),
        ("本地企业", "enterprise here", "enterprises here", len(atlas.enterprises)),
        ("项目", "project", "projects", len(atlas.projects)),
        ("候选企业", "candidate", "candidates", len(atlas.candidates)),
        ("来源", "source", "sources", len(atlas.sources)),
    )
    return [(zh, number_word(count, one, many), count) for zh, one, many, count in counts]


def say_finding(finding: Finding, lang: str) -> str:
    """Say what in a policy should be looked at, and why."""
    if lang == "zh":
        grade = "不得有" if finding.grade == "forbidden" else "须核对"
        older = "（存量政策，也应清理）" if finding.earlier else ""
        return f"“{finding.words}”{grade}：{finding.reason.text(lang)}（条例第{_ARTICLES[finding.article]}）{older}"
    grade = "forbidden" if finding.grade == "forbidden" else "to be checked"
    older = " (older than the regulation: to be cleaned up)" if finding.earlier else ""
    reason = finding.reason.text(lang)
    return f"“{finding.words}” {grade}: {reason} (article {finding.article}){older}"


_ARTICLES = {
    "8": "八条",
    "9": "九条",
    "10(1)": "十条第一项",
    "10(2)": "十条第二项",
    "10(3)": "十条第三项",
}
