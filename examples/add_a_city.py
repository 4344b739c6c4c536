"""Another city from a few lines of YAML, with the product branches that Yumen's atlas uses."""

import shutil
import sys
import tempfile
from pathlib import Path

import chaingraph as cg

CITY = """
atlas: {id: city, name: Industry chains of a city}
place: {name: A city}
language: en
as_of: 2026-01-01
chains:
  all: {name: All chains, branches: [BRANCHES]}
includes: [products/*.yaml, sources/*.yaml]
enterprises:
  silicon_smelter: {name: A silicon smelter, makes: [industrial_silicon]}
  silicone_works: {name: A silicone works, makes: [dmc_cyclosiloxane]}
"""

folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp()) / "city"
chains = cg.example_atlas().parent
branches = cg.load_atlas(cg.example_atlas()).branches

shutil.copytree(chains / "products", folder / "products", dirs_exist_ok=True)
(folder / "sources").mkdir(exist_ok=True)
for number, path in enumerate(chains.rglob("sources.yaml")):  # all that the branches cite
    shutil.copy(path, folder / "sources" / f"{number}.yaml")
text = CITY.replace("BRANCHES", ", ".join(branches))
(folder / "city.yaml").write_text(text, "utf-8")

atlas = cg.load_atlas(folder / "city.yaml")
for gap in cg.find_gaps(atlas)[:10]:
    print(f"{gap.rank:>3} {gap.kind:6} {gap.name.text('en')}: {gap.why.en}")
