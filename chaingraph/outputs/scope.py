"""What a picture shows: a whole atlas, or a chain or branch of it; and what it is called."""

from __future__ import annotations

from chaingraph.errors import UsageError, did_you_mean
from chaingraph.model import Atlas
from chaingraph.outputs.layout import Group


def choose_groups(atlas: Atlas, chain: str | None, branch: str | None) -> list[Group]:
    """
    List (cluster, chain, branch) of what is to be shown, in the order of the atlas.

    Parameters
    ----------
    atlas
        The atlas.
    chain, branch
        Show this chain or branch alone.

    Returns
    -------
    groups
        Cluster and chain are None where a branch has none.

    Raises
    ------
    UsageError
        If there is no such chain or branch.
    """
    for id, known, what in ((chain, atlas.chains, "chain"), (branch, atlas.branches, "branch")):
        if id is not None and id not in known:
            raise UsageError(f"no {what} has the id {id!r}{did_you_mean(id, known)[0]}")
    groups: list[Group] = [
        (entity.cluster, id, name)
        for id, entity in atlas.chains.items()
        for name in entity.branches
    ]
    listed = {name for _, _, name in groups}
    groups += [(None, None, name) for name in atlas.branches if name not in listed]
    chosen = [
        group
        for group in groups
        if group[2] in atlas.branches
        and (chain is None or group[1] == chain)
        and (branch is None or group[2] == branch)
    ]
    if not chosen and chain is not None and branch is not None:
        raise UsageError(f"the chain {chain!r} has no branch {branch!r}")
    return chosen


def find_title(atlas: Atlas, chain: str | None, branch: str | None, lang: str) -> str:
    """Return the title of a picture of an atlas, or of a chain or branch alone."""
    part = atlas.branches[branch] if branch else atlas.chains[chain] if chain else None
    if part is None:
        return atlas.atlas.name.text(lang)
    return f"{atlas.place.name.text(lang)} · {part.name.text(lang)}"
