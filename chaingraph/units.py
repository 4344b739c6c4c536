"""The units that figures may be written in, and how to change between them.

Capacities are per year unless the unit is one of power (MW, kW, GW) or of land (mu).
A unit belongs to one quantity; units of different quantities never convert here.
"""

from __future__ import annotations

_FACTORS: dict[str, dict[str, float]] = {
    "mass": {"t": 1, "kg": 1e-3, "g": 1e-6},
    "energy": {"MWh": 1, "kWh": 1e-3, "GWh": 1e3, "GJ": 1 / 3.6},
    "power": {"MW": 1, "kW": 1e-3, "GW": 1e3},
    "area": {"m2": 1, "10k_m2": 1e4, "km2": 1e6, "mu": 2000 / 3},
    "volume": {"m3": 1, "kL": 1},
    "length": {"m": 1, "km": 1e3},
    "money": {"CNY": 1, "100m_CNY": 1e8},
    "time": {"h": 1},
    "set": {"set": 1},
    "piece": {"piece": 1},
    "count": {"count": 1},
    "share": {"%": 1},
}

QUANTITY = {unit: quantity for quantity, units in _FACTORS.items() for unit in units}
"""Which quantity each unit measures."""

UNITS = tuple(QUANTITY)
"""Every unit that a figure may be written in."""

UNIT_WORDS = {
    "吨": "t", "公斤": "kg", "千克": "kg", "克": "g", "tons": "t", "ton": "t",
    "千瓦时": "kWh", "度": "kWh", "兆瓦时": "MWh", "兆瓦": "MW", "千瓦": "kW", "吉瓦": "GW",
    "m²": "m2", "㎡": "m2", "平方米": "m2", "万㎡": "10k_m2", "万m²": "10k_m2", "万m2": "10k_m2", "万平方米": "10k_m2",
    "km²": "km2", "平方公里": "km2", "亩": "mu",
    "m³": "m3", "立方米": "m3", "千升": "kL", "米": "m", "公里": "km", "元": "CNY",
    "亿元": "100m_CNY", "小时": "h", "台": "set", "套": "set", "台套": "set", "片": "piece",
    "件": "piece", "只": "piece",
    "支": "piece", "个": "count", "家": "count",
}  # fmt: skip
"""What planners call the units: understood in forms, suggested in YAML."""


UNIT_NAMES: dict[str, tuple[str, str]] = {
    "t": ("吨", "t"),
    "kg": ("千克", "kg"),
    "set": ("台套", "sets"),
    "piece": ("件", "pieces"),
    "count": ("个", ""),
    "mu": ("亩", "mu"),
    "100m_CNY": ("亿元", "CNY 100m"),
    "CNY": ("元", "CNY"),
    "m2": ("m²", "m²"),
    "10k_m2": ("万㎡", "10k m²"),
    "km2": ("km²", "km²"),
    "m3": ("m³", "m³"),
}
"""What readers are shown instead of the key, in Chinese and English."""


def is_yearly(unit: str | None) -> bool:
    """
    Return whether a capacity in a unit is what is made in a year.

    Power and land stand there; they are not made anew every year.

    Examples
    --------
    >>> is_yearly("t"), is_yearly("MW"), is_yearly("mu"), is_yearly(None)
    (True, False, False, False)
    """
    return unit is not None and unit != "mu" and QUANTITY.get(unit) != "power"


def unit_name(unit: str | None, lang: str) -> str:
    """
    Return a unit as readers are shown it.

    Examples
    --------
    >>> unit_name("mu", "zh"), unit_name("t", "en"), unit_name(None, "zh")
    ('亩', 't', '')
    """
    zh, en = UNIT_NAMES.get(unit or "", (unit or "", unit or ""))
    return zh if lang == "zh" else en


def convert(amount: float, unit: str, to: str) -> float:
    """
    Change an amount from one unit into another of the same quantity.

    Parameters
    ----------
    amount
        The amount in `unit`.
    unit, to
        Two units of one quantity.

    Returns
    -------
    amount
        The same amount in the unit `to`.

    Raises
    ------
    ValueError
        If a unit is unknown or the two measure different quantities.

    Examples
    --------
    >>> convert(12500, "kWh", "MWh")
    12.5
    """
    if unit not in QUANTITY or to not in QUANTITY or QUANTITY[unit] != QUANTITY[to]:
        raise ValueError(f"cannot turn {unit!r} into {to!r}")
    factors = _FACTORS[QUANTITY[unit]]
    return amount * factors[unit] / factors[to]


def split_ratio(unit: str) -> tuple[str, str]:
    """
    Split the unit of a unit consumption into its two units.

    Parameters
    ----------
    unit
        Such as ``kWh/t``: units of the input per unit of the product made.

    Returns
    -------
    input_unit, product_unit

    Raises
    ------
    ValueError
        If it is not two known units with a slash between them.

    Examples
    --------
    >>> split_ratio("kWh/t")
    ('kWh', 't')
    """
    top, slash, bottom = unit.partition("/")
    if not slash or top not in QUANTITY or bottom not in QUANTITY:
        raise ValueError(f"{unit!r} is not of the form kWh/t")
    return top, bottom
