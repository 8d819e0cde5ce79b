"""Entry point of ``cgplab`` and ``python -m cgplab``; Ctrl-C prints one line even while the program is loading."""

import sys


def main() -> None:
    """Run the command line. Loading it takes half a second, in which a user may already press Ctrl-C."""
    try:
        from cgplab.cli import main as run

        run()
    except KeyboardInterrupt:
        print("cgplab: interrupted", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
