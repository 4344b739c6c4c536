"""A target list (目标企业清单): for each gap the firms elsewhere that make the product."""

import sys
import tempfile
from pathlib import Path

import chaingraph as cg
from chaingraph.outputs.tables import format_records

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
path.write_bytes(format_records(rows, list(rows[0]), "csv"))  # Excel reads it, and runs nothing
print(f"{len({row['product'] for row in rows})} gaps have candidates: {len(rows)} rows in {path}")
