"""Reading what is asked: words that stand for products, chains, days, amounts, landings.

The command line, the web interface and the tools for assistants read questions alike.
"""

from __future__ import annotations

import datetime
import math
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from chaingraph.errors import NotFoundError, UsageError, find_near, find_only, suggest

if TYPE_CHECKING:
    from chaingraph.analysis.whatif import Landing
    from chaingraph.figures import Named
    from chaingraph.model import Atlas


def read_day(text: str | None) -> str | None:
    """Take the clock's day for `today`: nothing else here asks the clock."""
    if text is not None and text.strip().casefold() in ("today", "今天"):
        return datetime.datetime.now().astimezone().date().isoformat()
    return text


def choose(what: str, words: str | None, known: Mapping[str, Sequence[str]]) -> str | None:
    """
    Return the id that is meant by an id or a name.

    Parameters
    ----------
    what
        What it is, for the message.
    words
        What was asked for; None stays None.
    known
        The names of what there is, by id.

    Raises
    ------
    NotFoundError
        If nothing is called that, with the nearest names.
    AmbiguousError
        If several things are called that, with their ids.

    Examples
    --------
    >>> choose("chain", "Chemicals", {"chemicals": ["化工", "Chemicals"]})
    'chemicals'
    """
    if words is None:
        return None
    found = find_only(words, known)
    if found is not None:
        return found
    near = _find_similar(words, known)
    raise NotFoundError(
        f"no {what} {words!r}{suggest(near)[0]}: there are {', '.join(known)}", near
    )


def _find_similar(words: str, known: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the nearest ids and names, one for each thing."""
    owner = {name: id for id, names in known.items() for name in (*names, id)}
    near: dict[str, str] = {}
    for name in find_near(words, owner):
        near.setdefault(owner[name], name)
    return list(near.values())


def names_of(entities: Mapping[str, Named]) -> dict[str, list[str]]:
    """Return the names that entities go by, by id."""
    return {id: each.all_names for id, each in entities.items()}


def choose_products(
    atlas: Atlas, products: Sequence[str], branches: Sequence[str], chain: str | None
) -> set[str] | None:
    """
    Return the products that are asked for by their own names, their branches or their chain.

    Returns
    -------
    products
        Their ids; None for all, where nothing is asked for.
    """
    from chaingraph.analysis.trace import find_product

    if not products and not branches and chain is None:
        return None
    known = names_of(atlas.branches)
    wanted = {find_product(atlas, words) for words in products}
    chosen = {choose("branch", words, known) for words in branches}
    chain = choose("chain", chain, names_of(atlas.chains))
    if chain is not None:
        chosen |= set(atlas.chains[chain].branches)
    return wanted | {id for id, of in atlas.branch_of.items() if of in chosen}


def read_amount(atlas: Atlas, text: str) -> tuple[str, float]:
    """Read ``product=amount`` as the id of a product and a number."""
    from chaingraph.analysis.trace import find_product

    words, amount = _split_amount(text)
    if amount is None:
        raise UsageError(f"{text!r} is not of the form product=amount")
    return find_product(atlas, words), _read_number(amount, text)


def read_landing(atlas: Atlas, text: str) -> Landing:
    """
    Read ``product``, ``product=amount``, ``product=amount:route`` or a project.

    Where a word may be either, ``products:id`` and ``projects:id`` tell them apart.
    """
    from chaingraph.analysis.trace import find_product
    from chaingraph.analysis.whatif import Landing

    meant = find_only(text, _ids_and_names(atlas))
    if meant is not None:
        section, _, id = meant.partition(":")
        return Landing(project=id) if section == "projects" else Landing(id)
    words, rest = _split_amount(text)
    if rest is None:
        return Landing(find_product(atlas, words))
    amount, _, route = rest.partition(":")
    id = find_product(atlas, words.removeprefix("products:"))
    return Landing(id, _read_number(amount, text), route.strip() or None)


def _ids_and_names(atlas: Atlas) -> dict[str, list[str]]:
    """Return what projects and products go by, by section and id."""
    return {
        f"{section}:{id}": [id, *names]
        for section, entities in (("projects", atlas.projects), ("products", atlas.products))
        for id, names in names_of(entities).items()
    }


def _split_amount(text: str) -> tuple[str, str | None]:
    """Split at the last ``=``: a name may hold others, a number none."""
    words, equals, amount = unicodedata.normalize("NFKC", text).rpartition("=")
    return (words, amount) if equals else (text, None)


def _read_number(text: str, whole: str) -> float:
    from chaingraph.figures import read_number

    try:
        number = read_number(text)
    except ValueError:
        commas = "; commas part thousands, as in 1,500, and a decimal has a point, as in 0.5"
        hint = commas if "," in text else ""
        raise UsageError(f"{text!r} in {whole!r} is not a number{hint}") from None
    if not math.isfinite(number):
        raise UsageError(f"{text!r} in {whole!r} is not a finite number")
    return number
