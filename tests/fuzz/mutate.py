"""Real files, spoiled: keys and values moved, dropped and replaced, text and bytes spliced."""

import copy
import json

from hypothesis import strategies as st

DEEP = 60
ODD_VALUES = [
    None, True, "", " ", "x" * 5000, 0, -1, 10**17, 1e308, -1e308, 1e-308, "９", "１２", "=1+1", "../x", "*", "~",
    "2024-02-30", "2024-00", "2024-01-00", "1899", "9999-12-31", "t/t", "kWh/t", "\u202e改", "\u200b", "😀",
    "\u2028", "\x85", "e\u0301", "<b>", [], {}, [[[]]], [None], {"": ""}, {"value": 1e308, "range": [2, 1]}, {"zh": ""},
]  # fmt: skip
ODD_TEXTS = [
    "\ufeff", "\r\n", "\r", "\x00", "\t", "\x0c", "\x85", "：", "，", "!!python/object:os.system ", "!x ", "&a ", "*a",
    "<<: *a\n", "--- ", "\n---\n", "\n...\n", "? ", "- ", "{", "}", "[", "]", "|\n", ">-\n", "%YAML 9.9\n", "#", "'", '"',
    "[" * DEEP, "{a: " * DEEP, "&a [*a, *a]", "9" * 400, "1e999", "\u2029", "\U0010ffff", "\ud7ff",
]  # fmt: skip


def deep(levels):
    value = 1
    for _ in range(levels):
        value = {"a": value}
    return value


ODD_VALUES += [deep(5), deep(DEEP)]


def places(data, above=()):
    """Every place in plain data that holds a value."""
    if isinstance(data, dict | list):
        for step, inner in data.items() if isinstance(data, dict) else enumerate(data):
            yield (*above, step)
            yield from places(inner, (*above, step))


def at(data, path):
    for step in path:
        data = data[step]
    return data


@st.composite
def spoiled_trees(draw, trees, most=4):
    """Draw one of some files' data, and spoil it at one to a few places."""
    data = copy.deepcopy(draw(st.sampled_from(trees)))
    for _ in range(draw(st.integers(1, most))):
        found = list(places(data))
        if not found:
            break
        path, other = draw(st.sampled_from(found)), draw(st.sampled_from(found))
        spoil(data, path, other, draw)
    return json.dumps(data, ensure_ascii=draw(st.booleans()), indent=1).encode()


def spoil(data, path, other, draw):
    parent, step = at(data, path[:-1]), path[-1]
    how = draw(st.sampled_from(["replace", "replace", "drop", "rename", "swap", "copy", "wrap"]))
    if how == "replace":
        parent[step] = copy.deepcopy(draw(st.sampled_from(ODD_VALUES)))
    elif how == "drop":
        del parent[step]
    elif how == "rename" and isinstance(parent, dict):
        key = draw(st.sampled_from(["", "x", "名", "A", "e\x1b[1m", str(other[-1]), f"{step}_2"]))
        parent[key] = parent.pop(step)
    elif how == "wrap":
        parent[step] = draw(st.sampled_from([[parent[step]], {"value": parent[step]}]))
    elif how == "copy":
        parent[step] = copy.deepcopy(at(data, other))
    elif how == "swap":
        one, two = copy.deepcopy(parent[step]), copy.deepcopy(at(data, other))
        parent[step] = two
        if other[: len(path)] != path and path[: len(other)] != other:
            at(data, other[:-1])[other[-1]] = one


@st.composite
def spoiled_texts(draw, texts, most=4):
    """Draw one of some files, and splice its bytes."""
    raw = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(1, most))):
        start = draw(st.integers(0, len(raw)))
        end = min(len(raw), start + draw(st.integers(0, 40)))
        odd = st.sampled_from(ODD_TEXTS).map(str.encode)
        put = draw(odd | st.binary(max_size=4) | st.just(raw[end : end + 200]) | st.just(b""))
        raw = raw[:start] + put + raw[end:]
    return draw(st.sampled_from([raw, raw, raw.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + raw]))
