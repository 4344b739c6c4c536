"""Products by what people call them."""

import pytest

from chaingraph.search import find_groups, search

PRODUCTS = """
flour: {name: {zh: 面粉, en: Flour}, stage: upstream, codes: {gbt4754: "1311"}}
wheat_flour_mix: {name: {zh: 预拌粉, en: Bread mix}, aliases: [烘焙预拌粉], stage: midstream}
bread: {name: {zh: 面包, en: Bread}, aliases: [Toast Bread], stage: downstream}
"""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("bread", [("bread", "same"), ("wheat_flour_mix", "starts")]),
        ("BREAD", [("bread", "same"), ("wheat_flour_mix", "starts")]),
        ("Ｂｒｅａｄ", [("bread", "same"), ("wheat_flour_mix", "starts")]),
        ("面", [("flour", "starts"), ("bread", "starts")]),
        ("1311", [("flour", "same")]),
        ("13", [("flour", "starts")]),
        ("toast", [("bread", "starts")]),
        ("flour", [("flour", "same"), ("wheat_flour_mix", "contains")]),
        ("toast  bread ", [("bread", "same")]),
        ("烘焙 预拌粉", [("wheat_flour_mix", "same")]),
        ("mix wheat", [("wheat_flour_mix", "contains")]),
        ("mianbao", [("bread", "pinyin")]),
        ("mb", [("bread", "pinyin")]),
        ("braed", [("bread", "like"), ("wheat_flour_mix", "like")]),
        ("gravel", []),
        ("  ", []),
    ],
)
def test_the_best_match_comes_first(make_atlas, words, expected):
    assert [(hit.product, hit.how) for hit in search(make_atlas(PRODUCTS), words)] == expected


def test_a_hit_says_what_matched(make_atlas):
    hit, *_ = search(make_atlas(PRODUCTS), "烘焙")
    assert hit.matched == "烘焙预拌粉"


@pytest.mark.parametrize("initials", ["nb", "can", "mt", "tef"])
def test_letters_across_two_english_words_are_no_match(yumen, initials):
    assert {hit.how for hit in search(yumen, initials)} == {"pinyin"}


def test_the_nearest_guess_comes_first(yumen):
    first, *others = search(yumen, "Sulufric acid")
    assert (first.product, first.how) == ("sulfuric_acid", "like")
    assert "nitric_acid" in [hit.product for hit in others]


def test_branches_and_chains_are_found_by_a_part_of_a_name(make_atlas):
    atlas = make_atlas(PRODUCTS)
    assert find_groups(atlas.branches, "bak") == ["bakery"]
    assert find_groups(atlas.chains, "食品") == ["food"]
    assert find_groups(atlas.chains, " ") == []


def test_every_product_of_yumen_is_found_first_by_its_own_id_and_names(yumen):
    for id, product in yumen.products.items():
        for words in (id, product.name.zh, product.name.en):
            best = [hit for hit in search(yumen, words) if hit.how == "same"]
            assert id in [hit.product for hit in best]
