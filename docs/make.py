"""Build the documentation site in both languages: ``python docs/make.py [FOLDER]``.

The site is a folder of plain pages that needs no server: open its ``index.html``.  It is
``docs/_site`` unless another is named.  Any warning of Sphinx ends the build with 1.
``python docs/make.py --external`` asks every address outside whether it answers.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from sphinx.cmd.build import build_main

HERE = Path(__file__).resolve().parent
LANGUAGES = ("en", "zh")


def build(language: str, folder: Path, builder: str = "html") -> int:
    """Build the pages of one language from ``docs/LANGUAGE``; return 0 if nothing is wrong."""
    options = ["--builder", builder, "--fail-on-warning", "--keep-going", "--quiet"]
    read = ["--fresh-env", "--write-all", "--conf-dir", str(HERE), "--tag", language]
    with tempfile.TemporaryDirectory() as known:
        read += ["--doctree-dir", known]
        return build_main([*options, *read, str(HERE / language), str(folder / language)])


def build_site(folder: Path) -> int:
    """Build both languages and the page that leads to them, in place of what is there."""
    for language in LANGUAGES:
        shutil.rmtree(folder / language, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "index.html", folder)
    with ProcessPoolExecutor(len(LANGUAGES)) as both:
        wrong = max(both.map(build, LANGUAGES, [folder] * len(LANGUAGES)))
    if not wrong:
        print(folder / "index.html")  # noqa: T201  where to look
    return wrong


def ask_outside() -> int:
    """Ask every address outside whether it answers; the answers are printed."""
    with tempfile.TemporaryDirectory() as folder:
        return max(build(language, Path(folder), "linkcheck") for language in LANGUAGES)


if __name__ == "__main__":
    if sys.argv[1:] == ["--external"]:
        sys.exit(ask_outside())
    sys.exit(build_site(Path(*sys.argv[1:2] or [HERE / "_site"])))
