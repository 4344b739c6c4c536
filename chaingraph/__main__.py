"""``python -m chaingraph`` and the console command; answers ``--version`` at once."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line."""
    if sys.argv[1:] == ["--version"]:
        from chaingraph import __version__

        sys.stdout.write(f"chaingraph {__version__}\n")
        return
    from chaingraph.cli import run

    sys.exit(run())


if __name__ == "__main__":
    main()
