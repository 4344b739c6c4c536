"""Forecasts of activities, placed on the products of an atlas: its section ``forecasts``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from scipy.stats import rankdata

from chaingraph._names import fold
from chaingraph.errors import UsageError, did_you_mean
from chaingraph.evidence.entry import Forecast as Arrival
from chaingraph.evidence.panel import read_table
from chaingraph.figures import Text
from chaingraph.model import Atlas
from chaingraph.settings import Forecast

Placing = Mapping[str, Sequence[str]]
"""Activity → ids of the products that it stands for."""


def find_placing(atlas: Atlas) -> dict[str, list[str]]:
    """
    Say which products an activity stands for by its own name.

    Returns
    -------
    placing
        Ids, names, aliases and codes of GB/T 4754, folded → product ids.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for id, product in atlas.products.items():
        words = (id, *product.all_names, *product.codes.values())
        for word in dict.fromkeys(fold(word) for word in words):
            found[word].append(id)
    return dict(found)


def read_placing(path: str | Path, atlas: Atlas) -> dict[str, list[str]]:
    """
    Read which products activities stand for.

    Parameters
    ----------
    path
        A CSV file with a header and two columns, activity and product; an activity may have
        several rows.
    atlas
        Whose products they are, by id, name or alias.

    Returns
    -------
    placing
        Activities, as first written → product ids.

    Raises
    ------
    UsageError
        If a product is unknown; with the line.
    """
    known = find_placing(atlas)
    written: dict[str, str] = {}
    found: dict[str, list[str]] = defaultdict(list)
    for line, row, at in read_table(path, (None, None), required=2):
        activity, product = (row[column].strip() for column in at[:2])
        if fold(product) not in known:
            hint = did_you_mean(product, _names_of(atlas))[0]
            raise UsageError(f"{path}:{line}: no product is called {product!r}{hint}")
        found[written.setdefault(fold(activity), activity)] += known[fold(product)]
    return dict(found)


def _names_of(atlas: Atlas) -> list[str]:
    return [name for id, product in atlas.products.items() for name in (id, *product.all_names)]


def place_forecasts(
    arrivals: Sequence[Arrival],
    placing: Placing,
    *,
    as_of: str,
    until: str,
    sources: Sequence[str] = (),
) -> dict[str, Forecast]:
    """
    Place the forecasts of one place on products.

    Its percentile is the share of what the place lacks that is less likely by the forecast as it
    was back-tested; equal ones count half, as each does itself.

    Parameters
    ----------
    arrivals
        All that the place lacks, as `chaingraph.evidence.entry.forecast` gives it.
    placing
        As `find_placing` or `read_placing` give it.
    as_of, until
        The days between which they count.
    sources
        Keys of the data that they were made from.

    Returns
    -------
    forecasts
        Product id → its forecast; of several activities the likeliest.

    Raises
    ------
    UsageError
        If no activity stands for a product.
    """
    found: dict[str, Forecast] = {}
    stands_for = {fold(activity): products for activity, products in placing.items()}
    share = find_shares([arrival.probability for arrival in arrivals])
    of = dict(zip((arrival.activity for arrival in arrivals), share, strict=True))
    for arrival in sorted(arrivals, key=lambda each: each.rank):
        for product in stands_for.get(fold(arrival.activity), ()):
            if product not in found:
                found[product] = Forecast(
                    place=arrival.place,
                    activity=arrival.activity,
                    probability=round(arrival.probability, 4),
                    percentile=round(of[arrival.activity], 4),
                    as_of=as_of,
                    until=until,
                    why=Text(**arrival.why),
                    sources=list(sources),
                )
    if not found:
        raise UsageError(
            "no activity that the place lacks stands for a product of the atlas: say which do with "
            "--products FILE.csv (activity,product)"
        )
    return found


def find_shares(values: Sequence[float]) -> list[float]:
    """
    Return of each value the share that is smaller; equal ones, itself among them, count half.

    Examples
    --------
    >>> find_shares([3.0, 1.0, 1.0, 2.0])
    [0.875, 0.25, 0.25, 0.625]
    """
    same = [float(f"{value:.9g}") for value in values]  # sums in another order differ at the end
    return [float(share) for share in (rankdata(same) - 0.5) / max(len(same), 1)]


def find_strangers(placing: Placing, activities: Sequence[str]) -> list[str]:
    """Return the activities of a table that the panel does not have."""
    known = {fold(activity) for activity in activities}
    return [activity for activity in placing if fold(activity) not in known]


def check_sources(keys: Sequence[str], atlas: Atlas) -> None:
    """
    See that the sources of forecasts are in the atlas.

    Raises
    ------
    UsageError
        If one is not: the atlas would no longer load.
    """
    for key in keys:
        if key not in atlas.sources:
            hint = did_you_mean(key, atlas.sources)[0]
            raise UsageError(
                f"the atlas has no source {key!r}{hint}: add it to `sources` first, with its title"
            )
