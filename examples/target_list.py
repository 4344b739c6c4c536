"""A target list (目标企业清单): whom to go after for silicone and fluorine, why, and when."""

import sys
import tempfile
from pathlib import Path

import chaingraph as cg
from chaingraph.analysis.targets import TARGET_COLUMNS
from chaingraph.outputs.tables import format_records

folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
folder.mkdir(parents=True, exist_ok=True)
atlas = cg.load_atlas(cg.example_atlas())

wanted = [*atlas.products_of("silicone"), *atlas.products_of("fluorine")]
targets = cg.find_targets(atlas, as_of="2023-02-15", products=wanted)
for target in targets[:10]:
    print(f"{target.product_name.zh}：{target.name.zh} {target.score:.2f}，{target.why.zh}")

path = folder / "targets.csv"
records = [target.to_record("zh") for target in targets]
path.write_bytes(format_records(records, TARGET_COLUMNS, "csv"))  # Excel reads it, and runs nothing
print(f"{len(targets)} rows in {path}")

first = cg.make_plan(atlas, as_of="2023-02-15").trips[0]
print(f"The first trip, {first.start}: {', '.join(stop.name.zh for stop in first.stops)}")
