"""Reports of Design Compiler, in the layouts that its versions print."""

from decimal import Decimal

import pytest

from cgplab.cgp import OPERATORS, CostTable
from cgplab.errors import InputError
from cgplab.hardware import load_costs
from cgplab.hardware.reports import area_of, delay_of, power_of, read_reports

POWER = """
Report : power
  Cell Internal Power  =  16.0132 uW   (55%)
  Net Switching Power  =  13.1093 uW   (45%)
                         ---------
Total Dynamic Power    =  29.1225 uW  (100%)
Cell Leakage Power     = 342.7999 nW

                 Internal         Switching           Leakage            Total
Power Group      Power            Power               Power              Power   (   %    )  Attrs
--------------------------------------------------------------------------------------------------
combinational  1.6013e-02        1.3109e-02          342.7999        2.9465e-02  ( 100.00%)
--------------------------------------------------------------------------------------------------
Total          1.6013e-02 mW     1.3109e-02 mW       342.7999 nW     {value} {unit}
1
"""
AREA = """
Number of cells:                           17
Combinational area:                 67.579200
Total cell area:                    {area}
Total area:                 undefined
"""
PATH = """
  Point                                    Incr       Path
  data arrival time                                   {delay}
  (Path is unconstrained)
  data required time                                  1.00
  data arrival time                                  -{delay}
  slack (MET)                                         0.41
"""
NO_PATHS = "\nReport : timing\n\nNo paths.\n\n1\n"


@pytest.mark.parametrize(
    ("unit", "milliwatts"),
    [("W", "2946.5"), ("mW", "2.9465"), ("uW", "0.0029465"), ("nW", "0.0000029465"), ("pW", "0.0000000029465")],
)
def test_every_unit_of_power(unit, milliwatts):
    assert power_of(POWER.format(value="2.9465", unit=unit)) == Decimal(milliwatts)
    assert power_of(POWER.format(value="2.9465e+00", unit=unit)) == Decimal(milliwatts)


def test_areas_and_delays():
    assert area_of(AREA.format(area="67.579201")) == Decimal("67.579201")
    assert delay_of(PATH.format(delay="0.59")) == Decimal("0.59")
    assert delay_of(PATH.format(delay="0.59") + PATH.format(delay="0.71")) == Decimal("0.71")
    assert delay_of(NO_PATHS) == 0
    assert power_of("") is area_of("") is delay_of("") is None


def write(directory, name, power="29.465", unit="uW", area="67.5792", timing=None):
    timing = PATH.format(delay="0.59") if timing is None else timing
    (directory / f"{name}_power.txt").write_text(POWER.format(value=power, unit=unit))
    (directory / f"{name}_area.txt").write_text(AREA.format(area=area))
    (directory / f"{name}_timing.txt").write_text(timing)


def test_a_directory_of_reports_makes_a_table(tmp_path):
    names = [operator.name for operator in OPERATORS if not operator.selects] + ["mux_2to1", "mux_16to1"]
    for name in names:
        free = load_costs().cost(name).area == 0
        write(tmp_path, name, *(("0.0", "nW", "0.000000", NO_PATHS) if free else ()))
    (tmp_path / "notes.txt").write_text("other files do not matter")
    rows = {row["name"]: row for row in read_reports(tmp_path)}
    assert list(rows) == names
    assert rows["add"]["power_mw"] == "0.029465"
    assert rows["add"]["energy_pj"] == "0.01738435"
    assert (rows["half"]["energy_pj"], rows["half"]["delay_ns"]) == ("0", "0")
    table = CostTable.from_mapping(
        {n: {"energy": r["energy_pj"], "area": r["area_um2"], "delay": r["delay_ns"]} for n, r in rows.items()}
    )
    assert table.cost("add").energy == pytest.approx(0.029465 * 0.59)


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(InputError, match="no such directory"):
        read_reports(tmp_path / "nowhere")
    with pytest.raises(InputError, match="holds no report"):
        read_reports(tmp_path)
    write(tmp_path, "add")
    (tmp_path / "add_area.txt").unlink()
    with pytest.raises(InputError, match="area report of add"):
        read_reports(tmp_path)
    (tmp_path / "add_area.txt").write_text("nothing here")
    with pytest.raises(InputError, match="lacks a line 'Total cell area"):
        read_reports(tmp_path)
