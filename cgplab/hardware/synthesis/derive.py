"""Derive a cost table from a Liberty file: every operator mapped, checked, timed and its power computed."""

from collections.abc import Callable, Sequence

from cgplab.hardware.synthesis.gates import GATES, gate
from cgplab.hardware.synthesis.library import Library
from cgplab.hardware.synthesis.mapping import synthesise

VECTORS = 16_384
"""Random vectors for the check and the energy per operation of each operator."""


def derive_costs(
    library: Library, names: Sequence[str] = GATES, report: Callable[[str], None] = lambda name: None
) -> list[dict[str, str]]:
    """Rows of a cost table.

    Parameters
    ----------
    library : Library
    names : sequence of str
        Entries to derive; default: all.
    report : callable
        Called with the name of each entry when it is done.

    Returns
    -------
    list of dict
        Columns :data:`cgplab.hardware.tables.FILE_COLUMNS`.

    Raises
    ------
    MissingToolError, InputError, WrongResultError
        See :func:`cgplab.hardware.synthesis.mapping.synthesise`.
    """
    rows = []
    for name in names:
        made = gate(name)
        found = synthesise(library, made.verilog, name, made.check, VECTORS)
        power, delay = round(found.power, 7), round(found.delay, 4)
        rows.append(
            {
                "name": name,
                "energy_pj": f"{float(f'{power * delay:.6g}'):.12f}".rstrip("0").rstrip("."),
                "area_um2": f"{found.area:.4f}",
                "delay_ns": f"{delay:.4f}",
                "energy_per_op_pj": f"{found.energy_per_op:.6f}",
                "power_mw": f"{power:.7f}",
                "source": "synthesis" if found.cells else "free",
            }
        )
        report(name)
    return rows
