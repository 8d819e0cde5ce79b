"""Strategies: how much error is allowed, as a threshold t per weight."""

import math

from cgplab.cgp import Problem
from cgplab.errors import InputError

PUBLISHED_STRATEGIES = (0.0, 1.0, 5.0, 11.0)


def error_budget(strategy: float, problem: Problem, metric: str = "SE") -> int:
    """Error that a strategy allows a whole problem.

    A threshold t per weight allows t^2 n of squared error (SE), t n of absolute error (AE) and t^2 of mean
    squared error per vector (MSE), n being the targets that count.

    Parameters
    ----------
    strategy : float
        Threshold t per weight, finite and at least 0.
    problem : Problem
    metric : {"SE", "MSE", "AE"}

    Raises
    ------
    InputError
        The strategy is negative or not finite.
    """
    if not (math.isfinite(strategy) and strategy >= 0):
        raise InputError(f"a strategy is an error of at least 0 allowed per weight, e.g. 0, 1, 5 or 11; not {strategy}")
    if strategy > 255:
        raise InputError(f"strategy {strategy:g} allows any error: int8 weights differ by 255 at most; choose less")
    n = int(problem.n_counted.sum())
    match metric:
        case "AE":
            return math.floor(strategy * n)
        case "MSE":
            return math.floor(strategy**2 * problem.n_vectors)
        case _:
            return math.floor(strategy**2 * n)
