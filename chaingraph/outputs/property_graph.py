"""An atlas as a property graph: CSV files, and scripts that load them into graph databases.

The files have the headers of ``neo4j-admin database import``, which name the type of each
column.  The same files are read by two scripts in Cypher, one for Neo4j (``LOAD CSV``) and
one for the embedded database Ladybug (``COPY``); in both the same queries work.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import shlex
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from chaingraph.model import Atlas, View
from chaingraph.outputs.entity_tables import ColumnType, Table, make_tables

_LABELS = {"branches": "Branch", "policies": "Policy"}
"""The labels of sections that do not just lose an s."""

_TYPES = {
    "branch": "IN_BRANCH",
    "chain": "IN_CHAIN",
    "cluster": "IN_CLUSTER",
    "enterprise": "BY_ENTERPRISE",
    "park": "IN_PARK",
    "route": "BY_ROUTE",
    "sources": "CITES",
    "team": "BY_TEAM",
}
"""The types of relations that would read like labels; the others are the fields in capitals."""

_NEO4J: dict[ColumnType, tuple[str, str]] = {
    "text": ("", "{}"),
    "texts": (":string[]", "split({}, '{delimiter}')"),
    "number": (":double", "toFloat({})"),
    "integer": (":long", "toInteger({})"),
    "truth": (":boolean", "toBoolean({})"),
    "data": ("", "{}"),
}
"""Column type → what follows its name in a header, and how LOAD CSV reads it."""

_LADYBUG: dict[ColumnType, str] = {
    "text": "STRING",
    "texts": "STRING[]",
    "number": "DOUBLE",
    "integer": "INT64",
    "truth": "BOOLEAN",
    "data": "STRING",
}

GAP_QUESTION = """\
// Which broken products are critical inputs of something made here, and who elsewhere makes them?
// The same question for Neo4j and for Ladybug.
MATCH (gap:Gap {kind: 'broken'})-[:OF]->(missing:Product)
MATCH (gap)-[:CONSUMERS]->(user:Product)-[:INPUTS {critical: true}]->(missing)
OPTIONAL MATCH (firm:Candidate)-[:MAKES]->(missing)
RETURN gap.rank AS rank, missing.id AS product, missing.name_zh AS name,
       collect(DISTINCT user.id) AS needed_by, collect(DISTINCT firm.name_zh) AS made_by
ORDER BY rank;
"""
"""A query that works in both databases."""


def make_property_graph(
    atlas: Atlas, *, as_of: str | datetime.date | None = None, view: View = "actual"
) -> dict[str, bytes]:
    """
    Write an atlas and its gaps as the CSV files and scripts of a property graph.

    Parameters
    ----------
    atlas
        The atlas.
    as_of
        The day; the atlas's own if none.
    view
        What counts as here.

    Returns
    -------
    files
        Name → content: ``nodes_….csv`` and ``relations_….csv``, one a label and one for
        each pair of labels that relations of a type run between, even empty ones, so that
        none is left of an older atlas; ``neo4j.cypher``,
        ``neo4j-admin.sh`` and ``ladybug.cypher``, which load them; ``gaps.cypher``, a
        question to begin with.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> files = make_property_graph(load_atlas(example_atlas()))
    >>> files["relations_enterprises_makes_products.csv"].decode().splitlines()[0][:50]
    ':START_ID(Enterprise),:END_ID(Product),path,capaci'
    """
    tables = make_tables(atlas, as_of=as_of, view=view)
    delimiter = _choose_delimiter(tables)
    return {
        **{_file(table): _csv(table, delimiter) for table in tables},
        "neo4j.cypher": _neo4j_script(tables, delimiter).encode(),
        "neo4j-admin.sh": _neo4j_command(tables, delimiter).encode(),
        "ladybug.cypher": _ladybug_script(tables, delimiter).encode(),
        "gaps.cypher": GAP_QUESTION.encode(),
    }


def label_of(section: str) -> str:
    """
    Return the label of the entities of a section.

    Examples
    --------
    >>> label_of("products"), label_of("policies")
    ('Product', 'Policy')
    """
    return _LABELS.get(section, section.removesuffix("s").title().replace("_", ""))


def type_of(field: str) -> str:
    """Return the type of the relations of a field."""
    return _TYPES.get(field, field.upper())


def _file(table: Table) -> str:
    if table.ends is None:
        return f"nodes_{table.name}.csv"
    return f"relations_{table.ends[0]}_{table.name}_{table.ends[1]}.csv"


# ----------------------------------------------------------------------- CSV


def _choose_delimiter(tables: Iterable[Table]) -> str:
    """Choose a character to stand between the items of a list that occurs in none of them."""
    used: set[str] = {
        letter
        for table in tables
        for name, type in table.columns.items()
        if type == "texts"
        for row in table.rows
        for item in row.get(name, ())
        for letter in item
    }
    candidates: list[str] = [*";|¦␟", *map(chr, range(0xE000, 0xF900))]
    return next(mark for mark in candidates if mark not in used)


def _csv(table: Table, delimiter: str) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*_header(table), ":LABEL" if table.ends is None else ":TYPE"])
    last = label_of(table.name) if table.ends is None else type_of(table.name)
    for row in table.rows:
        cells = [_cell(row.get(name), type, delimiter) for name, type in table.columns.items()]
        writer.writerow([*cells, last])
    return out.getvalue().encode()


def _header(table: Table) -> list[str]:
    """Name the columns as neo4j-admin wants them."""
    if table.ends is None:
        keys = {"id": f"id:ID({label_of(table.name)})"}
    else:
        start, end = map(label_of, table.ends)
        keys = {"start": f":START_ID({start})", "end": f":END_ID({end})"}
    return [keys.get(name, f"{name}{_NEO4J[type][0]}") for name, type in table.columns.items()]


def _cell(value: Any, type: ColumnType, delimiter: str) -> Any:
    if value is None:
        return None
    if type == "texts":
        return delimiter.join(value)
    if type == "truth":
        return "true" if value else "false"
    return _json(value) if type == "data" else value


def _json(value: Any) -> str:
    r"""Write JSON without \\ and \", which LOAD CSV would take for its own escapes."""
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("\\\\", "\\u005c").replace('\\"', "\\u0022")


# --------------------------------------------------------------------- Neo4j


def _neo4j_script(tables: Sequence[Table], delimiter: str) -> str:
    lines = [
        "// Loads the CSV files beside this script into Neo4j 4.4 or later; may be run again.",
        "// Copy them into the server's import folder, then: cypher-shell -f neo4j.cypher",
        "// Texts that hold backslashes need db.import.csv.legacy_quote_escaping=false there.",
        "",
    ]
    for table in tables:
        if table.ends is None:
            label = label_of(table.name)
            lines.append(
                f"CREATE CONSTRAINT {table.name}_id IF NOT EXISTS "
                f"FOR (n:{label}) REQUIRE n.id IS UNIQUE;"
            )
    for table in tables:
        lines += ["", f"LOAD CSV WITH HEADERS FROM 'file:///{_file(table)}' AS row"]
        lines += _merge(table, delimiter)
    return "\n".join(lines) + "\n"


def _merge(table: Table, delimiter: str) -> Iterator[str]:
    columns = dict(zip(table.columns, _header(table), strict=True))
    if table.ends is None:
        yield f"MERGE (n:{label_of(table.name)} {{id: row.`{columns['id']}`}})"
        keys, it = {"id"}, "n"
    else:
        for name, end in zip(("start", "end"), table.ends, strict=True):
            yield f"MATCH ({name}:{label_of(end)} {{id: row.`{columns[name]}`}})"
        yield f"MERGE (start)-[r:{type_of(table.name)} {{path: row.path}}]->(end)"
        keys, it = {"start", "end", "path"}, "r"
    said = ", ".join(
        f"{name}: {_NEO4J[type][1].format(f'row.`{columns[name]}`', delimiter=delimiter)}"
        for name, type in table.columns.items()
        if name not in keys
    )
    yield f"SET {it} += {{{said}}};"


def _neo4j_command(tables: Sequence[Table], delimiter: str) -> str:
    words = ["neo4j-admin", "database", "import", "full"]
    words += ["--overwrite-destination", "--multiline-fields=true"]
    words.append(f"--array-delimiter={delimiter}")
    for table in tables:
        what = "nodes" if table.ends is None else "relationships"
        words.append(f"--{what}={_file(table)}")
    lines = " \\\n    ".join([" ".join(words[:4]), *map(shlex.quote, words[4:]), '"${1:-neo4j}"'])
    return (
        "#!/bin/sh\n"
        "# Makes a new Neo4j 5 database of the CSV files beside this script; the server must\n"
        "# be stopped.  Usage: sh neo4j-admin.sh [DATABASE]\n"
        f'set -eu\ncd "$(dirname "$0")"\n{lines}\n'
    )


# ------------------------------------------------------------------- Ladybug


def _ladybug_script(tables: Sequence[Table], delimiter: str) -> str:
    lines = [
        "// Loads the CSV files beside this script into a Ladybug database; to be run in",
        "// their folder, and again after each export: what it loaded before goes first.",
        "",
    ]
    nodes = [table for table in tables if table.ends is None]
    relations: dict[str, list[Table]] = {}
    for table in tables:
        if table.ends is not None:
            relations.setdefault(table.name, []).append(table)
    names = [*(type_of(field) for field in relations), *(label_of(table.name) for table in nodes)]
    lines += [f"DROP TABLE IF EXISTS `{name}`;" for name in names]
    for table in nodes:
        columns = ", ".join(_ladybug_columns(table))
        lines.append(f"CREATE NODE TABLE `{label_of(table.name)}` ({columns}, PRIMARY KEY (`id`));")
    for field, members in relations.items():
        pairs = [
            f"FROM `{label_of(start)}` TO `{label_of(end)}`"
            for start, end in (table.ends for table in members if table.ends)
        ]
        columns = ", ".join([*pairs, *_ladybug_columns(members[0])])
        lines.append(f"CREATE REL TABLE `{type_of(field)}` ({columns});")
    lines.append("")
    lines += [_copy(table, delimiter) for table in tables]
    return "\n".join(lines) + "\n"


def _ladybug_columns(table: Table) -> list[str]:
    return [
        f"`{name}` {_LADYBUG[type]}"
        for name, type in table.columns.items()
        if name not in ("start", "end")
    ]


def _copy(table: Table, delimiter: str) -> str:
    read = ", ".join(
        f"`{name}` {'STRING' if type == 'texts' else _LADYBUG[type]}"
        for name, type in table.columns.items()
    )
    kept = ", ".join(
        f"string_split(`{name}`, '{delimiter}')" if type == "texts" else f"`{name}`"
        for name, type in table.columns.items()
    )
    name, ends = label_of(table.name), ""
    if table.ends is not None:
        name = type_of(table.name)
        ends = " (from='{}', to='{}')".format(*map(label_of, table.ends))
    return (
        f"COPY `{name}` FROM (LOAD WITH HEADERS ({read}, `last` STRING) FROM '{_file(table)}' "
        f"(HEADER=true, PARALLEL=false, AUTO_DETECT=false, DELIM=',', QUOTE='\"', ESCAPE='\"') RETURN {kept}){ends};"
    )
