"""What the workbook, the report and the entry page are filled from, worked out once."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence

from chaingraph.analysis.fairness import Finding, find_unfair
from chaingraph.analysis.flagships import Flagship, find_flagships
from chaingraph.analysis.gaps import Gap
from chaingraph.analysis.plan import Plan, plan_in
from chaingraph.analysis.score import rank_gaps
from chaingraph.analysis.state import ProductState
from chaingraph.analysis.survey import Survey, make_survey
from chaingraph.analysis.track import Progress, ProjectStatus, track_chains, track_projects
from chaingraph.bundles import Bundle, resolve_bundle
from chaingraph.model import Atlas, View


@dataclasses.dataclass(frozen=True)
class Contents:
    """An atlas on a day, as it is handed in."""

    atlas: Atlas
    day: datetime.date
    view: View
    bundle: Bundle
    survey: Survey
    gaps: Sequence[Gap]
    plan: Plan
    flagships: Sequence[Flagship]
    projects: Sequence[ProjectStatus]
    progress: Sequence[Progress]
    """Chains, then the total."""
    unfair: Sequence[Finding]

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
    survey = make_survey(atlas, as_of=as_of, view=view)
    gaps = rank_gaps(atlas, as_of=survey.day, view=view)
    return Contents(
        atlas=atlas,
        day=survey.day,
        view=view,
        bundle=resolve_bundle(atlas.bundle),
        survey=survey,
        gaps=gaps,
        plan=plan_in(survey, gaps),
        flagships=find_flagships(atlas, as_of=survey.day, view=view),
        projects=track_projects(atlas, as_of=survey.day),
        progress=track_chains(atlas, as_of=survey.day),
        unfair=find_unfair(atlas, as_of=survey.day),
    )
