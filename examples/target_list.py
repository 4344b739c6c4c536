"""A target list (目标企业清单): for each gap the firms elsewhere that make the product."""

import csv
import sys
import tempfile
from pathlib import Path

import chaingraph as cg

folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
folder.mkdir(parents=True, exist_ok=True)
atlas = cg.load_atlas(cg.example_atlas())

rows = [
    {
        "rank": gap.rank,
        "product": gap.name.zh,
        "gap": gap.kind,
        "state": gap.state,
        "enterprise": firm.name.zh,
        "province": firm.province or "",
        "stock_code": firm.stock_code or "",
        "why": gap.why.zh,
    }
    for gap in cg.find_gaps(atlas)
    for firm in atlas.candidates.values()
    if gap.product in firm.makes
]

path = folder / "targets.csv"
with path.open("w", encoding="utf-8-sig", newline="") as file:  # so that Excel reads Chinese
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
print(f"{len({row['product'] for row in rows})} gaps have candidates: {len(rows)} rows in {path}")
