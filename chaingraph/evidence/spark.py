"""A register on a Spark cluster: the kernel of `chaingraph.evidence.registry` on many machines.

All machines see the register and the folder of results under the same paths, and have the same
Python with chaingraph in it. A task reads one part of the register (a CSV file, or a row group of
a Parquet file), and writes what it finds into files of its own; what it hands back is where they
are and what it counted. Spark takes the answer of one attempt at each task, so that a machine may
die and its tasks run again: what other attempts left behind is never looked at.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import os
import re
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
import uuid
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from chaingraph.errors import MissingExtraError, UsageError
from chaingraph.evidence.records import Columns, Unit
from chaingraph.evidence.registry import (
    Counts,
    check_extra,
    match_part,
    start_rejects,
    write_results,
    write_summary,
)
from chaingraph.evidence.results import MATCHES, REJECTS, SUMMARY, check_apart, new_results
from chaingraph.evidence.rows import check_columns, find_units, read_unit
from chaingraph.evidence.scopes import ScopeReader

if TYPE_CHECKING:
    import pyarrow as pa

ANSWER = "unit long, stem string, " + ", ".join(
    f"{field.name} long" for field in dataclasses.fields(Counts)
)
"""What a task hands back, as Spark spells it."""

QUIET = {
    "spark.app.name": "chaingraph registry match",
    "spark.log.level": "ERROR",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
"""Settings that the caller may change."""


MASTER = re.compile(r"spark://|local(\[.+\])?$|yarn$|k8s://")
"""How clusters are called."""


@dataclasses.dataclass(frozen=True)
class _Job:
    """What all tasks need, sent once to each machine."""

    units: Sequence[Unit]
    columns: Columns
    reader: ScopeReader
    """Builds its automaton where it arrives."""
    folder: Path


def match_on_spark(
    paths: Sequence[str | Path],
    folder: str | Path,
    *,
    columns: Columns,
    reader: ScopeReader,
    master: str,
    settings: Mapping[str, str] | None = None,
    timeout: float = 60.0,
) -> Counts:
    """
    Do what `match_registry` does on a Spark cluster, with the same rows as result.

    Parameters
    ----------
    paths
        CSV and Parquet files, or folders of them, which all machines see under these paths.
        One CSV file is one task: a large register had better come as Parquet or in several files.
    folder
        Where the results go, seen by all machines, too, in a folder that the workers may write
        into. The matches are a folder with one Parquet file for each part of the register, in its
        order.
    columns
        What the columns of the register hold.
    reader
        The reader of scopes, with the lexicon.
    master
        Where the cluster is, such as ``spark://host:7077``; ``local[2]`` is two processes here.
    settings
        Settings of Spark, such as ``{"spark.executor.memory": "2g"}``; others are those of
        ``spark-defaults.conf``.
    timeout
        How long to wait for the master, and then for the first of its workers [s].

    Returns
    -------
    counts
        What became of the rows.

    Raises
    ------
    UsageError
        If a file cannot be read or lacks a column, the folder cannot be written or lies in one
        that is read, Java is missing, or the cluster does not answer.
    MissingExtraError
        If pyspark is not installed.
    """
    check_extra()
    if not MASTER.match(master):
        raise UsageError(f"no cluster is called {master!r}: such as spark://host:7077 or local[2]")
    check_apart(paths, folder)
    units = [dataclasses.replace(unit, folder=os.getcwd()) for unit in find_units(paths)]  # noqa: PTH109
    check_columns(units, columns)
    with new_results(folder) as unfinished:
        parts = unfinished / "parts"
        parts.mkdir()
        shutil.copymode(unfinished.parent, parts)  # the workers may be another user
        job = _Job(units, columns, reader, parts)
        with _open_session(master, {**QUIET, **(settings or {})}, timeout) as session:
            answers = _run(session, job)
        counts = _gather(answers, parts, unfinished)
        shutil.rmtree(parts, ignore_errors=True)
        write_summary(unfinished / SUMMARY, counts, reader)
    return counts


def _run(session: Any, job: _Job) -> list[dict[str, Any]]:
    """Run one task for each part of the register."""
    shared = session.sparkContext.broadcast(job)
    count = len(job.units)

    def run_tasks(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for unit in batch.column("id").to_pylist():
                yield run_task(shared.value, unit)

    tasks = session.range(0, count, 1, count).mapInArrow(run_tasks, ANSWER)
    return sorted((row.asDict() for row in tasks.collect()), key=lambda answer: answer["unit"])


def run_task(job: _Job, unit: int) -> pa.RecordBatch:
    """
    Match one part of a register, on whatever machine this is.

    Parameters
    ----------
    job
        What all tasks need.
    unit
        The number of the part.

    Returns
    -------
    answer
        One row, of the schema `ANSWER`: what was counted, and how the files are called that the
        results are in. No two attempts at a task use the same files.
    """
    import pyarrow as pa

    stem = f"{unit}-{uuid.uuid4().hex}"
    results = (
        match_part(part, columns=job.columns, reader=job.reader)
        for part in read_unit(job.units[unit], job.columns)
    )
    matches, rejects = _files(job.folder, stem)
    counts = write_results(results, matches, rejects, job.columns)
    answer = {"unit": unit, "stem": stem, **dataclasses.asdict(counts)}
    return pa.RecordBatch.from_pylist([answer])


def _files(folder: Path, stem: str) -> tuple[Path, Path]:
    return folder / f"{stem}.parquet", folder / f"{stem}.csv"


def _gather(answers: Sequence[dict[str, Any]], parts: Path, folder: Path) -> Counts:
    """Put the files of the answers in order, and add up what was counted."""
    counts = Counts()
    (folder / MATCHES).mkdir()
    start_rejects(folder / REJECTS)
    width = len(str(len(answers)))
    with (folder / REJECTS).open("ab") as stream:
        for answer in answers:
            matches, rejects = _files(parts, answer.pop("stem"))
            unit = answer.pop("unit")
            try:
                matches.replace(folder / MATCHES / f"part-{unit:0{width}}.parquet")
                with rejects.open("rb") as told:
                    shutil.copyfileobj(told, stream)
            except FileNotFoundError as error:
                raise UsageError(
                    f"what the workers wrote is not in {folder.parent}: "
                    "name a folder that all machines of the cluster see"
                ) from error
            counts.add(Counts(**answer))
    return counts


# ------------------------------------------------------------------- the cluster


@contextlib.contextmanager
def _open_session(master: str, settings: Mapping[str, str], timeout: float) -> Iterator[Any]:
    """Open a session on a cluster, and leave neither a process nor a word of its log behind."""
    with _as_before(), tempfile.TemporaryFile() as log:
        try:
            import pyspark.sql
            from py4j.protocol import Py4JError
            from pyspark.errors import PySparkException
        except ImportError as error:
            raise MissingExtraError("spark", "pyspark") from error
        _find_java()
        _find_master(master, timeout)
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        with _start_java(master, settings, log) as context:
            try:
                _wait_for_workers(context, master, timeout)
                yield pyspark.sql.SparkSession(context)
            except (Py4JError, PySparkException) as error:
                raise UsageError(_explain(str(error), master)) from error


@contextlib.contextmanager
def _as_before() -> Iterator[None]:
    """Undo what Spark does to a process: it takes Ctrl-C for itself, and warns of pandas."""
    handler = signal.getsignal(signal.SIGINT)
    log = logging.getLogger("py4j")
    level = log.level
    log.setLevel(logging.CRITICAL + 1)  # on Ctrl-C it would tell of every line that is cut
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
        try:
            yield
        finally:
            log.setLevel(level)
            if threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGINT, handler)


def _find_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if not (Path(home, "bin", "java").exists() if home else shutil.which("java")):
        raise UsageError("Spark needs Java 17 or later: install it, or set JAVA_HOME")


def _find_master(master: str, timeout: float) -> None:
    """See that a standalone master listens, for Spark itself waits for it in silence."""
    if not master.startswith("spark://"):
        return
    for each in master.removeprefix("spark://").split(","):
        host, _, port = each.rpartition(":")
        with contextlib.suppress(OSError, ValueError, OverflowError):
            socket.create_connection((host.strip("[]"), int(port)), timeout).close()
            return
    raise UsageError(f"no Spark master answers at {master}")


@contextlib.contextmanager
def _start_java(master: str, settings: Mapping[str, str], log: IO[bytes]) -> Iterator[Any]:
    """Start Spark's own process, and stop it."""
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway

    if SparkContext._active_spark_context:  # noqa: SLF001 - there is no other way to ask
        raise UsageError("a Spark session is open in this process already: stop it first")
    conf = SparkConf().setMaster(master).setAll(list(settings.items()))
    with contextlib.ExitStack() as leaving:
        try:
            gateway = launch_gateway(conf, {"stdout": log, "stderr": log})  # type: ignore[no-untyped-call]
            leaving.callback(_stop_java, gateway)
            context = SparkContext(conf=conf, gateway=gateway)
        except Exception as error:
            log.seek(0)
            said = f"{error}\n{log.read().decode('utf-8', 'replace')}"
            raise UsageError(_explain(said, master)) from error
        leaving.callback(context.stop)
        yield context


def _stop_java(gateway: Any) -> None:
    from pyspark import SparkContext

    with SparkContext._lock:  # noqa: SLF001 - else the next session would use the dead process
        SparkContext._gateway = SparkContext._jvm = None  # noqa: SLF001
        SparkContext._active_spark_context = None  # noqa: SLF001
    gateway.shutdown()
    if gateway.proc is not None:
        gateway.proc.stdin.close()
        gateway.proc.wait()


def _wait_for_workers(context: Any, master: str, timeout: float) -> None:
    """See that a worker has joined, for Spark itself would wait for ever."""
    if master.startswith("local"):
        return
    until = time.monotonic() + timeout
    while context._jsc.sc().getExecutorMemoryStatus().size() < 2:  # noqa: SLF001 - one is this process
        if time.monotonic() > until:
            raise UsageError(
                f"no worker of {master} took the work within {timeout:g} s: "
                "are there any, with cores and memory to spare?"
            )
        time.sleep(0.1)


OWN_ERROR = re.compile(r"chaingraph\.errors\.\w+: (.+)")
ANY_ERROR = re.compile(r"^(?:Caused by: )?[\w.]*(?:Error|Exception): .+", re.MULTILINE)


def _explain(said: str, master: str) -> str:
    """Find in Spark's many words those that tell what is wrong."""
    if own := OWN_ERROR.findall(said):
        return str(own[-1]).strip()
    told = ANY_ERROR.findall(said) or said.strip().splitlines() or ["it says nothing"]
    return f"the Spark cluster {master} could not do it: {told[-1][:500].strip()}"
