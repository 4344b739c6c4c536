"""Drawings as pictures for documents that take no SVG (needs the extra ``report``)."""

from __future__ import annotations

from chaingraph.errors import MissingExtraError

DOTS = 130
"""Dots per inch: an A3 sheet is then about 2,150 dots wide."""


def make_png(svg: str, *, dots: float = DOTS) -> bytes:
    r"""
    Paint a drawing as PNG.

    Parameters
    ----------
    svg
        A drawing whose size is given in millimetres or dots of 1/96 inch.
    dots
        Dots per inch.

    Raises
    ------
    MissingExtraError
        If resvg-py is not installed.

    Examples
    --------
    >>> svg = '<svg xmlns="http://www.w3.org/2000/svg" width="25.4mm" height="25.4mm"/>'
    >>> make_png(svg)[:4]
    b'\x89PNG'
    """
    try:
        from resvg_py import svg_to_bytes
    except ImportError as error:
        raise MissingExtraError("report", "resvg-py") from error
    return bytes(svg_to_bytes(svg_string=svg, dpi=dots, background="#ffffff"))
