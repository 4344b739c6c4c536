"""Yumen's words on real business scopes that people have labelled by reading."""

import csv
from pathlib import Path

import pytest

pytest.importorskip("ahocorasick_rs", reason="needs the extra evidence")

from chaingraph.evidence.lexicon import make_lexicon
from chaingraph.evidence.scopes import ScopeReader

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"

pytestmark = pytest.mark.skipif(
    not (DATA / "scopes_labelled.csv").exists(), reason="the labelled scopes are not here"
)


def read_csv(name):
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def pairs(yumen):
    """Labelled role and found role of every firm and product; without what the labellers doubt."""
    reader = ScopeReader(make_lexicon(yumen))
    doubted = {
        (row["company"], row["id"])
        for row in read_csv("scopes_evidence.csv")
        if row["status"] != "sure"
    }
    ids = {id for id in yumen.products if id not in NOT_LABELLED}
    found = []
    for row in read_csv("scopes_labelled.csv"):
        gold = dict(label.split(":") for label in row["labels"].split("|") if label)
        said = {match.product: match.role for match in reader.read(row["scope"])}
        found += [
            (gold.get(id), said.get(id))
            for id in (gold.keys() | said.keys()) & ids
            if (row["company"], id) not in doubted
        ]
    return found


NOT_LABELLED = {
    "battery_swap_truck", "calcium_chloride", "coke", "coke_oven_gas", "computing_centre",
    "crude_benzene", "energy_storage_container", "equipment_recycling", "fresh_locked_goji",
    "glass_wool", "hazardous_waste_treatment", "isooctane", "malt", "perovskite_cell",
    "pultruded_plate", "water_treatment_agent",
}  # fmt: skip
"""Products of the atlas that the labellers did not look for."""


def test_precision_recall_and_roles(pairs):
    hits = [(gold, said) for gold, said in pairs if gold and said]
    assert len(hits) / sum(said is not None for _, said in pairs) >= 0.95
    assert len(hits) / sum(gold is not None for gold, _ in pairs) >= 0.9
    assert sum(gold == said for gold, said in hits) / len(hits) >= 0.9
