"""Whether the browser shows the page, or another one in front of it."""

import param
from panel.reactive import ReactiveHTML

from cgplab.markup import html


class PageVisibility(ReactiveHTML):
    """Follows the browser's ``document.hidden``; takes no room on the page.

    Attributes
    ----------
    hidden : bool
    """

    hidden = param.Boolean(False)

    _template = str(html('<span id="place" hidden></span>'))
    _scripts = {  # noqa: RUF012  Panel wants a dictionary
        "render": """
            state.tell = () => { data.hidden = document.hidden }
            document.addEventListener('visibilitychange', state.tell)
            state.tell()
        """,
        "remove": "document.removeEventListener('visibilitychange', state.tell)",
    }
