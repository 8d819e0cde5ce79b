"""Which runs a figure or a test is about: the filter that Results and Statistics share."""

import shlex
from typing import Any

import pandas as pd
import panel as pn
import param

from cgplab.analysis import where
from cgplab.dashboard.address import Address
from cgplab.dashboard.messages import warning
from cgplab.dashboard.theme import WIDGET, part, row, text
from cgplab.errors import InputError
from cgplab.markup import as_html
from cgplab.natural_order import natural
from cgplab.store import Store
from cgplab.study.kept_scopes import KeptScopes
from cgplab.study.scope import Scope

CHIPS = ("model", "selection", "search", "layer", "strategy")
"""Columns whose values can be chosen by a click."""
_MOST_VALUES = 200


class RunsFilter(pn.viewable.Viewer):
    """Runs of the study in view, narrowed by chips or by conditions ``column=value[,value]`` with blanks between.

    Parameters
    ----------
    store : Store
    address : Address
        Holds the study and the conditions.
    tab : str
        Where the page shows the view that the filter belongs to.

    Attributes
    ----------
    changed : int
        Grows whenever other runs are meant.
    version : int
        Of the kept scopes from which the runs were last read; equal values mean an unchanged store.
    """

    changed = param.Integer(0)

    def __init__(self, store: Store, address: Address, tab: str, **params: Any) -> None:
        super().__init__(**params)
        self.store = store
        self.version = 0
        self._kept = KeptScopes.of(store)
        self._address, self._tab = address, tab
        self._message = text()
        self._field = pn.widgets.TextInput(
            label="Only runs with", value=address.where, placeholder="e.g. strategy=0,5 layer=conv2",
            stylesheets=[WIDGET], sizing_mode="stretch_width",
        )  # fmt: skip
        self._field.link(address, value="where", bidirectional=True)
        self._chips: dict[str, Any] = {}
        self._chip_row = row()
        self._following = False
        address.param.watch(self._touch, "where")
        address.param.watch(self._new_study, "study")
        address.param.watch(self._return, "tab")
        self._make_chips()

    def _new_study(self, *_: Any) -> None:
        self._make_chips()
        self._touch()

    def _return(self, *_: Any) -> None:
        """Read the runs anew when somebody comes back to their view and the store has changed."""
        if self._address.tab == self._tab:
            self._kept.look()
            if self.version != self._kept.version:
                self._new_study()

    def _touch(self, *_: Any) -> None:
        self._follow()
        self.changed += 1

    def _make_chips(self) -> None:
        """A chip widget for every column in which the study's runs differ."""
        try:
            runs = self.scope().frames()["runs"]
        except InputError:
            runs = pd.DataFrame(columns=list(CHIPS))
        self._chips = {}
        for column in CHIPS:
            values = [_text(value) for value in runs[column].dropna().unique()]
            if 1 < len(values) <= _MOST_VALUES:
                options = sorted(values, key=float) if column == "strategy" else _in_order(column, values)
                chip = pn.widgets.MultiChoice(
                    label=column.capitalize(), options=_as_html(options), placeholder=f"all {len(values)}",
                    stylesheets=[WIDGET], sizing_mode="stretch_width", margin=(5, 10),
                )  # fmt: skip
                chip.param.watch(self._choose, "value")
                self._chips[column] = chip
        self._chip_row[:] = [part(chip, width=150) for chip in self._chips.values()]
        self._follow()

    def _choose(self, *_: Any) -> None:
        """Write what the chips say into the conditions."""
        if self._following:
            return
        others = [condition for condition in self._conditions() if condition.partition("=")[0] not in self._chips]
        chosen = [f"{column}={','.join(chip.value)}" for column, chip in self._chips.items() if chip.value]
        self._address.where = shlex.join([*others, *chosen])

    def _follow(self) -> None:
        """Let the chips show what the conditions say."""
        said = {name: value for name, _, value in (c.partition("=") for c in self._conditions())}
        self._following = True
        try:
            for column, chip in self._chips.items():
                told = said.get(column, "")  # some values hold a comma themselves
                known = set(chip.options.values())
                wanted = [value for value in ([told] if told in known else told.split(",")) if value in known]
                if chip.value != wanted:
                    chip.value = wanted
        finally:
            self._following = False

    def _conditions(self) -> list[str]:
        try:
            return self.conditions()
        except InputError:
            return []

    def conditions(self) -> list[str]:
        """Conditions as :func:`cgplab.analysis.where` takes them; InputError where a quotation mark is left open."""
        try:
            return shlex.split(self._address.where)
        except ValueError as error:
            raise InputError(
                f"the filter {self._address.where!r} has an unclosed quotation mark; close or remove it"
            ) from error

    def scope(self) -> Scope:
        """The study in view; InputError where there is none of that name."""
        return self._kept.scope(self._address.study)

    def runs(self) -> pd.DataFrame:
        """Runs that meet the conditions.

        Raises
        ------
        InputError
            There is no such study, or a condition is malformed or met by no run.
        """
        try:
            # Before the frame, or another thread's look in between would give this version to older runs.
            self._kept.look()
            self.version = self._kept.version
            found = self._kept.last_frames(self._address.study)["runs"]
            found = where(found, self.conditions())
        except InputError as error:
            self._message.object = warning(error)
            raise
        self._message.object = ""
        return found

    def frames(self) -> Any:
        """Frames over these runs, see :class:`cgplab.analysis.Frames`; InputError as :meth:`runs`."""
        self.runs()
        return self._kept.last_frames(self._address.study, self.conditions())

    def __panel__(self) -> pn.viewable.Viewable:
        return pn.Column(self._chip_row, self._field, self._message, sizing_mode="stretch_width", margin=0)


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _as_html(values: list[str]) -> dict[str, str]:
    """Values by what the widget is to be given: it shows its options as HTML."""
    return {str(as_html(value)): value for value in values}


def _in_order(column: str, values: list[str]) -> list[str]:
    return values if column == "layer" else natural(values)
