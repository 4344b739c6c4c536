"""What maps and wall sheets are drawn from, each part worked out once for all of them."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Collection, Sequence
from functools import cached_property

from chaingraph.analysis.flagships import Flagship, find_flagships_in
from chaingraph.analysis.gaps import Gap, judge
from chaingraph.analysis.score import Assessment, assess, rank
from chaingraph.analysis.survey import Survey, make_survey
from chaingraph.graph import SupplyGraph, supply_graph
from chaingraph.model import Atlas, View
from chaingraph.outputs.layout import Group, Layout, layout
from chaingraph.outputs.scope import choose_groups


@dataclasses.dataclass(frozen=True)
class Basis:
    """An atlas on a day and in a view; what is made of it is worked out when first asked for."""

    atlas: Atlas
    day: datetime.date
    view: View

    @cached_property
    def survey(self) -> Survey:
        """The place on the day."""
        return make_survey(self.atlas, as_of=self.day, view=self.view)

    @cached_property
    def judged(self) -> Sequence[Gap]:
        """The gaps, in the order in which they are found."""
        return judge(self.survey)

    @cached_property
    def assessment(self) -> Assessment:
        """What the scores of the gaps are made of."""
        return assess(self.survey, self.judged)

    @cached_property
    def gaps(self) -> Sequence[Gap]:
        """The gaps, in the order of their scores, as `rank_gaps` gives them."""
        return rank(self.assessment)

    @cached_property
    def flagships(self) -> Sequence[Flagship]:
        """What policies name as wanted."""
        return find_flagships_in(self.survey, self.judged)

    @cached_property
    def graph(self) -> SupplyGraph:
        """The supply graph, all of it."""
        return supply_graph(self.atlas, as_of=self.day, view=self.view)

    @cached_property
    def _groups(self) -> Sequence[Group]:
        return choose_groups(self.atlas, None, None)

    @cached_property
    def _whole(self) -> Layout:
        return layout(self.graph, self._groups)

    def lay_out(self, groups: Sequence[Group], products: Collection[str]) -> Layout:
        """
        Place some products on a map.

        Parameters
        ----------
        groups
            What is shown, as `choose_groups` lists it.
        products
            The products of these branches that are shown, each once.

        Returns
        -------
        layout
            The places of everything.
        """
        if groups == self._groups and len(products) == len(self.graph):
            return self._whole
        return layout(self.graph.subgraph(products), groups)
