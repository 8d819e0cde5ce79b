"""Infer a neural network's int8 weights with tiny evolved circuits instead of reading them from memory."""

__version__ = "0.1.0"
