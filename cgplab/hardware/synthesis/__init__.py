"""From Verilog to gates of a standard-cell library: mapping with yosys, timing and power from the Liberty file."""
