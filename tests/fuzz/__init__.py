"""Hostile content for every reader of the product; by hand: ``python -m tests.fuzz --inputs 1000000 --jobs 2``."""
