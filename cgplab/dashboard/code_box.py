"""Python code to take along: shown, and copied to the clipboard by a button."""

from typing import Any

import panel as pn

from cgplab.dashboard.messages import heading
from cgplab.dashboard.theme import BUTTON, card, row, text
from cgplab.markup import html

# Browsers offer the clipboard only to pages from this machine or over HTTPS; elsewhere a marked text is copied.
_COPY = """
const words = holder.value
const done = () => { button.label = "Copied"; setTimeout(() => { button.label = "Copy as notebook code" }, 1500) }
if (navigator.clipboard) {
  navigator.clipboard.writeText(words).then(done)
} else {
  const area = document.createElement("textarea")
  area.value = words
  document.body.append(area)
  area.select()
  document.execCommand("copy")
  area.remove()
  done()
}
"""


class CodeBox(pn.viewable.Viewer):
    """Card with code."""

    def __init__(self, title: str, **params: Any) -> None:
        super().__init__(**params)
        self._shown = text()
        self._holder = pn.widgets.TextAreaInput(visible=False, max_length=20_000)
        button = pn.widgets.Button(label="Copy as notebook code", height=34, width=230, stylesheets=[BUTTON])
        button.js_on_click(args={"holder": self._holder, "button": button}, code=_COPY)
        self._card = card(row(text(heading(title), sizing_mode=None), button), self._shown, self._holder)

    def write(self, code: str) -> None:
        """Show other code."""
        self._holder.value = code
        self._shown.object = html("<pre class='code' tabindex='0' role='region' aria-label='Code'>{}</pre>", code)

    def __panel__(self) -> pn.viewable.Viewable:
        return self._card
