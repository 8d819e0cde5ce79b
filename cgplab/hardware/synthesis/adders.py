"""Use a library's full and half adder cells, which abc cannot map to because they have two outputs."""

from dataclasses import dataclass
from itertools import permutations, product

import numpy as np

from cgplab.errors import InputError
from cgplab.hardware.synthesis.library import Cell, Library


@dataclass(frozen=True)
class AdderCell:
    """Full or half adder cell: its inputs, and the outputs with the sum and the carry."""

    cell: str
    inputs: tuple[str, ...]
    sum: str
    carry: str

    def instance(self, inputs: tuple[str, ...], sum_: str, carry: str) -> str:
        """Verilog text of one cell."""
        pins = zip((*self.inputs, self.sum, self.carry), (*inputs, sum_, carry), strict=True)
        return f"{self.cell} u({', '.join(f'.{pin}({net})' for pin, net in pins)});"


def find_adder(library: Library, n_inputs: int) -> AdderCell | None:
    """Smallest cell that adds ``n_inputs`` bits (3: full, 2: half adder), found by its functions; None without one."""
    found = [(cell.area, adder) for cell in library.cells.values() if (adder := _as_adder(cell, n_inputs)) is not None]
    return min(found, key=lambda pair: (pair[0], pair[1].cell))[1] if found else None


def _as_adder(cell: Cell, n_inputs: int) -> AdderCell | None:
    inputs, outputs = cell.inputs(), cell.outputs()
    if len(inputs) != n_inputs or len(outputs) != 2 or any(cell.pins[pin].function is None for pin in outputs):
        return None
    rows = np.array(list(product((False, True), repeat=n_inputs)))
    values = {pin: rows[:, i] for i, pin in enumerate(inputs)}
    total = rows.sum(axis=1)
    for sum_, carry in permutations(outputs):
        try:
            added = cell.pins[sum_].evaluate(values), cell.pins[carry].evaluate(values)
        except InputError:
            return None  # a function of internal state
        if np.array_equal(added[0], total % 2 == 1) and np.array_equal(added[1], total > 1):
            return AdderCell(cell.name, tuple(inputs), sum_, carry)
    return None


def adder_techmap(full: AdderCell, half: AdderCell) -> str:
    """Verilog for yosys's ``techmap``: ripple-carry adders and carry-save trees of the library's adder cells.

    A bit takes a full adder where none of its three operands is constant, a half adder where one is 0; all else is
    left to abc, as is the last bit of a sum, whose carry nobody needs.
    """
    mask = "".join(f"  parameter _TECHMAP_CONSTMSK_{p}_ = 0; parameter _TECHMAP_CONSTVAL_{p}_ = 0;\n" for p in "ABC")
    alu_mask = "".join(
        f"  parameter _TECHMAP_CONSTMSK_{p}_ = 0; parameter _TECHMAP_CONSTVAL_{p}_ = 0;\n"
        for p in ("A", "B", "BI", "CI")
    )
    return f"""
(* techmap_celltype = "$fa" *)
module _map_fa(A, B, C, X, Y);
  parameter WIDTH = 1; input [WIDTH-1:0] A, B, C; output [WIDTH-1:0] X, Y;
{mask}  genvar i; generate for (i = 0; i < WIDTH; i = i + 1) begin:bit
    localparam a = (_TECHMAP_CONSTMSK_A_ >> i) & 1, va = (_TECHMAP_CONSTVAL_A_ >> i) & 1;
    localparam b = (_TECHMAP_CONSTMSK_B_ >> i) & 1, vb = (_TECHMAP_CONSTVAL_B_ >> i) & 1;
    localparam c = (_TECHMAP_CONSTMSK_C_ >> i) & 1, vc = (_TECHMAP_CONSTVAL_C_ >> i) & 1;
    if (!a && !b && !c) {full.instance(("A[i]", "B[i]", "C[i]"), "Y[i]", "X[i]")}
    else if (a && !va && !b && !c) {half.instance(("B[i]", "C[i]"), "Y[i]", "X[i]")}
    else if (b && !vb && !a && !c) {half.instance(("A[i]", "C[i]"), "Y[i]", "X[i]")}
    else if (c && !vc && !a && !b) {half.instance(("A[i]", "B[i]"), "Y[i]", "X[i]")}
    else begin
      assign Y[i] = A[i] ^ B[i] ^ C[i];
      assign X[i] = (A[i] & B[i]) | (A[i] & C[i]) | (B[i] & C[i]);
    end
  end endgenerate
endmodule
(* techmap_celltype = "$alu" *)
module _map_alu(A, B, CI, BI, X, Y, CO);
  parameter A_SIGNED = 0; parameter B_SIGNED = 0; parameter A_WIDTH = 1; parameter B_WIDTH = 1; parameter Y_WIDTH = 1;
  input [A_WIDTH-1:0] A; input [B_WIDTH-1:0] B; input CI, BI; output [Y_WIDTH-1:0] X, Y, CO;
{alu_mask}  wire [Y_WIDTH-1:0] AA, B0;
  wire [Y_WIDTH-1:0] BB = B0 ^ {{Y_WIDTH{{BI}}}};
  wire [Y_WIDTH:0] C;
  assign C[0] = CI; assign CO = C[Y_WIDTH:1]; assign X = AA ^ BB;
  genvar i; generate for (i = 0; i < Y_WIDTH; i = i + 1) begin:bit
    if (i < A_WIDTH) assign AA[i] = A[i];
    else if (A_SIGNED && A_WIDTH > 0) assign AA[i] = A[A_WIDTH-1];
    else assign AA[i] = 1'b0;
    if (i < B_WIDTH) assign B0[i] = B[i];
    else if (B_SIGNED && B_WIDTH > 0) assign B0[i] = B[B_WIDTH-1];
    else assign B0[i] = 1'b0;
    localparam pad_a = i >= A_WIDTH && (!A_SIGNED || A_WIDTH == 0);
    localparam pad_b = i >= B_WIDTH && (!B_SIGNED || B_WIDTH == 0);
    localparam ia = i < A_WIDTH ? i : (A_WIDTH > 0 ? A_WIDTH-1 : 0);
    localparam ib = i < B_WIDTH ? i : (B_WIDTH > 0 ? B_WIDTH-1 : 0);
    localparam a = pad_a ? 1 : (_TECHMAP_CONSTMSK_A_ >> ia) & 1;
    localparam b = _TECHMAP_CONSTMSK_BI_ != 1 ? 0 : pad_b ? 1 : (_TECHMAP_CONSTMSK_B_ >> ib) & 1;
    localparam va = pad_a ? 0 : (_TECHMAP_CONSTVAL_A_ >> ia) & 1;
    localparam vb = (pad_b ? 0 : (_TECHMAP_CONSTVAL_B_ >> ib) & 1) ^ (_TECHMAP_CONSTVAL_BI_ == 1);
    localparam inner = i > 0 && i < Y_WIDTH-1;
    if (!a && !b && inner) {full.instance(("AA[i]", "BB[i]", "C[i]"), "Y[i]", "C[i+1]")}
    else if (!a && !b && i == 0 && _TECHMAP_CONSTMSK_CI_ == 1 && _TECHMAP_CONSTVAL_CI_ == 0)
      {half.instance(("AA[i]", "BB[i]"), "Y[i]", "C[i+1]")}
    else if (a && !va && !b && inner) {half.instance(("BB[i]", "C[i]"), "Y[i]", "C[i+1]")}
    else if (!a && b && !vb && inner) {half.instance(("AA[i]", "C[i]"), "Y[i]", "C[i+1]")}
    else begin
      assign Y[i] = AA[i] ^ BB[i] ^ C[i];
      assign C[i+1] = (AA[i] & BB[i]) | (AA[i] & C[i]) | (BB[i] & C[i]);
    end
  end endgenerate
endmodule
"""
