"""What is promised of any file that an atlas is loaded from, whatever is in it."""

import re
import time
import unicodedata

from chaingraph.errors import DataError, UsageError
from chaingraph.loader import load_atlas
from chaingraph.outputs.template import atlas_tree
from chaingraph.outputs.yaml_files import format_files
from chaingraph.scaffold import start_atlas

LONGEST = 20.0
"""Seconds of this process that an atlas of less than a megabyte may take to load."""

PLACES = {
    "atlas": "atlas.yaml",
    "branch": "products/solar_glass.yaml",
    "facts": "place/projects.yaml",
}
"""Kind of file → the one of the atlas of ``chaingraph init`` that is replaced."""


def kind_of(raw):
    """Tell which kind of file bytes are meant to be."""
    for kind in ("atlas", "branch"):
        if re.search(rb"(?m)^(\xef\xbb\xbf)?%b\b" % kind.encode(), raw):
            return kind
    return "facts"


class Case:
    """The atlas of ``chaingraph init`` in a folder, one file of which holds any bytes."""

    def __init__(self, folder):
        start_atlas(folder)
        self.folder = folder
        self.right = {name: (folder / name).read_bytes() for name in PLACES.values()}

    def load(self, raw):
        """Load it with these bytes; return the atlas, or none if all problems were told well."""
        name = PLACES[kind_of(raw)]
        path = self.folder / name
        path.write_bytes(raw)
        try:
            return load_as_promised(self.folder / "atlas.yaml")
        finally:
            path.write_bytes(self.right[name])


def load_as_promised(path):
    """Load an atlas within the time, or see every problem told with its place, in both languages."""
    start = time.process_time()
    try:
        return load_atlas(path)
    except DataError as error:
        check_all_told(error.problems)
    except UsageError as error:
        check_line(str(error))
    finally:
        taken = time.process_time() - start
        assert taken < LONGEST, f"took {taken:.1f} s"
    return None


def check_all_told(problems):
    assert problems
    for problem in problems:
        check_told(problem)


def check_told(problem):
    place = problem.place
    assert place.file
    assert place.line >= 1
    assert place.column >= 1
    for text in (problem.text("en"), problem.text("zh")):
        check_line(text)


def check_line(text):
    """See that nothing in a text moves the cursor, rings a bell or begins another line."""
    assert text.encode()
    kinds = {unicodedata.category(letter) for letter in text}
    assert not kinds & {"Cc", "Zl", "Zp"}, repr(text)


def check_written_again(atlas, folder):
    """See that what was loaded and written anew loads as the same."""
    for name, text in format_files(atlas).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="")
    assert atlas_tree(load_atlas(folder)) == atlas_tree(atlas)
