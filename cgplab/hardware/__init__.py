"""What circuits cost in hardware: cost tables by name or file."""

from cgplab.cgp.costs import CostTable
from cgplab.hardware.tables import DEFAULT_COSTS, cost_table_names, load_costs

__all__ = ["DEFAULT_COSTS", "CostTable", "cost_table_names", "load_costs"]
