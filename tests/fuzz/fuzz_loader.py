"""Feed the loader with bytes that find new ways through it, guided by coverage.

    python tests/fuzz/fuzz_loader.py -max_total_time=3600          for an hour
    python tests/fuzz/fuzz_loader.py crash-3f2a…                   a file found by a run again

Starts from the files of chains/ and tests/broken/.  What finds a new way is kept in the folder
that is named, if one is: the next run goes on from there.  Options are those of libFuzzer.
A promise that is broken ends the run and leaves the file that broke it, which
`chaingraph check` reads as well.
"""

import re
import resource
import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
LONGEST = 30_000
"""Bytes of a file: longer ones find nothing new and take long."""

LIMITS = ("-timeout=30", "-rss_limit_mb=0")
"""Seconds of a file, and nothing of libFuzzer on memory: it would count what the process that
started this one once took, as Linux hands a peak on to the programs that a process starts."""

MOST = 1_500_000_000
"""Bytes of memory: asking for more is an error, and with it a fault of the file at hand."""


def gather(folder):
    """Copy every YAML file of the repository that is short enough, those that are wrong as well."""
    sources = [*ROOT.glob("chains/**/*.yaml"), *ROOT.glob("tests/broken/**/*.yaml")]
    sources += ROOT.glob("chaingraph/start/zh/**/*.yaml")
    for number, path in enumerate(sorted(sources)):
        if path.stat().st_size < LONGEST:
            shutil.copy(path, folder / f"{number}.yaml")


ODD = (
    "\n  - ", "\n    ", ": {", "}", ": [", "]", ": |\n", ": >-\n", "&a ", "*a", "!!int ", "!x ", "<<: ",
    "? ", "--- ", "...", "# ", "~", "'", '"', '"\\e[31m"', '"\\u2028"', "1e308", "-1e-308", "9" * 40,
    "0x1F", ".nan", "2024-02-30", "2024-13", "99999-01", "：", "\t", "\ufeff", "\x00", "\r\n",
)  # fmt: skip
"""Words of YAML, and values that are often read wrongly."""


def write_words(path):
    """Write the words that bytes are made of: the keys of all files, and odd ones."""
    from chaingraph.loader import SCHEMAS, make_schema

    texts = " ".join(str(make_schema(name)) for name in SCHEMAS)
    keys = sorted(set(re.findall(r"'([a-z][a-z_0-9]+)'", texts)))
    words = (*[f"{key}: " for key in keys], *ODD)
    lines = ["".join(f"\\x{byte:02x}" for byte in word.encode()) for word in words]
    path.write_text("".join(f'"{line}"\n' for line in lines))


def main():
    import atheris

    resource.setrlimit(resource.RLIMIT_DATA, (MOST, MOST))
    sys.path[:0] = [str(HERE), str(ROOT)]
    with atheris.instrument_imports(include=["chaingraph"]):
        import promises

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "seeds").mkdir()
        gather(folder / "seeds")
        write_words(folder / "words")
        case = promises.Case(folder / "case")
        words = sys.argv[1:]
        if not any(Path(word).is_file() for word in words):
            words = [f"-max_len={LONGEST}", f"-dict={folder / 'words'}", *LIMITS, *words]
            if not any(Path(word).is_dir() for word in words):
                (folder / "found").mkdir()
                words.append(str(folder / "found"))
            words.append(str(folder / "seeds"))
        atheris.Setup([sys.argv[0], *words], lambda raw: case.load(raw) and None)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
