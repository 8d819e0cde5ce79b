"""Headings, remarks and warnings as every view shows them; the words are text, never tags."""

from cgplab.markup import Markup, html


def heading(words: object) -> Markup:
    """Heading of a card."""
    return html("<h2>{}</h2>", words)


def quiet(words: object) -> Markup:
    """Remark in a muted colour."""
    return html("<p class='muted'>{}</p>", words)


def warning(words: object) -> Markup:
    """What went wrong, an error's message say, which screen readers tell at once."""
    return html("<p class='warn' role='alert'>⚠ {}</p>", words)
