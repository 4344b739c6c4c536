"""Draw the whole map and one for each branch: files that open without a network."""

import sys
import tempfile
from pathlib import Path

import chaingraph as cg

folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
folder.mkdir(parents=True, exist_ok=True)
atlas = cg.load_atlas(cg.example_atlas())

cg.draw_map(atlas, folder / "map.html")
for branch in atlas.branches:
    cg.draw_map(atlas, folder / f"{branch}.html", branch=branch, as_of="2024-06-30", lang="en")

maps = sorted(folder.glob("*.html"))
print(f"{len(maps)} maps in {folder}")
