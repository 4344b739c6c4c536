"""What an atlas says, told without the code that writes it; programs of others to read it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import strategies as st
from pydantic import BaseModel

from chaingraph.figures import Figure
from chaingraph.model import HEAD, SECTIONS, Atlas

CLIENTS = Path(__file__).with_name("clients")
NPM = Path(sys.prefix) / "npm/node_modules"

ENTITIES = ("clusters", "chains", "branches", "products", *SECTIONS)

hostile_texts = st.one_of(
    st.sampled_from(
        [
            "=1+1", "@SUM(A1)", 'a "b" c', "back\\", '\\"', "a;b|c", "<b>&amp;</b>", "]]>", "'x'",
            "line\nbreak", "tab\there", "𠮷野家 🏭", "a,b", "null", "true", "\\N", "-", "#x", "$y",
            "a\u2028b", "a\x85b", "长" * 3000, "{}", "[a,b]", "//", "`x`", "é", "e\u0301",
        ]
    ),
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\t"),
        min_size=1,
        max_size=40,
    ).map(lambda text: f"{text}n"),
)  # fmt: skip
"""Names that an atlas file may hold; the loader refuses other control characters."""


def entities(atlas):
    """Yield (section, id, entity) of everything."""
    for section in ENTITIES:
        for id, entity in getattr(atlas, section).items():
            yield section, id, entity


def walk(thing, path=()):
    """Yield (path, thing) of everything inside a thing."""
    yield path, thing
    if isinstance(thing, BaseModel):
        names = HEAD if isinstance(thing, Atlas) else type(thing).model_fields
        inner = [(name, getattr(thing, name)) for name in names if name in thing.model_fields_set]
    elif isinstance(thing, dict):
        inner = list(thing.items())
    else:
        inner = list(enumerate(thing)) if isinstance(thing, list) else []
    for step, item in inner:
        yield from walk(item, (*path, step))


def everything(atlas):
    """Yield (section, id, path, thing) of everything inside every entity."""
    for section, id, entity in (("place", atlas.atlas.id, atlas), *entities(atlas)):
        for path, thing in walk(entity):
            yield section, id, ".".join(map(str, path)), thing


@pytest.fixture(scope="session")
def figures_of():
    """(section, id, path) → figure, of every figure of an atlas."""

    def find(atlas):
        return {
            (section, id, path): thing
            for section, id, path, thing in everything(atlas)
            if isinstance(thing, Figure)
        }

    return find


@pytest.fixture(scope="session")
def citations_of():
    """(section, id, path, source) of every time that an atlas names a source."""

    def find(atlas):
        return {
            (section, id, f"{path}.{at}".removeprefix("."), source)
            for section, id, path, thing in everything(atlas)
            if path.rpartition(".")[2] == "sources" and isinstance(thing, list)
            for at, source in enumerate(thing)
        }

    return find


@pytest.fixture(scope="session")
def data_of():
    """section:id → all that the entity says, as plain values."""

    def find(atlas):
        def plain(entity):
            if isinstance(entity, dict):
                return {name: plain(inner) for name, inner in entity.items()}
            return entity.model_dump(mode="json", exclude_defaults=True)

        return {f"{section}:{id}": plain(entity) for section, id, entity in entities(atlas)}

    return find


@pytest.fixture
def run_client(tmp_path):
    """Let a program of node read files; returns what it tells."""

    def run(client, needs, *files):
        if shutil.which("node") is None or not (NPM / needs).exists():
            pytest.skip(f"{needs} is not installed: bash tests/run installs it with npm")
        paths = []
        for at, data in enumerate(files):
            paths.append(tmp_path / f"file{at}")
            paths[-1].write_bytes(data)
        told = subprocess.run(
            ["node", CLIENTS / f"{client}.mjs", *paths],
            env={**os.environ, "NODE_HOME": str(NPM.parent / "x.js")},
            check=True,
            capture_output=True,
            timeout=300,
        )
        return json.loads(told.stdout)

    return run


@pytest.fixture
def make_named(make_atlas_once):
    """An atlas whose product, firm and source have the names given."""
    atlas = make_atlas_once(
        "bread: {name: 面包, stage: upstream, inputs: {flour: {critical: true}}}\n"
        "flour: {name: 面粉, stage: upstream}\n",
        "enterprises: {baker: {name: 面包坊, makes: [bread], sources: [web]}}\n"
        "sources: {web: {title: 网页, kind: web}}\n",
    )

    def make(name):
        from chaingraph.figures import Text

        text = Text(zh=name, en=name)
        bread = atlas.products["bread"].model_copy(update={"name": text, "aliases": [name, "x"]})
        baker = atlas.enterprises["baker"].model_copy(update={"name": text, "note": name})
        web = atlas.sources["web"].model_copy(update={"title": name})
        return atlas.model_copy(
            update={
                "products": {**atlas.products, "bread": bread},
                "enterprises": {"baker": baker},
                "sources": {"web": web},
            }
        )

    return make
