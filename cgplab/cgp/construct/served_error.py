"""Error budgets as limits on sums of weighted errors."""


def error_limit(budget: int, metric: str, n_counted: int) -> int:
    """Largest weighted sum of errors that keeps one vector's metric within ``budget``."""
    return (budget + 1) * max(n_counted, 1) - 1 if metric == "MSE" else budget
