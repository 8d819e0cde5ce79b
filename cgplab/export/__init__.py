"""Exports of circuits, each proved equal to what cgplab evaluates."""

from cgplab.export.formats import FORMATS, Exported, Format, export, format_by_name
from cgplab.export.source import Source
from cgplab.export.verification import Verification

__all__ = ["FORMATS", "Exported", "Format", "Source", "Verification", "export", "format_by_name"]
