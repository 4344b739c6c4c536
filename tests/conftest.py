"""A tiny atlas that tests can read at a glance, and the real one of Yumen."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import settings

from chaingraph.loader import example_atlas, load_atlas

settings.register_profile("untimed", settings(), deadline=None)  # machines are busy
settings.load_profile("untimed")

HEAD = """
atlas: {id: town, name: {zh: 小城图谱, en: The town's chains}}
place: {name: {zh: 小城, en: Town}}
as_of: 2024-06-30
chains:
  food: {name: {zh: 食品, en: Food}, branches: [bakery]}
includes: [products/*.yaml, facts.yaml]
"""


def write_atlas(folder, products, facts, head):
    branch = "branch: {id: bakery, name: {zh: 烘焙, en: Bakery}}\nproducts:\n"
    files = {
        "town.yaml": head,
        "products/bread.yaml": branch + textwrap.indent(textwrap.dedent(products), "  "),
        "facts.yaml": textwrap.dedent(facts) or "enterprises: {}\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return load_atlas(folder / "town.yaml")


@pytest.fixture
def make_atlas(tmp_path):
    """Load an atlas of one branch from the YAML of its products and facts."""

    def make(products, facts="", head=HEAD):
        return write_atlas(tmp_path, products, facts, head)

    return make


@pytest.fixture(scope="module")
def make_atlas_once(tmp_path_factory):
    """As `make_atlas`, for tests that hypothesis runs many times: each atlas is loaded once."""
    loaded = {}

    def make(products, facts=""):
        key = (products, facts)
        if key not in loaded:
            loaded[key] = write_atlas(tmp_path_factory.mktemp("atlas"), products, facts, HEAD)
        return loaded[key]

    return make


@pytest.fixture(scope="session")
def yumen():
    """The atlas of Yumen."""
    return load_atlas(example_atlas())


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The documentation site, built as docs/run does, without a single warning."""
    pytest.importorskip("sphinx", reason="the extra docs is not installed")
    folder = tmp_path_factory.mktemp("site")
    make = Path(__file__).parent.parent / "docs" / "make.py"
    done = subprocess.run(
        [sys.executable, make, folder], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{folder / 'index.html'}\n", "")
    return folder
