"""Whatever a file holds, it is loaded, or every problem is told; nothing takes long or much.

More examples: CHAINGRAPH_EXAMPLES=100000 python -m pytest tests/fuzz.  Hypothesis keeps what
failed and tries it first the next time.
"""

import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import openpyxl
import promises
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutate import ODD_VALUES, spoiled_texts, spoiled_trees

import chaingraph
from chaingraph._yaml import read_document
from chaingraph.analysis.score import rank_gaps
from chaingraph.errors import ChaingraphError, DataError, UsageError
from chaingraph.loader import example_atlas, load_atlas
from chaingraph.outputs.intake import read_form
from chaingraph.outputs.template import make_template
from chaingraph.scaffold import _START

HERE = Path(__file__).parent
HOME = Path(chaingraph.__file__).parent.parent
CHAINS = example_atlas().parent
SHORT = 12_000
"""Bytes: longer files take long and find nothing new."""

SMALL = [path for path in sorted((_START / "zh").rglob("*.yaml")) if path.name != "sources.yaml"]
REAL = [path for path in sorted(CHAINS.rglob("*.yaml")) if path.stat().st_size < SHORT]


def examples(number):
    """Settings for so many examples, or as many as were asked for."""
    wanted = int(os.environ.get("CHAINGRAPH_EXAMPLES", number))
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    return settings(max_examples=wanted, deadline=None, suppress_health_check=slow)


def data_of(paths):
    return [read_document(path, path.name).data for path in paths]


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return promises.Case(tmp_path_factory.mktemp("fuzz") / "atlas")


# ------------------------------------------------------------------- YAML by structure


@examples(150)
@given(raw=spoiled_trees(data_of(SMALL)) | spoiled_texts([path.read_bytes() for path in SMALL]))
def test_a_spoiled_file_is_loaded_or_told(case, tmp_path_factory, raw):
    atlas = case.load(raw)
    if atlas is not None:
        promises.check_written_again(atlas, tmp_path_factory.mktemp("again"))
        with contextlib.suppress(ChaingraphError):
            rank_gaps(atlas)


@pytest.fixture(scope="module")
def yumen(tmp_path_factory):
    return shutil.copytree(CHAINS, tmp_path_factory.mktemp("yumen") / "chains")


TREES = dict(zip(REAL, data_of(REAL), strict=True))


@examples(50)
@given(data=st.data(), path=st.sampled_from(REAL))
def test_a_spoiled_file_of_yumen_is_loaded_or_told(yumen, data, path):
    own = path.read_bytes()
    target = yumen / path.relative_to(CHAINS)
    target.write_bytes(data.draw(spoiled_trees([TREES[path]]) | spoiled_texts([own])))
    try:
        promises.load_as_promised(yumen / "yumen.yaml")
    finally:
        target.write_bytes(own)


@pytest.mark.parametrize("path", sorted((HERE / "found").iterdir()), ids=lambda path: path.stem)
def test_what_was_found_once_stays_mended(case, path):
    case.load(path.read_bytes())


# ------------------------------------------------------------------- YAML by coverage


needs_atheris = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris comes for Linux on x86-64 only"
)


@needs_atheris
def test_bytes_that_find_new_ways_are_loaded_or_told(tmp_path):
    seconds = os.environ.get("CHAINGRAPH_FUZZ_SECONDS", "45")
    command = [sys.executable, HERE / "fuzz_loader.py", f"-max_total_time={seconds}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    found = [path.read_bytes() for path in tmp_path.iterdir()]
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}\n{found}"
    assert int(re.search(r"Done (\d+) runs", done.stderr)[1]) > 100


@needs_atheris
def test_memory_of_who_starts_the_fuzzer_is_not_counted_as_its_own(tmp_path):
    code = (
        "import subprocess, sys; bytearray(2_000_000_000);"
        f"sys.exit(subprocess.run([sys.executable, {str(HERE / 'fuzz_loader.py')!r}, '-max_total_time=3']).returncode)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]


# ------------------------------------------------------------------------ time, memory


def load_generated(folder, products):
    """Load a chain of so many products, each made from the one before; tell the CPU seconds."""
    facts = "".join(
        f"  p{at}: {{name: 产品{at}, stage: midstream, unit: t, inputs: {{p{at - 1}: {{per: 0.5}}}}}}\n"
        for at in range(1, products)
    )
    (folder / "products").mkdir(parents=True)
    (folder / "products/b.yaml").write_text(
        "branch: {id: b, name: 链}\nproducts:\n  p0: {name: 产品0, stage: upstream, unit: t}\n"
        + facts,
        "utf-8",
    )
    (folder / "atlas.yaml").write_text(
        textwrap.dedent("""\
            atlas: {id: a, name: 图谱}
            place: {name: 某地}
            as_of: 2024-06-30
            chains: {c: {name: 链, branches: [b]}}
            includes: [products/*.yaml]
            """),
        "utf-8",
    )
    start = time.process_time()
    load_atlas(folder)
    return time.process_time() - start


def test_time_grows_with_the_size_and_not_with_its_square(tmp_path):
    few = min(load_generated(tmp_path / f"few{run}", 2_000) for run in range(3))
    many = load_generated(tmp_path / "many", 20_000)
    assert many < 30 * few


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited by the system")
@pytest.mark.parametrize(
    "text",
    [
        "a: [" * 100_000,
        "? " * 100_000,
        "- " * 100_000,
        "{" * 1_000_000,
        'a: "' + "\\u2028" * 1_000_000 + '"',
        "&a " * 100_000 + "x",
        "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 1000)),
        "x: 1\n" * 100_000,
        "projects:\n" + "".join(f"  p{i}: {{nme: x}}\n" for i in range(20_000)),
    ],
    ids=range(9),
)
def test_what_is_large_on_purpose_is_told_in_bounded_time_and_memory(case, text, tmp_path):
    import resource

    shutil.copytree(case.folder, tmp_path / "atlas")
    (tmp_path / "atlas/place/projects.yaml").write_text(text, "utf-8")
    code = f"import promises, sys; sys.exit(promises.load_as_promised({str(tmp_path / 'atlas/atlas.yaml')!r}) is not None)"
    limit = 2_000_000_000
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), str(HOME)])},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


# ---------------------------------------------------------------------- workbooks


@pytest.fixture(scope="module")
def form(tmp_path_factory, case):
    path = tmp_path_factory.mktemp("form") / "form.xlsx"
    path.write_bytes(make_template(load_atlas(case.folder)))
    return path


def read_as_promised(path, folder):
    try:
        atlas = read_form(path)
    except DataError as error:
        promises.check_all_told(error.problems)
    except UsageError as error:
        promises.check_line(str(error))
    else:
        promises.check_written_again(atlas, folder)


CELLS = st.sampled_from([value for value in ODD_VALUES if not isinstance(value, list | dict)])


@examples(15)
@given(data=st.data())
def test_a_form_with_spoiled_cells_is_read_or_told(form, tmp_path_factory, data):
    book = openpyxl.load_workbook(form)
    for _ in range(data.draw(st.integers(1, 8))):
        sheet = data.draw(st.sampled_from(book.worksheets))
        row = data.draw(st.integers(1, sheet.max_row + 1))
        column = data.draw(st.integers(1, sheet.max_column + 1))
        with contextlib.suppress(openpyxl.utils.exceptions.IllegalCharacterError, AttributeError):
            sheet.cell(row, column).value = data.draw(CELLS | st.text(max_size=5))
    path = form.with_name("spoiled.xlsx")
    book.save(path)
    read_as_promised(path, tmp_path_factory.mktemp("again"))


@examples(60)
@given(data=st.data())
def test_a_damaged_workbook_is_read_or_told(form, tmp_path_factory, data):
    path = form.with_name("damaged.xlsx")
    path.write_bytes(data.draw(spoiled_texts([form.read_bytes()])))
    read_as_promised(path, tmp_path_factory.mktemp("again"))


@pytest.mark.parametrize("odd", ["\x9b31m", "\u2028", "\x85", "_x000D_\n", "\x7f"])
def test_what_nobody_sees_in_a_cell_does_not_reach_the_yaml(form, tmp_path, odd):
    book = openpyxl.load_workbook(form)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    named = [cell for cell in cells if isinstance(cell.value, str) and "砂" in cell.value]
    for cell in named:
        cell.value += f"{odd}x"
    book.save(tmp_path / "pasted.xlsx")
    atlas = read_form(tmp_path / "pasted.xlsx")
    promises.check_written_again(atlas, tmp_path / "again")
    assert len(named) == 2
    assert all(facts.name.zh.endswith("x") for facts in atlas.enterprises.values())
