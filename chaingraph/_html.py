"""Small tables as HTML, for notebooks.

Every text is escaped.  There is no script, address or colour of our own in it: the
notebook's own style makes it light or dark, and what a notebook that is not trusted
leaves of it can still be read.
"""

from __future__ import annotations

import html
from collections.abc import Sequence

Cell = str | int | float | None

WIDE = 28
"""From how many letters on a cell may be folded."""


def make_view(title: str, *parts: str) -> str:
    """
    Put a title above parts that are HTML already.

    Examples
    --------
    >>> make_view("A & B", make_line("$x$"))
    '<div class="mathjax_ignore tex2jax_ignore"><p><b>A &amp; B</b></p><p>$x$</p></div>'
    """
    head = f"<p><b>{escape(title)}</b></p>"
    # Notebooks set what stands between dollar signs as formulas, links in them included.
    return f'<div class="mathjax_ignore tex2jax_ignore">{head}{"".join(parts)}</div>'


def make_line(text: str) -> str:
    """Make a line of text."""
    return f"<p>{escape(text)}</p>"


def make_table(headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """
    Make a table; numbers stand at the right.

    Examples
    --------
    >>> make_table(["name"], [["<b>"]]).count("&lt;b&gt;")
    1
    """
    styles = [_style([row[at] for row in rows]) for at in range(len(headings))]
    head = "".join(
        f'<th scope="col" style="{style}">{escape(heading)}</th>'
        for style, heading in zip(styles, headings, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="{style}">{escape(say_cell(cell))}</td>'
            for style, cell in zip(styles, row, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _style(column: Sequence[Cell]) -> str:
    side = "right" if all(isinstance(cell, int | float | None) for cell in column) else "left"
    can_fold = any(len(say_cell(cell)) > WIDE for cell in column)
    return f"text-align:{side};white-space:{'normal' if can_fold else 'nowrap'}"


def say_cell(cell: Cell) -> str:
    """Return a cell as text."""
    if cell is None:
        return ""
    return (
        f"{cell:,}" if isinstance(cell, int) else f"{cell:.2f}" if isinstance(cell, float) else cell
    )


def escape(text: str) -> str:
    """Escape a text, and leave out what cannot be seen, such as marks that turn lines around."""
    return html.escape("".join(each if each.isprintable() else " " for each in text))
