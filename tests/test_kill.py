"""Killed at any moment (SIGKILL), a command leaves what was there or what it writes, whole.

Each round starts a real command, kills it, looks at what is there, and starts it again.  Moments
are drawn over the whole run, most of them while it writes.  More of them:

    CHAINGRAPH_KILLS=300 python -m pytest tests/test_kill.py -s
    CHAINGRAPH_SEED=7 python -m pytest tests/test_kill.py -s      the moments of an earlier run
"""

import dataclasses
import itertools
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import docx
import openpyxl
import pytest
from pyarrow import parquet

from chaingraph._atomic import READY, UNFINISHED
from chaingraph.loader import load_atlas
from chaingraph.outputs.files import is_sealed

ROUNDS = int(os.environ.get("CHAINGRAPH_KILLS", "6"))
SEED = int(os.environ.get("CHAINGRAPH_SEED", random.SystemRandom().randrange(10**6)))
KINDS = ("at any time", "while it writes", "while it moves files")
LONGEST = 120.0
"""Seconds that a run may take on a busy machine."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")


@dataclasses.dataclass
class Case:
    """A command, what it finds and what it leaves."""

    words: str
    output: str
    old: dict | None
    """File → content before the run; none where there is no folder yet."""
    new: dict
    seconds: float


def start(words, folder):
    command = [sys.executable, "-m", "chaingraph", *words.split()]
    return subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


def run(words, folder):
    process = start(words, folder)
    _, said = process.communicate(timeout=LONGEST)
    assert process.returncode == 0, said


def look(folder):
    """Read all files but those that are not in their places yet; none if there is no folder."""
    if not folder.exists():
        return None
    return {
        name: path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not (name := path.relative_to(folder).as_posix()).startswith(HIDDEN)
    }


HIDDEN = (READY, UNFINISHED)


# ------------------------------------------------------------------- the commands


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """Two atlases, the second with other names, their forms, and two registers."""
    folder = tmp_path_factory.mktemp("town")
    run("init first", folder)
    shutil.copytree(folder / "first", folder / "second")
    for path in (folder / "second").rglob("*.yaml"):
        path.write_text(re.sub("name: {zh: ", "name: {zh: 新", path.read_text("utf-8")), "utf-8")
    for name in ("first", "second"):
        run(f"export xlsx {name}/atlas.yaml -o {name}.xlsx", folder)
    for name, scope in (("first", "光伏玻璃生产"), ("second", "低铁石英砂销售；光伏玻璃生产")):
        rows = "".join(f"{name} {row},{scope}\n" for row in range(3000))
        (folder / f"{name}.csv").write_text(f"name,经营范围\n{rows}", "utf-8")
    return folder


COMMANDS = {
    "a new bundle": ("", "build second -o out"),
    "a bundle again": ("build first -o out", "build second -o out"),
    "a map again": ("map first -o out/map.html", "map second -o out/map.html"),
    "a new place from a form": ("", "import second.xlsx -o out"),
    "a place changed by a form": ("import first.xlsx -o out", "import second.xlsx -o out --force"),
    "new matches": ("", "registry match second.csv --atlas first -o out"),
    "matches again": (
        "registry match first.csv --atlas first -o out",
        "registry match second.csv --atlas first -o out --force",
    ),
}
"""What is done → the run before, and the one that is killed."""


@pytest.fixture(scope="module", params=COMMANDS)
def case(request, town):
    before, words = COMMANDS[request.param]
    output = town / "out"
    shutil.rmtree(output, ignore_errors=True)
    if before:
        run(before, town)
        if "registry" not in words:  # whose folder holds nothing else
            (output / "mine.txt").write_text("the user's own")
    old = look(output)
    began = time.monotonic()
    run(words, town)
    found = Case(words, "out", old, look(output), time.monotonic() - began)
    check_opens(output)
    assert found.old != found.new
    shutil.rmtree(output)
    return found


def check_opens(folder):
    """Open every file in the program that it is for."""
    openers = {
        ".xlsx": openpyxl.load_workbook,
        ".docx": lambda path: docx.Document(str(path)),
        ".json": lambda path: json.loads(path.read_bytes()),
        ".parquet": parquet.read_table,
        ".html": lambda path: is_sealed(path.read_text("utf-8")) or path.name == "index.html",
    }
    for path in folder.rglob("*"):
        assert path.is_dir() or openers.get(path.suffix, Path.read_bytes)(path)
    if (folder / "atlas.yaml").exists():
        load_atlas(folder)


# --------------------------------------------------------------------- the kills


def put_back(case, folder):
    """Bring back what there is before the run."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, data in (case.old or {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def kill(process, case, folder, kind, draw):
    """Kill a run at a moment of this kind, unless it is faster."""
    until = time.monotonic() + LONGEST
    if kind == "at any time":
        time.sleep(draw.uniform(0, case.seconds))
    else:
        before = names_in(folder)
        while process.poll() is None and time.monotonic() < until:
            now = names_in(folder)
            if now != before and (kind != KINDS[-1] or moves(now, folder, case)):
                break
        wait_busily(draw.choice([0, draw.uniform(0, 0.001), draw.uniform(0, 0.05)]))
    process.kill()
    process.communicate()
    return process.returncode


def names_in(folder):
    """What lies in a folder and beside it."""
    inside = folder.iterdir() if folder.exists() else ()
    return {path.name for path in itertools.chain(inside, folder.parent.iterdir())}


def moves(names, folder, case):
    """Tell whether files are on their way to their places, or there."""
    is_put_aside = any(name.startswith(f".{folder.name}.old.") for name in names)
    return READY in names or is_put_aside or (case.old is None and folder.name in names)


def wait_busily(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def test_whatever_the_moment_all_is_old_or_all_is_new(case, town):
    print(f"\n{case.words}: {case.seconds:.1f} s, CHAINGRAPH_SEED={SEED}")  # noqa: T201
    draw, folder, seen = random.Random(SEED), town / "out", Counter()
    for kind in itertools.islice(itertools.cycle(KINDS), ROUNDS):
        put_back(case, folder)
        beside = set(town.iterdir()) | {folder}
        code = kill(start(case.words, town), case, folder, kind, draw)
        state = judge(case, folder)
        seen[f"{state}, {'killed' if code == -9 else 'done'} {kind}"] += 1
        run(again(case, state), town)
        assert look(folder) == case.new
        assert set(town.iterdir()) == beside, "left beside it"
        assert not [path for path in folder.iterdir() if path.name.startswith(HIDDEN)]
    for told, count in sorted(seen.items()):
        print(f"  {count:3} {told}")  # noqa: T201
    assert any("killed" in told for told in seen)
    shutil.rmtree(folder)


def judge(case, folder):
    """Tell what a kill has left; see that nothing is broken or mixed."""
    found = look(folder)
    if (folder / READY).is_dir():  # the next to come finishes it
        for name, data in found.items():
            assert data in ((case.old or {}).get(name), case.new[name]), f"{name} is broken"
        if "import" in case.words:
            load_atlas(folder)
            assert look(folder) == case.new
        return "on its way"
    if found is None and case.old is not None:  # put aside for a moment: the next run puts it back
        assert "registry" in case.words
        return "put aside"
    assert found in (case.old, case.new, None), "old and new are mixed"
    return "absent" if found is None else "old" if found == case.old else "new"


def again(case, state):
    """The command that the user gives next: without --force where nothing is to be replaced."""
    if state in ("absent", "put aside", "on its way"):
        return case.words.replace(" --force", "")
    return case.words.replace(" -o", " --force -o") if "registry" in case.words else case.words
