"""What was missing in silicones and fluorine materials on two days, and what has moved."""

from collections import Counter

import chaingraph as cg

DAYS = ("2023-02-15", "2024-06-30")
BRANCHES = ("silicone", "fluorine")

atlas = cg.load_atlas(cg.example_atlas())
before, after = (
    {gap.product: gap for gap in cg.find_gaps(atlas, as_of=day) if gap.branch in BRANCHES}
    for day in DAYS
)

for day, gaps in zip(DAYS, (before, after), strict=True):
    for branch in BRANCHES:
        states = Counter(gap.state for gap in gaps.values() if gap.branch == branch)
        told = ", ".join(f"{count} {state}" for state, count in states.most_common())
        print(f"{day} {atlas.branches[branch].name.zh}: {states.total()} gaps ({told})")

print("Moved in between:")
for id, gap in after.items():
    if id in before and before[id].state != gap.state:
        print(f"{gap.name.zh}: {before[id].state} -> {gap.state}. {gap.why.zh}")
