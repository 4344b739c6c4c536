"""From the gaps to a bundle: what to go after, what must land first, what that changes."""

import chaingraph as cg

atlas = cg.load_atlas(cg.example_atlas())

print("The best few with 10 billion yuan:")
chosen = cg.find_portfolio(atlas, number=5, limits={"money": 100})
for gap in chosen.gaps:
    print(f"  {gap.rank:>3} {gap.name.text('en')} ({gap.kind}), score {gap.score:.2f}")
for bound in chosen.bounds:
    print(f"  {bound.name}: {bound.used:g} of {bound.limit:g}, binds: {bound.binds}")

print("To make PVDF here:")
for bundle in cg.unlock(atlas, "PVDF", ship="upstream", alternatives=2):
    print(f"  {bundle.cost:g} steps: {', '.join(bundle.products)}")

first = cg.unlock(atlas, "PVDF")[0]
found = cg.find_whatif(atlas, [cg.Landing(product, 10_000) for product in first.products])
print(f"If {' and '.join(first.products)} land, 10,000 t each:")
for change in (*found.closed, *found.opened):
    print(f"  {change.change}: {change.name.text('en')}")
