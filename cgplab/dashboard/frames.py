"""Which runs a figure or a test is about: the filter that Results and Statistics share."""

from typing import Any

import pandas as pd
import panel as pn
import param

from cgplab.analysis import where
from cgplab.analysis.kept_frames import KeptFrames
from cgplab.analysis.run_table import RunTable
from cgplab.dashboard.address import Address
from cgplab.dashboard.messages import warning
from cgplab.dashboard.theme import WIDGET, text
from cgplab.errors import InputError
from cgplab.store import Store


class RunsFilter(pn.viewable.Viewer):
    """Text field with conditions ``column=value[,value]``, separated by blanks.

    Attributes
    ----------
    changed : int
        Grows whenever other runs are meant.
    version : object
        State of the store from which the runs were last read; equal values mean an unchanged store.
    """

    changed = param.Integer(0)

    def __init__(self, store: Store, address: Address, **params: Any) -> None:
        super().__init__(**params)
        self.store = store
        self.version: object = None
        self._address = address
        self._message = text()
        self._field = pn.widgets.TextInput(
            label="Only runs with", value=address.where, placeholder="e.g. strategy=0,5 layer=conv2",
            stylesheets=[WIDGET], sizing_mode="stretch_width",
        )  # fmt: skip
        self._field.link(address, value="where", bidirectional=True)
        address.param.watch(self._touch, "where")

    def _touch(self, *_: Any) -> None:
        self.changed += 1

    def conditions(self) -> list[str]:
        """Conditions as :func:`cgplab.analysis.where` takes them."""
        return self._address.where.split()

    def everything(self) -> pd.DataFrame:
        """All runs of the store."""
        return RunTable.of(self.store).frame()

    def runs(self) -> pd.DataFrame:
        """Runs that meet the conditions.

        Raises
        ------
        InputError
            A condition is malformed or met by no run.
        """
        table = RunTable.of(self.store)
        try:
            table.look()
            # Before the frame, or another thread's look in between would give this version to older runs.
            self.version = (table, table.version)
            found = where(table.last, self.conditions())
        except InputError as error:
            self._message.object = warning(error)
            raise
        self._message.object = ""
        return found

    def frame(self, name: str) -> pd.DataFrame:
        """Frame of :data:`cgplab.analysis.FRAMES` over these runs; InputError as :meth:`runs`."""
        runs = self.runs()
        return runs if name == "runs" else KeptFrames.of(self.store).frames(self.conditions())[name]

    def __panel__(self) -> pn.viewable.Viewable:
        return pn.Column(self._field, self._message, sizing_mode="stretch_width", margin=0)
