"""The schemas work in editors: a real yaml-language-server checks, completes and explains the files."""

import contextlib
import itertools
import json
import os
import queue
import re
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from chaingraph.scaffold import start_atlas

ROOT = Path(__file__).parent.parent
CHAINS = ROOT / "chains"
SERVER = ROOT / ".venv/npm/node_modules/yaml-language-server/bin/yaml-language-server"
SETTINGS = {
    "yaml": {"schemaStore": {"enable": False}, "kubernetesCRDStore": {"enable": False}},
    "http": {
        "proxy": "http://127.0.0.1:9"
    },  # nothing is there: no schema may come from the network
}
PATIENCE = 60
"""Seconds that a busy machine may take to answer."""
MODELINE = re.compile(r"# yaml-language-server: \$schema=\S+\n")

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not SERVER.exists(),
    reason="yaml-language-server is not installed; tests/run does so",
)


class Client:
    """As little of an editor as it takes to ask a language server: JSON-RPC over pipes."""

    def __init__(self, folder, schemas):
        self.settings = SETTINGS | {"yaml": SETTINGS["yaml"] | {"schemas": schemas}}
        self.process = subprocess.Popen(
            ["node", SERVER, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder
        )
        self.numbers = itertools.count(1)
        self.answers = queue.Queue()
        self.diagnostics = queue.Queue()
        self.asked = threading.Event()
        """Set when the server has got its settings."""
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()
        can = {
            "workspace": {"configuration": True},
            "textDocument": {
                "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
                "hover": {"contentFormat": ["markdown"]},
            },
        }
        self.ask(
            "initialize", processId=os.getpid(), rootUri=folder.as_uri(), capabilities=can,
            workspaceFolders=[{"uri": folder.as_uri(), "name": folder.name}],
        )  # fmt: skip
        self.tell("initialized")
        self.tell("workspace/didChangeConfiguration", settings=self.settings)
        assert self.asked.wait(PATIENCE)

    def close(self):
        self.ask("shutdown")
        self.tell("exit")
        self.process.wait(PATIENCE)
        self.listener.join(PATIENCE)
        self.process.stdin.close()
        self.process.stdout.close()

    def ask(self, method, **params):
        number = next(self.numbers)
        self._send({"id": number, "method": method, "params": params})
        found, answer = self.answers.get(timeout=PATIENCE)
        assert found == number
        return answer

    def tell(self, method, **params):
        self._send({"method": method, "params": params})

    def _send(self, message):
        body = json.dumps({"jsonrpc": "2.0"} | message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def _listen(self):
        while head := self.process.stdout.readline():
            length = int(head.split(b":")[1])
            while self.process.stdout.readline() != b"\r\n":
                pass
            self._take(json.loads(self.process.stdout.read(length)))

    def _take(self, message):
        method = message.get("method")
        if method == "workspace/configuration":
            asked = [item["section"] for item in message["params"]["items"]]
            result = [self.settings.get(section, {}) for section in asked]
            self._send({"id": message["id"], "result": result})
            self.asked.set()
        elif method == "textDocument/publishDiagnostics":
            self.diagnostics.put(message["params"])
        elif method and "id" in message:
            self._send({"id": message["id"], "result": None})
        elif "id" in message:
            self.answers.put((message["id"], message.get("result", message.get("error"))))

    # ------------------------------------------------------- what a user does

    def open(self, path, text):
        """Open a file as if it held a text; return its address."""
        uri = path.as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", textDocument=document)
        return uri

    def check(self, texts):
        """Return what is wrong with texts: file → (line counted from 1, message) of each."""
        paths = {self.open(path, text): path for path, text in texts.items()}
        found = {}
        while len(found) < len(paths):
            said = self.diagnostics.get(timeout=PATIENCE)
            if said["uri"] in paths:
                found[paths[said["uri"]]] = sorted(
                    (each["range"]["start"]["line"] + 1, each["message"])
                    for each in said["diagnostics"]
                )
        return found

    def point(self, method, path, text):
        """Ask for something at the place that ‸ marks in a text."""
        before, after = text.split("‸")
        uri = self.open(path, before + after)
        at = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
        return self.ask(f"textDocument/{method}", textDocument={"uri": uri}, position=at)

    def complete(self, path, text):
        """Return what may be written: label → (documentation, text to insert)."""
        return {
            each["label"]: (each.get("documentation"), each["insertText"])
            for each in self.point("completion", path, text)["items"]
        }

    def explain(self, path, text):
        """Return what is shown where the mouse rests."""
        return self.point("hover", path, text)["contents"]["value"]


@contextlib.contextmanager
def open_editor(folder, schemas=None):
    client = Client(folder, schemas or {})
    yield client
    client.close()


@pytest.fixture(scope="module")
def editor():
    """An editor that is told the schemas by the first line of each file."""
    with open_editor(ROOT) as client:
        yield client


FACTS_FILES = ["yumen/*.yaml", "candidates.yaml", "scopes.yaml", "sources.yaml"]
SCHEMAS = {
    "chains/schema/atlas.json": "chains/yumen.yaml",
    "chains/schema/branch.json": "chains/products/*.yaml",
    "chains/schema/facts.json": [f"chains/{name}" for name in FACTS_FILES],
}
"""Settings in place of the first line of each file."""
FILES = sorted(CHAINS.rglob("*.yaml"))


def add_slips(texts):
    """Return texts with a wrong key at their ends, and what is to be said of each of them."""
    wrong = {path: f"{text}\nprodcts: {{}}\n" for path, text in texts.items()}
    said = "Property prodcts is not allowed."
    return wrong, {path: [(text.count("\n"), said)] for path, text in wrong.items()}


def test_our_own_files_have_nothing_wrong():
    with open_editor(ROOT) as fresh:
        found = fresh.check({path: path.read_text("utf-8") for path in FILES})
    assert found == {path: [] for path in FILES}


def test_in_our_own_files_a_slip_is_all_that_is_wrong(editor):
    texts, found = add_slips({path: path.read_text("utf-8") for path in FILES})
    assert editor.check(texts) == found


def test_settings_do_as_well_as_the_first_line():
    plain = {path: MODELINE.sub("#\n", path.read_text("utf-8"), count=1) for path in FILES}
    texts, found = add_slips(plain)
    with open_editor(ROOT, SCHEMAS) as configured:
        assert configured.check(texts) == found


def test_a_new_atlas_is_ready_for_editors(editor, tmp_path):
    paths = [path for path in start_atlas(tmp_path / "new") if path.suffix == ".yaml"]
    texts, found = add_slips({path: path.read_text("utf-8") for path in paths})
    assert editor.check(texts) == found


BRANCH = """\
# yaml-language-server: $schema=../schema/branch.json
branch: {id: silicone, name: 有机硅}
products:
  dmc:
    name: DMC
"""
FACTS = "# yaml-language-server: $schema=../schema/facts.json\n"
ATLAS = """\
# yaml-language-server: $schema=../schema/atlas.json
atlas: {id: town, name: 小城}
place: {name: 小城}
as_of: 2024-06-30
"""
NUMBERS = itertools.count(1)
ID = "An id has small letters a–z, digits and _ only."
TITLES = (
    "Value is not accepted. Valid values: "
    '"chain_leader", "champion", "little_giant", "specialised", "high_tech".'
)
STAGES = 'Value is not accepted. Valid values: "upstream", "midstream", "downstream".'


def new_file():
    """A file that no test has opened yet."""
    return CHAINS / f"products/new{next(NUMBERS)}.yaml"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (BRANCH + "    stage: upsteam\n", [(6, STAGES)]),
        (
            BRANCH + "    stage: upstream\n    reech: local\n",
            [(7, "Property reech is not allowed.")],
        ),
        (BRANCH, [(4, 'Missing property "stage".')]),
        (
            BRANCH + "    stage: upstream\n    min_scale: big\n",
            [(7, 'Incorrect type. Expected "Figure | number | null".')],
        ),
        (
            BRANCH + "    stage: upstream\n    min_scale: -1\n",
            [(7, "Value is below the minimum of 0.")],
        ),
        (
            BRANCH + "    stage: upstream\n    inputs:\n      silicon:\n        unit: kwh/t\n",
            [(9, "Units of the input per unit of the product, such as kWh/t.")],
        ),
        (
            BRANCH + "    stage: upstream\n    inputs:\n      silicon: {pre: 1}\n",
            [(8, "Property pre is not allowed.")],
        ),
        (BRANCH.replace("dmc:", "DMC:") + "    stage: upsteam\n", [(4, ID), (6, STAGES)]),
        (
            FACTS + "projects:\n  plant:\n    name: 厂\n    milestones: {sined: 2023}\n",
            [(5, "Property sined is not allowed.")],
        ),
        (
            FACTS + "projects:\n  plant:\n    name: 厂\n    milestones: {signed: 2023-13}\n",
            [(5, "Write 2023-02-15, 2023-02 or 2023.")],
        ),
        (
            FACTS + "enterprises:\n  works:\n    name: 厂\n    titles: [leader]\n",
            [(5, TITLES)],
        ),
        (ATLAS, [(2, 'Missing property "chains".')]),
        (
            ATLAS + "chains:\n  food: {name: 食品, branchs: [bakery]}\n",
            [(6, "Property branchs is not allowed.")],
        ),
    ],
)
def test_a_slip_is_told_where_it_is_and_what_would_be_right(editor, text, found):
    path = new_file()
    assert editor.check({path: text})[path] == found


@pytest.mark.parametrize("text", ["", "enterprises:\nprojects:\n  # later\n"])
def test_what_is_to_be_filled_in_is_no_slip(editor, text):
    path = new_file()
    assert editor.check({path: FACTS + text})[path] == []


@pytest.mark.parametrize(
    ("text", "label", "meaning", "inserted"),
    [
        (ATLAS + "‸", "chains", "The chains, in the order in which they are shown.", "chains:\n  "),
        (BRANCH + "    ‸", "stage", "Where it stands in its branch.", "stage: "),
        (BRANCH + "    ‸", "sources", "Where the facts about it come from.", "sources:\n  - ${1}"),
        (BRANCH + "    stage: ‸", "midstream", "中游 · midstream", "midstream"),
        (BRANCH + "    unit: ‸", "t", "吨 · t", "t"),
        (BRANCH + "    routes:\n      - ‸", "inputs", "What goes in.", "inputs:\n    "),
        (
            BRANCH + "    inputs:\n      silicon:\n        ‸",
            "per",
            "Units of it per one unit of the product made; left out where no figure is known.",
            "per: ",
        ),
        (
            FACTS + "enterprises:\n  works:\n    ‸",
            "park",
            "The park it stands in.",
            "park: ",
        ),
        (
            FACTS + "projects:\n  plant:\n    milestones:\n      ‸",
            "signed",
            "签约 · signed",
            "signed: ",
        ),
    ],
)
def test_what_may_be_written_is_offered_with_its_meaning(editor, text, label, meaning, inserted):
    assert editor.complete(new_file(), text)[label] == (meaning, inserted)


def test_keys_that_are_there_already_are_not_offered_again(editor):
    offered = editor.complete(new_file(), BRANCH + "    stage: upstream\n    ‸")
    assert "unit" in offered
    assert not {"name", "stage"} & set(offered)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (BRANCH + "    st‸age: upstream\n", "Where it stands in its branch."),
        (BRANCH + "    stage: up‸stream\n", "* `upstream`: 上游 · upstream"),
        (
            BRANCH + "    min_‸scale: {value: 1}\n",
            "The smallest plant that pays or is allowed, in the product's unit unless it says otherwise.",
        ),
        (BRANCH.replace("dmc", "d‸mc"), "A good or service at one place of a chain."),
        (
            FACTS + "projects:\n  plant:\n    mile‸stones: {signed: 2023}\n",
            "When it reached each milestone, as far as known.",
        ),
    ],
)
def test_the_meaning_of_a_field_is_shown_where_the_mouse_rests(editor, text, meaning):
    assert meaning in editor.explain(new_file(), text)
