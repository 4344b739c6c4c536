"""What is here in a view, what the products made here use and need, and on what evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet

from chaingraph.analysis.state import (
    Maker,
    ProductState,
    counted_amounts,
    counted_states,
    usual_routes,
)
from chaingraph.figures import Confidence, Figure, Text
from chaingraph.model import Atlas, Flow, Product, Route, View, amount_in

Evidence = tuple[Confidence | None, tuple[str, ...]]
"""How far a fact can be trusted, and the sources that say so."""


def weakest(grades: Iterable[Confidence | None]) -> Confidence | None:
    """Return the lowest of some grades of confidence; None if none is known."""
    return max((grade for grade in grades if grade), key="HML".index, default=None)


def evidence_of_flow(flow: Flow) -> Evidence:
    """On what a link and its figure rest."""
    figure = flow.per
    grades = [flow.confidence, figure.confidence if figure else None]
    keys = [*flow.sources, *(figure.sources if figure else ())]
    return weakest(grades), tuple(dict.fromkeys(keys))


class Scene:
    """
    A place on a day, as a view shows it.

    Parameters
    ----------
    atlas
        The atlas.
    states
        The state of every product on the day.
    view
        What counts as here.
    """

    def __init__(self, atlas: Atlas, states: Mapping[str, ProductState], view: View) -> None:
        self.atlas = atlas
        self.states = states
        self.view = view
        self.counted = counted_states(view)
        self.here = {id for id, state in states.items() if state.state in self.counted}
        self.users: dict[str, list[str]] = defaultdict(list)
        """Input → the products here that it goes into."""
        self.needers: dict[str, list[str]] = defaultdict(list)
        """Input → the products here that need it."""
        self.all_users: dict[str, list[str]] = defaultdict(list)
        """Input → the products that it goes into, here or not."""
        self.comes_with: dict[str, list[str]] = defaultdict(list)
        """By-product → the products that it comes with."""
        for id, product in atlas.products.items():
            self._note(id, product)

    def _note(self, id: str, product: Product) -> None:
        for other in {other for route in product.all_routes for other in route.inputs}:
            self.all_users[other].append(id)
        for other in {other for route in product.all_routes for other in route.byproducts}:
            self.comes_with[other].append(id)
        if id in self.here and (product.pool or self.makers(id)):
            routes = product.all_routes if product.pool else self.routes_in_use(id)
            for other in {other for route in routes for other in route.inputs}:
                self.users[other].append(id)
        if self.makers(id):
            for other in self.critical(self.routes_in_use(id)):
                self.needers[other].append(id)

    def makers(self, id: str) -> list[Maker]:
        """Those of a product's makers that the view counts."""
        return [maker for maker in self.states[id].makers if maker.state in self.counted]

    def amounts(self, id: str) -> dict[str, float]:
        """Maker → capacity in the product's unit, of those whose capacity is known."""
        return counted_amounts(self.atlas, self.states[id], self.counted)

    def in_own_unit(self, id: str, figure: Figure) -> float:
        """Count a figure of a product in the product's unit."""
        return amount_in(figure.best or 0.0, figure.unit, self.atlas.products[id])

    def owner(self, maker: Maker) -> str:
        """The enterprise behind a maker; a project that names none stands for itself."""
        if maker.kind == "project":
            return self.atlas.projects[maker.id].enterprise or maker.id
        return maker.id

    def maker_name(self, maker: Maker) -> Text:
        """The name of the enterprise or project."""
        if maker.kind == "project":
            return self.atlas.projects[maker.id].name
        return self.atlas.enterprises[maker.id].name

    def names(self, products: Collection[str]) -> list[Text]:
        """The names of products."""
        return [self.atlas.products[id].name for id in products]

    def routes_of(self, maker: Maker) -> list[Route]:
        """The route that a maker names, or else the first of its product."""
        return usual_routes(self.atlas.products[maker.product], [maker])

    def routes_in_use(self, id: str) -> list[Route]:
        """The routes by which a product is made here; the likely one where it is not made."""
        product, makers = self.atlas.products[id], self.makers(id)
        return usual_routes(product, makers) if makers else self.likely_routes(id)

    def making_routes(self, id: str) -> list[Route]:
        """
        The routes by which a product could be made.

        What comes with another product and has only services of its own, such as a
        tanker for it, is made by nobody on purpose: it has none.
        """
        routes = self.atlas.products[id].all_routes
        if not self.comes_with[id]:
            return routes
        return [
            route
            for route in routes
            if any(flow.kind != "service" for flow in route.inputs.values())
        ]

    def likely_routes(self, id: str, available: AbstractSet[str] | None = None) -> list[Route]:
        """
        The route that has all its critical inputs here, or else the first; none if there is none.

        A route of which no input is critical tells nothing, and comes last.
        """
        ready = self.here if available is None else available
        routes = self.making_routes(id)
        telling = [route for route in routes if self.critical([route])]
        complete = [route for route in telling if all(of in ready for of in self.critical([route]))]
        return (complete or telling or routes)[:1]

    def critical(self, routes: Iterable[Route]) -> list[str]:
        """The critical inputs of routes."""
        inputs = [item for route in routes for item in route.inputs.items()]
        return [other for other, flow in inputs if flow.critical]

    def neighbourhood(self, id: str) -> list[str]:
        """The products that go into one and that it goes into, minor ones left out."""
        inputs = _inputs(self.atlas.products[id])
        users = [of for of in self.all_users[id] if id in _inputs(self.atlas.products[of])]
        return list(dict.fromkeys((*inputs, *users)))

    def joined(self, id: str) -> tuple[list[str], list[str]]:
        """The materials here that go into a product, and the products here it goes into as one."""
        products = self.atlas.products
        before = [other for other in _materials(products[id]) if other in self.here]
        after = [user for user in self.users[id] if id in _materials(products[user])]
        return before, [user for user in after if not products[user].pool]

    def evidence_of(self, id: str) -> list[Evidence]:
        """On what it rests that a product has its state."""
        state = self.states[id]
        if state.makers or not (state.byproduct_of or state.pool_of):
            makers = [maker for maker in state.makers if maker.state == state.state]
            keys = dict.fromkeys(key for maker in makers for key in maker.sources)
            return [(state.confidence, tuple(keys))] if makers else []
        sources = [other for other in (*state.byproduct_of, *state.pool_of) if other != id]
        return [
            (self.states[other].confidence, tuple(maker.sources))
            for other in sources
            for maker in self.states[other].makers[:1]
        ]

    def evidence_of_users(self, id: str, users: Collection[str]) -> list[Evidence]:
        """On what it rests that products are here and take this one."""
        return [
            evidence
            for user in users
            for evidence in (*self.evidence_of(user), *self._evidence_of_links(user, id))
        ]

    def evidence_of_inputs(self, id: str, inputs: Collection[str]) -> list[Evidence]:
        """On what it rests that this product takes others, and that those are as they are."""
        return [
            evidence
            for other in inputs
            for evidence in (*self.evidence_of(other), *self._evidence_of_links(id, other))
        ]

    def _evidence_of_links(self, id: str, other: str) -> list[Evidence]:
        routes = self.routes_in_use(id) if self.makers(id) else self.atlas.products[id].all_routes
        flows: list[Flow] = [route.inputs[other] for route in routes if other in route.inputs]
        return [evidence_of_flow(flow) for flow in flows]


def _inputs(product: Product) -> dict[str, None]:
    """The inputs of a product by any route, without those that matter little."""
    return {
        other: None
        for route in product.all_routes
        for other, flow in route.inputs.items()
        if not flow.minor
    }


def _materials(product: Product) -> dict[str, None]:
    """The material inputs of a product by any route, without those that matter little."""
    return {
        other: None
        for route in product.all_routes
        for other, flow in route.inputs.items()
        if flow.kind == "material" and not flow.minor
    }
