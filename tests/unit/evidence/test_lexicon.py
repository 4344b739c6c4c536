"""Which words stand for products."""

import pytest

pytest.importorskip("opencc", reason="needs the extra evidence")

from chaingraph.errors import UsageError
from chaingraph.evidence.lexicon import make_lexicon

PRODUCTS = """
coal: {name: {zh: 原煤, en: Raw coal}, stage: upstream, unit: t, codes: {gbt4754: "0610"}}
washed: {name: {zh: 洗精煤, en: Washed coal}, aliases: [煤炭洗选], stage: upstream, unit: t, codes: {gbt4754: "0610"}}
oil: {name: {zh: 硅油（二甲基）, en: Silicone oil}, aliases: [聚硅氧烷, 油], stage: midstream, unit: t, codes: {gbt4754: "2614"}}
tower: {name: {zh: 塔筒/塔架, en: Tower}, aliases: [风塔], stage: midstream, unit: t}
"""
FACTS = """
scopes:
  oil: {terms: [二甲硅油], generic: [油], unlike: [硅油纸], when: {硅液: [生产]}}
"""


@pytest.fixture
def lexicon(make_atlas):
    return make_lexicon(make_atlas(PRODUCTS, FACTS))


def test_names_aliases_and_further_terms_count(lexicon):
    assert {"硅油", "聚硅氧烷", "二甲硅油", "风塔"} <= lexicon.senses.keys()


def test_a_name_of_two_parts_is_no_term(lexicon):
    assert not any("塔筒" in term for term in lexicon.senses)


def test_generic_words_are_guarded(lexicon):
    assert "油" not in lexicon.senses
    assert lexicon.senses["硅液"] == (("oil", frozenset({"生产"})),)


def test_longer_phrases_and_divisions_are_kept(lexicon):
    assert lexicon.unlike == {"硅油纸"}
    assert lexicon.division == {"oil": "26", "coal": "06", "washed": "06"}


def test_what_is_only_processed_is_not_raw(lexicon):
    assert lexicon.raw == {"coal"}


def test_an_unknown_activity_is_told(make_atlas):
    atlas = make_atlas(PRODUCTS, FACTS.replace("[生产]", "[生产制]"))
    with pytest.raises(UsageError, match=r"scopes.oil.when.硅液: '生产制' .* mean '生产'"):
        make_lexicon(atlas)
