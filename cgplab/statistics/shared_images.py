"""Accuracies of several levels over blocks that were all measured on the same images.

Every layer is tried on one set of images, so an image that is classified at random moves the figures of all layers
together. A test that takes layers as independent counts such an image once for each of them. Here images and blocks
are drawn anew together.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from cgplab.statistics.words import plain
from cgplab.words import counted

RESAMPLES = 2000
_TOLD = ["a", "b", "difference", "low", "high", "different"]
_MOST_PAIRS = 6
"""Pairs that a report lists; all are in the table."""
_SEED = 1
_CHUNK = 250
"""Resamples at a time: their weights of 10,000 images take 20 MB."""


@dataclass(frozen=True)
class SharedImages:
    """Mean accuracy losses of levels, and how far they could change with other images and blocks.

    Attributes
    ----------
    n_images, n_blocks : int
    alpha : float
    levels : pandas.DataFrame
        Per level: ``mean`` accuracy loss over the blocks in percentage points, its standard ``error`` and its interval
        ``low``, ``high``.
    pairs : pandas.DataFrame
        Per pair ``a``, ``b``: ``difference`` of the means in percentage points, its standard ``error``, ``low`` and
        ``high``, which hold for all pairs at once, and ``different``: whether the interval excludes 0.
    block : str or None
    df : float
        Degrees of freedom of the intervals; infinite without blocks.
    """

    n_images: int
    n_blocks: int
    alpha: float
    levels: pd.DataFrame
    pairs: pd.DataFrame
    block: str | None
    df: float

    @property
    def drawn(self) -> str:
        """What is drawn anew."""
        return "images" if self.block is None else f"images and {plain(self.block)}s"

    def beside(self, level: Hashable, control: Hashable | None) -> tuple[float, float]:
        """Mean accuracy loss of a level less that of a control (None: less 0), and its standard error, both in pp."""
        if control is None:
            own = self.levels.loc[[level]].iloc[0]
            return float(own["mean"]), float(own["error"])
        row = self._pair(level, control)
        return float(row["difference"]) * (1 if row["a"] == level else -1), float(row["error"])

    def tells_apart(self, level: Hashable, other: Hashable) -> bool:
        """Whether the interval of the difference of two levels excludes 0."""
        return bool(self._pair(level, other)["different"])

    def _pair(self, level: Hashable, other: Hashable) -> "pd.Series[Any]":
        a, b = self.pairs["a"], self.pairs["b"]
        return self.pairs[((a == level) & (b == other)) | ((a == other) & (b == level))].iloc[0]

    @property
    def caption(self) -> str:
        """What the table tells."""
        return (
            f"Mean differences in percentage points, and what they would be with other {self.drawn} (bootstrap, "
            f"n = {self.n_images:,} images; simultaneous {100 * (1 - self.alpha):g} % intervals)."
        )

    def table(self) -> pd.DataFrame:
        """The differences as texts, a row per pair."""
        rows = self.pairs
        return pd.DataFrame(
            {
                "pair": [f"{plain(a)} – {plain(b)}" for a, b in zip(rows["a"], rows["b"], strict=True)],
                "difference [pp]": rows["difference"].map(_pp),
                "interval [pp]": [
                    f"{_pp(low)} to {_pp(high)}" for low, high in zip(rows["low"], rows["high"], strict=True)
                ],
                "0 excluded": rows["different"].map({True: "yes", False: "no"}),
            }
        )

    def report(self) -> str:
        """What would hold for other images and blocks, in plain words."""
        over = f"{counted(self.n_images, 'image')}"
        if self.block is not None:
            over += f", which all {counted(self.n_blocks, 'block')} ({plain(self.block)}) share"
        told = self.pairs[self.pairs["different"]]
        shown = self.pairs if len(self.pairs) <= _MOST_PAIRS else told.head(_MOST_PAIRS)
        lines = [
            f"Accuracies were measured on {over}. Bootstrap over {self.drawn}, {RESAMPLES:,} resamples, simultaneous "
            f"{100 * (1 - self.alpha):g} % intervals: "
            f"{len(told)} of {len(self.pairs)} of the mean differences exclude 0{':' if len(shown) else '.'}"
        ]
        for a, b, difference, low, high, different in shown[_TOLD].itertuples(index=False):
            verdict = "" if different else ": 0 is not excluded"
            lines.append(
                f"  {plain(a)} – {plain(b)}: mean difference {_pp(difference)} pp ({_pp(low)} to {_pp(high)}){verdict}"
            )
        if len(self.pairs) > _MOST_PAIRS and len(told) > _MOST_PAIRS:
            lines.append(f"  and {len(told) - _MOST_PAIRS} more")
        return "\n".join(lines)


def _pp(value: float) -> str:
    """Percentage points with their sign, to three places, or to two digits where these are all 0."""
    return f"{value:+.3f}" if value == 0 or abs(value) >= 5e-4 else f"{value:+.1e}"


def over_shared_images(
    losses: NDArray[np.float64],
    levels: Sequence[Hashable],
    block: str | None,
    *,
    alpha: float = 0.05,
    resamples: int = RESAMPLES,
    seed: int = _SEED,
) -> SharedImages:
    """Bootstrap mean accuracy losses over images and blocks.

    Each resample draws images and, where there are blocks, blocks with replacement, the same for all levels (the
    crossed design of Owen, "The pigeonhole bootstrap", 2007). Few blocks drawn from themselves vary too little, so
    errors are widened by sqrt(B / (B - 1)) and Student's t with B - 1 degrees of freedom takes the place of the
    normal distribution (B blocks; Hesterberg, "What teachers should know about the bootstrap", 2015). Intervals of
    differences are simultaneous: the estimate plus and minus its standard error times the quantile of the largest
    studentised deviation of any pair, which is taken to be no smaller than that of one pair.

    Parameters
    ----------
    losses : (blocks, levels, images) float64
        Per image the reference's correctness minus the changed model's, -1 to 1; the mean over the runs of a cell.
        Without blocks the first axis has length 1.
    levels : sequence
        Names of the levels.
    block : str, optional
        What the blocks are; None: only images are drawn.
    alpha : float
        1 minus the confidence.
    resamples, seed : int
    """
    n_blocks, k, n = losses.shape
    told = np.abs(losses).max(axis=(0, 1)) > 0
    kept = losses[:, :, told].reshape(n_blocks * k, -1)
    drawn = np.empty((resamples, k))
    random = np.random.default_rng(seed)
    shares = np.append(np.full(kept.shape[1], 1 / n), 1 - kept.shape[1] / n)  # the last: images that change nothing
    for start in range(0, resamples, _CHUNK):
        size = min(_CHUNK, resamples - start)
        images = random.multinomial(n, shares, size=size)[:, :-1] / n
        means = (images @ kept.T).reshape(size, n_blocks, k)
        weights = np.ones((size, 1))
        if block is not None:
            weights = random.multinomial(n_blocks, np.full(n_blocks, 1 / n_blocks), size=size) / n_blocks
        drawn[start : start + size] = np.einsum("sb,sbk->sk", weights, means)
    by_image = losses.mean(axis=0)
    found = by_image.mean(axis=1)
    if block is not None and n_blocks > 1:
        drawn = found + (drawn - found) * np.sqrt(n_blocks / (n_blocks - 1))
    error = _errors(drawn - found, by_image)
    df = float(n_blocks - 1) if block is not None else np.inf
    half = _quantile(alpha, df) * error
    by_level = pd.DataFrame(
        {"mean": 100 * found, "error": 100 * error, "low": 100 * (found - half), "high": 100 * (found + half)},
        index=pd.Index(list(levels)),
    )
    return SharedImages(n, n_blocks, alpha, by_level, _pairs(by_image, drawn, levels, alpha, df), block, df)


def _pairs(
    by_image: NDArray[np.float64], drawn: NDArray[np.float64], levels: Sequence[Hashable], alpha: float, df: float
) -> pd.DataFrame:
    chosen = list(combinations(range(len(levels)), 2))
    first, second = (np.array([pair[side] for pair in chosen], dtype=int) for side in (0, 1))
    differences = by_image[first].mean(axis=1) - by_image[second].mean(axis=1)
    deviations = drawn[:, first] - drawn[:, second] - differences
    errors = np.array(
        [_errors(deviations[:, [i]], by_image[[a]] - by_image[[b]])[0] for i, (a, b) in enumerate(chosen)]
    )
    varying = errors > 0
    largest = np.abs(deviations[:, varying] / errors[varying]).max(axis=1, initial=0.0)
    wider = _quantile(alpha, df) / _quantile(alpha, np.inf)
    half = max(float(np.quantile(largest, 1 - alpha)) * wider, _quantile(alpha, df)) * errors
    low, high = differences - half, differences + half
    return pd.DataFrame(
        {
            "a": [levels[i] for i in first], "b": [levels[j] for j in second], "difference": 100 * differences,
            "error": 100 * errors, "low": 100 * low, "high": 100 * high, "different": (low > 0) | (high < 0),
        }
    )  # fmt: skip


def _errors(deviations: NDArray[np.float64], by_image: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standard errors (k,) from deviations (resamples, k) and the values of each image (k, images).

    Few images that differ leave a bootstrap too little to draw from, so one image that counts as much as any other is
    added to either side, as Bonett and Price (2012) do in their interval of two paired proportions.
    """
    added = np.abs(by_image).max(axis=1) / (by_image.shape[1] + 2)
    return np.asarray(np.sqrt(deviations.var(axis=0) + 2 * added**2))


def _quantile(alpha: float, df: float) -> float:
    return float(stats.t(df).isf(alpha / 2))
