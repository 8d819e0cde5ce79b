"""Slider over the stored improvements of a run's best circuit.

The browser's own: the handle of Panel's sliders has no name for screen readers.
"""

from typing import Any

import param
from panel.custom import JSComponent

from cgplab.dashboard.wording import energy
from cgplab.store import Snapshot
from cgplab.words import number

_RENDER = """
export function render({ model, el }) {
  const line = document.createElement("div");
  const label = document.createElement("label");
  const slider = document.createElement("input");
  const told = document.createElement("output");
  slider.type = "range";
  slider.min = 0;
  slider.id = "improvement";
  label.htmlFor = slider.id;
  label.textContent = "Improvement";
  const show = () => {
    const last = model.captions.length - 1;
    slider.max = last;
    slider.value = model.place < 0 ? last : model.place;
    told.textContent = model.captions[slider.value] ?? "";
    slider.setAttribute("aria-valuetext", told.textContent);
  };
  slider.addEventListener("input", () => {
    model.place = Number(slider.value) === model.captions.length - 1 ? -1 : Number(slider.value);
    show();
  });
  model.on(["captions", "place"], show);
  show();
  line.className = "line";
  line.append(label, slider, told);
  el.append(line);
}
"""
_STYLE = """
.line { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 12px; }
label { color: var(--cg-muted); font-size: 12.5px; }
input { flex: 1 1 160px; max-width: 480px; min-width: 0; margin: 4px 0; accent-color: var(--cg-accent); }
input:focus-visible { outline: 2px solid var(--cg-accent); outline-offset: 2px; }
output { flex: 0 1 auto; color: var(--cg-text); font-variant-numeric: tabular-nums; }
"""


class Scrubber(JSComponent):
    """Chooses one of the snapshots of a run; at the right end, where it starts, the newest.

    Attributes
    ----------
    captions : list of str
        What is told of each snapshot, oldest first.
    place : int
        Index of the chosen one; -1 is the newest, also when there are more later.
    """

    captions = param.List([], item_type=str)
    place = param.Integer(-1, bounds=(-1, None))

    _esm = _RENDER
    _stylesheets = [_STYLE]  # noqa: RUF012 - Panel reads it from the class

    def __init__(self, **params: Any) -> None:
        super().__init__(**{"visible": False, "sizing_mode": "stretch_width", "margin": 0, **params})
        self._snapshots: list[Snapshot] = []

    @property
    def chosen(self) -> Snapshot | None:
        """Snapshot to show; None for the best circuit as it is stored."""
        return self._snapshots[self.place] if 0 <= self.place < len(self._snapshots) - 1 else None

    def offer(self, snapshots: list[Snapshot]) -> None:
        """Offer snapshots; the chosen one stays, or the next one that is still kept takes its place."""
        chosen = self.chosen
        self._snapshots = snapshots
        later = [i for i, s in enumerate(snapshots[:-1]) if chosen is not None and s.generation >= chosen.generation]
        self.param.update(
            captions=[_caption(s, s is snapshots[-1]) for s in snapshots],
            place=later[0] if later else -1,
            visible=len(snapshots) > 1,
        )


def _caption(snapshot: Snapshot, newest: bool) -> str:
    told = f"generation {number(snapshot.generation)} · error {number(snapshot.error)}"
    if snapshot.energy is not None:
        told += f" · {energy(snapshot.energy)}"
    return f"newest · {told}" if newest else told
