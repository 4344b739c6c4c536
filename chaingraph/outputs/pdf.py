"""An SVG as a PDF of the same size, by whichever program is installed that can.

Nothing here draws: a converter or a browser does, in a folder of its own that is
removed afterwards, and the PDF is written whole or not at all.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from chaingraph.errors import UsageError
from chaingraph.outputs.files import seal_pdf, write_bytes

PATIENCE = 180.0
"""How long a converter may take [s]."""

BROWSERS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "microsoft-edge", "msedge",
)  # fmt: skip
INSTALLED = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    r"C:\Program Files\Microsoft\Edge\Application\msedge.exe",
)
"""Where browsers are on systems that do not find programs by name."""

_SIZE = re.compile(r'<svg[^>]*? width="([\d.]+)mm" height="([\d.]+)mm"')
_PAGE = re.compile(rb"/MediaBox *\[ *0 +0 +([\d.]+) +([\d.]+) *\]")
_POINT = 25.4 / 72
"""How large a point is [mm]."""

Command = Callable[[str, Path, Path], list[str]]
"""Program, SVG, PDF → the command that makes the one from the other."""


def write_pdf(svg: str, path: str | Path) -> Path:
    """
    Write an SVG as a PDF of the same size.

    Parameters
    ----------
    svg
        A drawing whose width and height are given in mm.
    path
        The file to write.

    Returns
    -------
    path
        The file written.

    Raises
    ------
    UsageError
        If no program is installed that makes a PDF, none of them could, or the file
        cannot be written.
    """
    return write_bytes(path, seal_pdf(make_pdf(svg)))


def make_pdf(svg: str) -> bytes:
    """Return an SVG as a PDF of the same size; otherwise as `write_pdf`."""
    converters = list(find_converters())
    if not converters:
        raise UsageError(
            "a PDF needs rsvg-convert, Inkscape, Chromium, Chrome or Edge, and none of them is "
            "installed: install one, or write an .svg and print it from a browser"
        )
    said = []
    for program, command in converters:
        data, complaint = _convert(svg, program, command)
        if data:
            return data
        said.append(f"{Path(program).name} {complaint}")
    raise UsageError(
        f"no PDF was made: {'; '.join(said)}; write an .svg and print it from a browser"
    )


def find_converters() -> Iterator[tuple[str, Command]]:
    """Yield the programs on this machine that make a PDF, with how each is called."""
    for name, command in (("rsvg-convert", _rsvg), ("inkscape", _inkscape)):
        program = shutil.which(name)
        if program:
            yield program, command
    browsers = (shutil.which(name) for name in BROWSERS)
    program = next(filter(None, browsers), None) or next(filter(os.path.isfile, INSTALLED), None)
    if program:
        yield program, _browser


def _convert(svg: str, program: str, command: Command) -> tuple[bytes, str]:
    """Return the PDF, or nothing and what went wrong."""
    with tempfile.TemporaryDirectory(prefix="chaingraph-", ignore_cleanup_errors=True) as folder:
        source, target = Path(folder) / "poster.svg", Path(folder) / "poster.pdf"
        source.write_text(svg, "utf-8")
        homes = dict.fromkeys(("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"), folder)
        try:
            subprocess.run(  # noqa: S603 (a program found by its name, on a file of our own)
                command(program, source, target), check=True, timeout=PATIENCE, cwd=folder,
                stdin=subprocess.DEVNULL, capture_output=True, env=os.environ | homes,
            )  # fmt: skip
            data = target.read_bytes()
        except subprocess.TimeoutExpired:
            return b"", f"took longer than {PATIENCE:.0f} s"
        except (OSError, subprocess.CalledProcessError) as error:
            return (
                b"",
                f"failed ({error.strerror if isinstance(error, OSError) else error.returncode})",
            )
    if not data.startswith(b"%PDF"):
        return b"", "wrote something else"
    return (data, "") if _has_size(data, _size_of(svg)) else (b"", "made a page of another size")


def _size_of(svg: str) -> tuple[float, float]:
    """Return width and height [mm]."""
    found = _SIZE.search(svg)
    if found is None:
        raise UsageError("the drawing does not say how large it is in mm")
    return float(found[1]), float(found[2])


def _has_size(data: bytes, size: tuple[float, float]) -> bool:
    """Tell whether the pages are as large as the paper, where a PDF says so openly."""
    return all(
        abs(float(side) * _POINT - wanted) <= 1
        for page in _PAGE.findall(data)
        for side, wanted in zip(page, size, strict=True)
    )


def _rsvg(program: str, source: Path, target: Path) -> list[str]:
    # A millimetre is a millimetre only at the resolution that points have.
    return [program, "--format=pdf", "--dpi-x=72", "--dpi-y=72", f"--output={target}", str(source)]


def _inkscape(program: str, source: Path, target: Path) -> list[str]:
    return [program, "--export-type=pdf", f"--export-filename={target}", str(source)]


def _browser(program: str, source: Path, target: Path) -> list[str]:
    """Print a page that is nothing but the drawing."""
    svg = source.read_text("utf-8")
    width, height = (f"{side:g}" for side in _size_of(svg))
    page = source.with_suffix(".html")
    page.write_text(
        '<!doctype html><meta charset="utf-8"><style>'
        f"@page{{size:{width}mm {height}mm;margin:0}}html,body{{margin:0}}"
        f"svg{{display:block;width:{width}mm;height:calc({height}mm - 1px)}}"
        f"</style>{svg[svg.index('<svg') :]}",
        "utf-8",
    )
    # A browser in a container often runs as root, where it has no sandbox.
    alone = ["--no-sandbox"] if sys.platform != "win32" and os.geteuid() == 0 else []
    return [
        program, "--headless", *alone, "--disable-gpu", "--no-first-run", "--disable-extensions",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={source.parent / 'profile'}", "--no-pdf-header-footer",
        f"--print-to-pdf={target}", page.as_uri(),
    ]  # fmt: skip
