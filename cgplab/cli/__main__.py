"""``python -m cgplab.cli``."""

from cgplab.cli import main

main()
