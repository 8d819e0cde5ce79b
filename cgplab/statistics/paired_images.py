"""Two classifiers on the same images: the difference of their accuracies, its interval, and whether it is chance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

CONFIDENCE = 0.95


@dataclass(frozen=True)
class PairedImages:
    """What a changed model does to the accuracy on the same images.

    Attributes
    ----------
    n : int
        Images.
    lost, gained : int
        Images that only the reference classified correctly, and that only the changed model did.
    """

    n: int
    lost: int
    gained: int

    @classmethod
    def of(cls, reference: NDArray[np.bool_], changed: NDArray[np.bool_]) -> "PairedImages":
        """Count the images on which the two differ; both arrays (n,) bool."""
        return cls(len(reference), int((reference & ~changed).sum()), int((changed & ~reference).sum()))

    @property
    def loss(self) -> float:
        """Accuracy of the reference minus that of the changed model, in percentage points; NaN of no image."""
        return 100 * (self.lost - self.gained) / self.n if self.n else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Interval of the loss with 95 % confidence, in percentage points.

        An adjusted Wald interval: one image is added to either kind of difference (Bonett and Price, "Adjusted Wald
        confidence interval for a difference of binomial proportions based on paired data", 2012).
        """
        lost, gained = (self.lost + 1) / (self.n + 2), (self.gained + 1) / (self.n + 2)
        middle, spread = lost - gained, lost + gained - (lost - gained) ** 2
        half = float(stats.norm.isf((1 - CONFIDENCE) / 2)) * np.sqrt(spread / (self.n + 2))
        return 100 * max(-1.0, middle - half), 100 * min(1.0, middle + half)

    @property
    def p(self) -> float:
        """Two-sided p-value of McNemar's exact test: a difference goes either way with probability 1/2.

        McNemar, "Note on the sampling error of the difference between correlated proportions or percentages", 1947;
        1 where no image differs.
        """
        differing = self.lost + self.gained
        return float(stats.binomtest(self.lost, differing).pvalue) if differing else 1.0
