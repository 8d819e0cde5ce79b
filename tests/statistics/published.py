"""Data of published worked examples."""

import numpy as np
import pandas as pd

CLASSIFIERS = ("C4.5", "C4.5+m", "C4.5+cf", "C4.5+m+cf")

# Demsar, "Statistical Comparisons of Classifiers over Multiple Data Sets", JMLR 7 (2006), table 6: areas under
# the ROC curve. The paper ranks "voting" from unrounded values, C4.5+cf before C4.5+m+cf, though it prints 0.975
# for both; a small addition keeps its ranks.
DEMSAR = np.array(
    [
        [0.763, 0.768, 0.771, 0.798],
        [0.599, 0.591, 0.590, 0.569],
        [0.954, 0.971, 0.968, 0.967],
        [0.628, 0.661, 0.654, 0.657],
        [0.882, 0.888, 0.886, 0.898],
        [0.936, 0.931, 0.916, 0.931],
        [0.661, 0.668, 0.609, 0.685],
        [0.583, 0.583, 0.563, 0.625],
        [0.775, 0.838, 0.866, 0.875],
        [1.000, 1.000, 1.000, 1.000],
        [0.940, 0.962, 0.965, 0.962],
        [0.619, 0.666, 0.614, 0.669],
        [0.972, 0.981, 0.975 + 1e-5, 0.975],
        [0.957, 0.978, 0.946, 0.970],
    ]
)

# R's help page of friedman.test: Hollander and Wolfe (1973), p. 140, times of rounding first base in seconds.
ROUNDING_TIMES = np.array(
    [
        [5.40, 5.50, 5.55], [5.85, 5.70, 5.75], [5.20, 5.60, 5.50], [5.55, 5.50, 5.40], [5.90, 5.85, 5.70],
        [5.45, 5.55, 5.60], [5.40, 5.40, 5.35], [5.45, 5.50, 5.35], [5.25, 5.15, 5.00], [5.85, 5.80, 5.70],
        [5.25, 5.20, 5.10], [5.65, 5.55, 5.45], [5.60, 5.35, 5.45], [5.05, 5.00, 4.95], [5.50, 5.50, 5.40],
        [5.45, 5.55, 5.50], [5.55, 5.55, 5.35], [5.45, 5.50, 5.55], [5.50, 5.45, 5.25], [5.65, 5.60, 5.40],
        [5.70, 5.65, 5.55], [6.30, 6.30, 6.25],
    ]
)  # fmt: skip

# R's data set PlantGrowth: Dobson, "An Introduction to Statistical Modelling", 1983.
PLANT_GROWTH = {
    "ctrl": (4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14),
    "trt1": (4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69),
    "trt2": (6.31, 5.12, 5.54, 5.50, 5.37, 5.29, 4.92, 6.15, 5.80, 5.26),
}

# R's data set InsectSprays: Beall, 1942.
INSECT_SPRAYS = {
    "A": (10, 7, 20, 14, 14, 12, 10, 23, 17, 20, 14, 13),
    "B": (11, 17, 21, 11, 16, 14, 17, 17, 19, 21, 7, 13),
    "C": (0, 1, 7, 2, 3, 1, 2, 1, 3, 0, 1, 4),
    "D": (3, 5, 12, 6, 4, 3, 5, 5, 5, 5, 2, 4),
    "E": (3, 5, 3, 5, 3, 6, 1, 1, 3, 2, 6, 4),
    "F": (11, 9, 15, 22, 15, 16, 13, 10, 26, 26, 24, 13),
}

# R's data set sleep: Cushny and Peebles, 1905; hours of sleep gained by ten patients under two drugs.
SLEEP = {
    "1": (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0),
    "2": (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4),
}


def blocked(matrix, levels=None):
    """Tidy frame of a (blocks, levels) matrix."""
    levels = levels if levels is not None else [f"level {j}" for j in range(matrix.shape[1])]
    rows = [(f"block {i:03}", level, x) for i, row in enumerate(matrix) for level, x in zip(levels, row, strict=True)]
    return pd.DataFrame(rows, columns=["block", "level", "value"])


def grouped(groups):
    """Tidy frame of samples by level."""
    rows = [(level, float(x), i) for level, values in groups.items() for i, x in enumerate(values)]
    return pd.DataFrame(rows, columns=["level", "value", "block"])
