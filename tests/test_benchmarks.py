"""What the benchmarks measure is what they say: generated files hold the generated atlas."""

import sys
from pathlib import Path

import pytest

from chaingraph.loader import load_atlas

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture
def generate(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    import generate

    return generate


def test_the_yaml_that_is_loaded_is_a_right_atlas_of_its_size(generate, tmp_path):
    size = 100_000
    atlas = generate.generate(size // generate.BYTES_A_LINK)
    files = generate.write_files(atlas, tmp_path)
    loaded = load_atlas(tmp_path)
    assert generate.count_links(loaded) == generate.count_links(atlas) > 500
    assert loaded.products.keys() == atlas.products.keys()
    assert loaded.enterprises.keys() == atlas.enterprises.keys()
    assert abs(sum(path.stat().st_size for path in files) / size - 1) < 0.1
