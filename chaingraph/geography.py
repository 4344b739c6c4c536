"""Where places lie: for trips that take in neighbours, and for the picture of them.

The coordinates are those of the package ``pyecharts``, which knows the provinces,
cities and counties of China; nothing of it is imported.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import math
from pathlib import Path

Point = tuple[float, float]
"""Longitude and latitude [degrees]."""

PROVINCES = {
    "北京": "Beijing", "天津": "Tianjin", "河北": "Hebei", "山西": "Shanxi", "内蒙古": "Inner Mongolia",
    "辽宁": "Liaoning", "吉林": "Jilin", "黑龙江": "Heilongjiang", "上海": "Shanghai", "江苏": "Jiangsu",
    "浙江": "Zhejiang", "安徽": "Anhui", "福建": "Fujian", "江西": "Jiangxi", "山东": "Shandong",
    "河南": "Henan", "湖北": "Hubei", "湖南": "Hunan", "广东": "Guangdong", "广西": "Guangxi",
    "海南": "Hainan", "重庆": "Chongqing", "四川": "Sichuan", "贵州": "Guizhou", "云南": "Yunnan",
    "西藏": "Tibet", "陕西": "Shaanxi", "甘肃": "Gansu", "青海": "Qinghai", "宁夏": "Ningxia",
    "新疆": "Xinjiang", "香港": "Hong Kong", "澳门": "Macau", "台湾": "Taiwan",
}  # fmt: skip
"""The provinces, with their English names."""

EARTH_RADIUS = 6371.0
"""The mean radius [km]."""

_LONGEST = 10
"""The longest name of a county."""


@functools.cache
def gazetteer() -> dict[str, Point]:
    """Return name → coordinates of all places known."""
    spec = importlib.util.find_spec("pyecharts")
    if spec is None or spec.origin is None:
        return {}
    path = Path(spec.origin).parent / "datasets" / "city_coordinates.json"
    return {name: (at[0], at[1]) for name, at in json.loads(path.read_bytes()).items()}


def locate(text: str | None) -> Point | None:
    """
    Return where a place lies that is named in a text.

    Parameters
    ----------
    text
        Such as ``浙江杭州(建德)``: the first city named counts, a province only if
        there is none.

    Examples
    --------
    >>> locate("浙江衢州")
    (118.88, 28.97)
    >>> locate("nowhere")
    """
    known, province = gazetteer(), None
    at = 0
    while text and at < len(text):
        name = next(
            (
                text[at : at + size]
                for size in range(_LONGEST, 1, -1)
                if text[at : at + size] in known
            ),
            None,
        )
        if name is None:
            at += 1
            continue
        if name not in PROVINCES:
            return known[name]
        province = province or known[name]
        at += len(name)
    return province


def find_province(*texts: str | None) -> str | None:
    """
    Return the province that the first of some texts names.

    Examples
    --------
    >>> find_province(None, "内蒙古乌海")
    '内蒙古'
    """
    for text in texts:
        found = [name for name in PROVINCES if text and name in text]
        if found:
            return min(found, key=(text or "").index)
    return None


def distance(one: Point, other: Point) -> float:
    """
    Return the great-circle distance [km] between two places (haversine formula).

    Examples
    --------
    >>> round(distance((116.41, 39.90), (121.47, 31.23)))
    1067
    """
    (lon, lat), (lon2, lat2) = (map(math.radians, point) for point in (one, other))
    part = (
        math.sin((lat2 - lat) / 2) ** 2
        + math.cos(lat) * math.cos(lat2) * math.sin((lon2 - lon) / 2) ** 2
    )
    return 2 * EARTH_RADIUS * math.asin(math.sqrt(part))
