"""HTML and SVG, made in one place: what is filled into a text of tags is escaped, whatever it holds.

Tags stand in the first argument of :func:`html` only, as one constant; ``tests/test_markup.py`` reads every file of
cgplab and refuses them anywhere else. Everything else is text, and what a reader's browser is given of a stored file,
of the page's address or of an error's message is shown, never run.
"""

from collections.abc import Iterable

from markupsafe import Markup, escape

__all__ = ["Markup", "as_html", "html", "joined"]


def html(tags: str, *parts: object, **named: object) -> Markup:
    """Fill parts into tags.

    Parameters
    ----------
    tags : str
        A constant, with a field ``{}`` or ``{name}`` for each part; values of attributes stand in quotes. Without
        parts, braces stand for themselves.
    *parts, **named : object
        Texts and numbers, which are escaped; Markup is taken as it is.
    """
    return Markup(tags).format(*parts, **named) if parts or named else Markup(tags)


def joined(parts: Iterable[object], between: str = "") -> Markup:
    """Parts one after the other; what is no Markup is escaped."""
    return Markup(escape(between)).join(parts)  # type: ignore[arg-type]


def as_html(shown: object) -> Markup:
    """Markup as it is, anything else as the text that it is."""
    return escape(shown)
