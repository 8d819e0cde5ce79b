"""What circuits cost in hardware: cost tables by name or file."""

from cgplab.cgp.costs import CostTable
from cgplab.hardware.catalog import DEFAULT_COSTS, TableInfo, cost_table_names, table_info
from cgplab.hardware.tables import load_costs

__all__ = ["DEFAULT_COSTS", "CostTable", "TableInfo", "cost_table_names", "load_costs", "table_info"]
