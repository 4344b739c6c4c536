"""A real cluster on the loopback: a standalone master and workers, each a process of its own."""

import contextlib
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pyspark

SPARK_CLASS = Path(pyspark.__file__).parent / "bin/spark-class"
PATIENCE = 60
HASTE = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"
"""A short life is not worth good code."""
SMALL = {
    "spark.executor.memory": "512m",
    "spark.driver.memory": "512m",
    "spark.executor.extraJavaOptions": HASTE,
    "spark.driver.extraJavaOptions": HASTE,
}


def wait_for(what, told):
    """Wait until something is true, and return it."""
    until = time.monotonic() + PATIENCE
    while not (found := what()):
        assert time.monotonic() < until, told
        time.sleep(0.005)
    return found


class Cluster:
    def __init__(self, folder, leaving):
        self.folder = folder
        self.leaving = leaving
        self.log = folder / "master.log"
        self.start("master", "master.Master")
        address = re.compile(r"Starting Spark master at (spark://\S+)")
        self.master = wait_for(lambda: address.search(self.log.read_text()), "no master")[1]
        wait_for(lambda: "elected leader" in self.log.read_text(), "no leader")

    def start(self, name, kind, *arguments):
        address = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0"]
        command = [SPARK_CLASS, f"org.apache.spark.deploy.{kind}", *address, *arguments]
        environment = {
            **os.environ,
            "SPARK_DAEMON_MEMORY": "256m",
            "SPARK_DAEMON_JAVA_OPTS": f"-Dspark.master.rest.enabled=false {HASTE}",
        }
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        self.leaving.callback(process.wait)
        self.leaving.callback(kill_all, process.pid)
        return process.pid

    def start_worker(self, name):
        size = ["--cores", "1", "--memory", "1g", "--work-dir", str(self.folder / name)]
        return self.start(name, "worker.Worker", *size, self.master)

    def wait_for_workers(self, count):
        wait_for(lambda: self.log.read_text().count("Registering worker") == count, "no workers")


# ---------------------------------------------------------------- processes


def family(pid):
    """A process and all that it started."""
    children = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            child, parent = re.match(r"(\d+) \(.*\) \S (\d+)", stat.read_text(), re.DOTALL).groups()
            children.setdefault(int(parent), []).append(int(child))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def kill_all(pid):
    for each in family(pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)


def opened(pid):
    """The files that a process has open."""
    with contextlib.suppress(OSError):
        return [str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir()]
    return []


def freeze_at_work(pid):
    """Stop one that a process started while it writes a part of the results; return which part."""
    for each in family(pid):
        writes = part_of(each)
        if writes:
            os.kill(each, signal.SIGSTOP)
            if part_of(each) == writes:  # it had not ended in between
                return writes
            os.kill(each, signal.SIGCONT)
    return None


def part_of(pid):
    return next((Path(file).name for file in opened(pid) if "/parts/" in file), None)
