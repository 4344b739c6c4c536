"""Supply and demand as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.markup import escape
from rich.table import Table

from chaingraph.analysis.balance import Balance
from chaingraph.analysis.why import say_amount
from chaingraph.model import Atlas, Language

MUCH = 10
"""From which cover on the exact figure says nothing."""


def make_balance_table(
    atlas: Atlas, balances: Sequence[Balance], title: str, lang: Language
) -> Table:
    """Lay out what is made or needed here, the largest unmet share first."""
    zh = lang == "zh"
    heading = "供需平衡" if zh else "Balance"
    note = (
        "≥ 有一部分没有数字；— 没有数字；装备一次购置，不计入年需求"
        if zh
        else "≥ part of it has no figure; — no figure; equipment is bought once and not counted"
    )
    table = Table(title=f"{heading} · {title}", title_justify="left", caption=note)
    table.caption_justify = "left"
    table.add_column("产品" if zh else "Product", min_width=12, max_width=28, overflow="fold")
    for name in ("供给", "需求", "缺", "余") if zh else ("Supply", "Demand", "Short", "Over"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("保障率" if zh else "Cover", justify="right", no_wrap=True)
    table.add_column("主要用户" if zh else "Main users", overflow="fold", min_width=12)
    table.add_column("副产来源" if zh else "Comes with", overflow="fold", min_width=12)
    active = [each for each in balances if each.supply != 0 or each.demand != 0]
    for each in sorted(active, key=_precedence):
        unit = each.unit
        table.add_row(
            escape(atlas.products[each.product].name.text(lang)),
            _amount(each.supply, unit, lang, partial=each.supply_partial),
            _amount(each.demand, unit, lang, partial=each.demand_partial),
            _amount(each.shortfall or None, unit, lang, none=each.shortfall == 0),
            _amount(each.surplus or None, unit, lang, none=each.surplus == 0),
            _cover(each.cover),
            escape(_names(atlas, each.users, lang)),
            escape(_names(atlas, each.byproduct_of, lang)),
        )
    return table


def say_assumed(atlas: Atlas, balances: Sequence[Balance], lang: Language) -> str:
    """Say which makers name no route; nothing if all do."""
    routes = dict.fromkeys(route for each in balances for route in each.assumed_routes)
    names = [f"{atlas.products[product].name.text(lang)} ({route})" for product, route in routes]
    if not names:
        return ""
    if lang == "zh":
        return f"没有说明工艺，按第一条路线算：{'、'.join(names)}"
    return f"no route is named, so the first is taken: {', '.join(names)}"


def make_requirement_table(
    atlas: Atlas, wanted: Mapping[str, float], needs: Mapping[str, float], lang: Language
) -> Table:
    """Lay out what it takes in all to make so much."""
    zh = lang == "zh"
    asked = "、".join(
        f"{atlas.products[id].name.text(lang)} {say_amount(amount, atlas.products[id].unit, lang)}"
        for id, amount in wanted.items()
    )
    table = Table(
        title=f"年产 {asked}，共需" if zh else f"To make {asked} a year takes in all",
        title_justify="left",
    )
    table.add_column("产品" if zh else "Product", min_width=12, max_width=30, overflow="fold")
    table.add_column("数量" if zh else "Amount", justify="right", no_wrap=True)
    for id, amount in sorted(needs.items(), key=lambda item: (item[0] not in wanted, item[0])):
        product = atlas.products[id]
        table.add_row(escape(product.name.text(lang)), say_amount(amount, product.unit, lang))
    return table


def _precedence(balance: Balance) -> tuple[bool, float, str]:
    unmet = 1 - (1 if balance.cover is None else min(1, balance.cover))
    return balance.shortfall is None, -unmet, balance.product


def _amount(
    amount: float | None,
    unit: str | None,
    lang: Language,
    *,
    partial: bool = False,
    none: bool = False,
) -> str:
    if none or amount == 0:
        return ""
    return "—" if amount is None else f"{'≥' * partial}{say_amount(amount, unit, lang)}"


def _cover(cover: float | None) -> str:
    if cover is None:
        return ""
    return ">1000%" if cover > MUCH else f"{cover:.0%}"


def _names(atlas: Atlas, amounts: Sequence[tuple[str, float]], lang: Language) -> str:
    return "、".join(atlas.products[id].name.text(lang) for id, _ in amounts[:3])
