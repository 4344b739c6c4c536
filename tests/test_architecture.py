"""The house: which room may import which, and what loads when."""

import ast
import configparser
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import chaingraph

PACKAGE = Path(chaingraph.__file__).parent
ROOT = PACKAGE.parent
IMPORTERS = {
    "yaml": ["_yaml.py"],
    "ruamel": ["_yaml_edit.py"],
    "holidays": ["workdays.py"],
    "pyvis": ["outputs/map/html.py"],
    "pypinyin": ["outputs/pinyin.py"],
    "opencc": ["evidence/writing.py"],
    "pyspark": ["evidence/spark.py"],
    "mcp": ["mcp.py"],
    "docx": ["outputs/report.py"],
    "pyoxigraph": ["outputs/linked_data.py"],
    "resvg_py": ["outputs/picture.py"],
    "uvicorn": ["server.py"],
    "watchfiles": ["live.py"],
    "openpyxl": [
        "outputs/intake.py",
        "outputs/tables.py",
        "outputs/template.py",
        "outputs/workbook.py",
    ],
}
FOLDERS = ("console", "map", "poster")
"""Folders of outputs that stand in the layers as one."""

pytestmark = pytest.mark.skipif(
    not (ROOT / "setup.cfg").exists(), reason="reads the source tree, not an installed package"
)


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.name != "__init__.py":
            yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text("utf-8"))


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module.split(".")[0]


def settings():
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", "utf-8")
    return parser


@pytest.mark.parametrize(("library", "homes"), IMPORTERS.items())
def test_heavy_libraries_are_imported_only_at_home(library, homes):
    assert [name for name, tree in modules() if library in imported(tree)] == homes


def test_only_the_command_line_prints_or_exits():
    callers = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"print", "sys.exit", "exit"}
    }
    assert callers <= {"terminal.py", "cli.py", "__main__.py"}


def test_every_module_has_its_place_in_the_layers():
    layers = settings()["importlinter:contract:rooms"]["layers"].replace("|", "\n").split()
    homes = {
        "chaingraph." + name.removesuffix(".py").replace("/", ".")
        for name, _ in modules()
        if not name.startswith(tuple(f"outputs/{folder}/" for folder in FOLDERS))
    }
    assert set(layers) == homes | {f"chaingraph.outputs.{folder}" for folder in FOLDERS}


def test_every_folder_with_code_or_data_is_packaged():
    packages = set(settings()["options"]["packages"].split()) - {
        line for line in settings()["options"]["packages"].split() if line.startswith("#")
    }
    folders = {path.parent for path in PACKAGE.rglob("__init__.py")}
    names = {
        "chaingraph" + str(path).removeprefix(str(PACKAGE)).replace("/", ".") for path in folders
    }
    chains = ROOT / "chains"
    names |= {"chaingraph.chains"} | {
        f"chaingraph.chains.{path.name}" for path in chains.iterdir() if path.is_dir()
    }
    assert {name for name in packages if name.startswith("chaingraph")} == names


def test_import_is_light():
    code = "import sys, chaingraph; print([m for m in sys.modules if m in {'pydantic', 'networkx', 'pyvis', 'yaml', 'IPython'}])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def test_public_names_are_exact_and_documented():
    for name in chaingraph.__all__:
        assert getattr(chaingraph, name).__doc__, name
    assert sorted(chaingraph.__all__) == chaingraph.__all__
    assert set(chaingraph._HOMES) == set(chaingraph.__all__)
    assert importlib.import_module("chaingraph").__dir__() == chaingraph.__all__
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        chaingraph.nonsense  # noqa: B018
