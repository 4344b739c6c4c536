"""What the workbook, the report and the entry page are filled from, worked out once."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence

from chaingraph.analysis.fairness import Finding, find_unfair
from chaingraph.analysis.flagships import Flagship
from chaingraph.analysis.gaps import Gap
from chaingraph.analysis.plan import Plan, plan_in
from chaingraph.analysis.state import ProductState
from chaingraph.analysis.survey import Survey
from chaingraph.analysis.track import Progress, ProjectStatus, track_chains, track_projects
from chaingraph.bundles import Bundle, resolve_bundle
from chaingraph.model import Atlas, View
from chaingraph.outputs.basis import Basis


@dataclasses.dataclass(frozen=True)
class Contents:
    """An atlas on a day, as it is handed in."""

    atlas: Atlas
    day: datetime.date
    view: View
    bundle: Bundle
    basis: Basis
    """What its maps are drawn from."""
    plan: Plan
    projects: Sequence[ProjectStatus]
    progress: Sequence[Progress]
    """Chains, then the total."""
    unfair: Sequence[Finding]

    @property
    def survey(self) -> Survey:
        """The place on the day."""
        return self.basis.survey

    @property
    def gaps(self) -> Sequence[Gap]:
        """The gaps, in the order of their scores."""
        return self.basis.gaps

    @property
    def flagships(self) -> Sequence[Flagship]:
        """What policies name as wanted."""
        return self.basis.flagships

    @property
    def states(self) -> Mapping[str, ProductState]:
        """The state of every product on the day."""
        return self.survey.scene.states


def gather(
    atlas: Atlas, *, as_of: str | datetime.date | None = None, view: View = "actual"
) -> Contents:
    """
    Work out all that is handed in.

    Parameters
    ----------
    atlas
        The atlas; its `bundle` says which maps and lists.
    as_of, view
        As in `find_gaps`.
    """
    basis = Basis(atlas, atlas.date(as_of), view)
    return Contents(
        atlas=atlas,
        day=basis.day,
        view=view,
        bundle=resolve_bundle(atlas.bundle),
        basis=basis,
        plan=plan_in(basis.survey, basis.gaps),
        projects=track_projects(atlas, as_of=basis.day),
        progress=track_chains(atlas, as_of=basis.day),
        unfair=find_unfair(atlas, as_of=basis.day),
    )
