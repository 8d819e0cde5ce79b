"""The program ``cgplab``, also ``python -m cgplab``: an interruption is answered in a line from the first moment on."""

import sys


def main() -> None:
    """Run the command line; loading it takes longer than a person who has mistyped waits to press Ctrl-C."""
    try:
        from cgplab.cli import main as run

        run()
    except KeyboardInterrupt:
        print("cgplab: interrupted", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
