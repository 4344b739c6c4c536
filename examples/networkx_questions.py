"""The supply graph is a plain networkx graph: ask it anything."""

import networkx as nx

import chaingraph as cg

atlas = cg.load_atlas(cg.example_atlas())
graph = cg.supply_graph(atlas, as_of="2024-06-30")


def name(id: str) -> str:
    return atlas.products[id].name.text("en")


# materials and by-products only: a gearbox is upstream of everything that needs wind power
goods = nx.subgraph_view(
    graph, filter_edge=lambda *edge: graph.edges[edge]["kind"] in ("material", "byproduct")
)
used = sorted(goods, key=lambda node: (-goods.out_degree(node), node))[:5]
print(f"Goes into most: {', '.join(f'{name(id)} ({goods.out_degree(id)})' for id in used)}")

for loop in sorted(nx.strongly_connected_components(goods), key=len):
    if len(loop) > 1:
        print(f"Loop of {len(loop)}: {', '.join(sorted(map(name, loop)))}")

# what PVDF cannot do without, on any of its routes
needed = nx.subgraph_view(goods, filter_edge=lambda *edge: goods.edges[edge]["critical"])
missing = [id for id in nx.ancestors(needed, "pvdf") if graph.nodes[id]["state"] == "absent"]
print(f"Upstream of PVDF and missing: {', '.join(sorted(map(name, missing)))}")
