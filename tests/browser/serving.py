"""A real server process on an atlas of its own, and a client that says just what it is told."""

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FILES = {
    "town.yaml": """\
atlas: {id: town, name: {zh: 小城图谱, en: The town's chains}}
place: {name: {zh: 小城, en: Town}}
as_of: 2024-06-30
chains:
  food: {name: {zh: 食品, en: Food}, branches: [bakery]}
includes: [products/*.yaml, facts/*.yaml]
""",
    "products/bread.yaml": """\
branch: {id: bakery, name: {zh: 烘焙, en: Bakery}}
products:
  flour: {name: {zh: 面粉, en: Flour}, stage: upstream, unit: t}
  bread: {name: {zh: 面包, en: Bread}, stage: downstream, unit: t, inputs: {flour: {per: 0.8, critical: true}}}
""",
    "facts/firms.yaml": """\
enterprises:
  baker: {name: {zh: 面包房, en: Baker}, makes: {bread: {capacity: 100}}}
""",
}

IMPATIENT = (
    "import chaingraph.server as s, sys; s.PATIENCE = 1.0; "
    "from chaingraph.cli import run; sys.exit(run(sys.argv[1:]))"
)
"""The command, with a second of patience instead of many."""

SLOW = (
    "import sys, time; from chaingraph.asking import Question; from chaingraph.cli import run;"
    "Question.answer = lambda *_: time.sleep(60); sys.exit(run(sys.argv[1:]))"
)
"""The command, which thinks for a minute about each question."""


def write_files(folder):
    """Put the files of the town into a folder as they should be; tell whether any was not."""
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*") if not path.is_dir()}
    for name in found.keys() - FILES:
        found[name].unlink()
    wrong = {
        name: text
        for name, text in FILES.items()
        if name not in found or found[name].read_bytes() != text.encode()
    }
    for name, text in wrong.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return bool(wrong) or any(name.endswith(".yaml") for name in found.keys() - FILES)


class Server:
    """The command `serve`, run until `end`."""

    def __init__(self, folder, *words, env=None, code=None):
        self.folder = folder
        self.said = tempfile.TemporaryFile()  # noqa: SIM115  closed by `end`
        start = ["-m", "chaingraph"] if code is None else ["-c", code]
        self.process = subprocess.Popen(
            [sys.executable, *start, "serve", str(folder / "town.yaml"), "--port", "0", *words],
            stdout=subprocess.PIPE,
            stderr=self.said,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", **(env or {})},
        )
        self.address = self.process.stdout.readline().decode().strip()
        self.port = int(self.address.split(":")[2].split("/")[0])

    def ask(self, path="/", method="GET", *, host="127.0.0.1", **headers):
        """Ask for a path, with headers as keywords: `sec_fetch_site="none"`."""
        client = http.client.HTTPConnection(host, self.port, timeout=60)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            client.request(method, path, headers=sent)
            answer = client.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            client.close()

    def status(self):
        return json.loads(self.ask("/api/status")[2])

    def wait(self, until, seconds=30):
        """Wait until the status is as wanted, and return it."""
        end = time.monotonic() + seconds
        while not until(status := self.status()):
            assert time.monotonic() < end, status
            time.sleep(0.05)
        return status

    def restore(self):
        """Put the files right again, and wait until the page is."""
        before = self.status()["edition"] or 0
        if write_files(self.folder):
            self.wait(lambda status: not status["stale"] and status["edition"] > before)

    def memory(self):
        """What the process holds [MB]."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(text.split("VmRSS:")[1].split()[0]) / 1024

    def end(self, how=signal.SIGTERM):
        """End it; return its code, how long it took, and what it said."""
        start = time.monotonic()
        self.process.send_signal(how)
        code = self.process.wait(30)
        self.process.stdout.close()
        self.said.seek(0)
        said = self.said.read().decode()
        self.said.close()
        return code, time.monotonic() - start, said
