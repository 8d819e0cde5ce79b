"""How the verdicts are reached, in words."""

from functools import cache

from cgplab.reproduction.censoring import COMPLETE
from cgplab.reproduction.evidence import ENOUGH
from cgplab.reproduction.published import ALPHA, FEWEST, median_reach, range_reach
from cgplab.reproduction.works import RUNS


@cache
def rules() -> tuple[str, ...]:
    """Paragraphs above the tables."""
    reach, beside_range = (median_reach(RUNS, RUNS, ALPHA / tests) for tests in (1, 2))
    return (
        f"Replicated: our search as the original searched (evolved wiring, its grid, rate and children), with "
        f"{100 * ENOUGH:g} % or more of its children per run, against the published figure. "
        f"No: a test tells our runs from the published ones at {100 * ALPHA:g} % (over all tests of the row, after "
        f"Bonferroni). Yes: none does, with {FEWEST} runs or more. Open: fewer runs and no test rejects; fewer "
        "children; the original's children are not published, so that their share cannot be checked, whatever the "
        f"tests say; or fewer than {100 * COMPLETE:g} % of the runs are within budget, too few to compare costs or "
        "accuracies. Not applicable (no verdict): no search of ours could decide it. Of a relation (a larger grid's "
        "lower energy, strategies that differ) yes says that the same test rejects in our runs too, to the same side; "
        "not that the difference is as large.",
        "Yes does not say that two searches are equal. It says that no test tells our runs from the published ones, "
        f"and few runs tell little. With {RUNS} runs on each side, Mathisen's test has 80 % power only if the "
        f"published median lies at or beyond the {100 * reach:.0f} % or {100 - 100 * reach:.0f} % quantile of the "
        f"distribution that our runs come from ({100 * beside_range:.0f} % and {100 - 100 * beside_range:.0f} % where "
        f"the row also tests a range). A range of {RUNS} runs says nothing of the spread within it: up to "
        f"{range_reach(RUNS) - 1} runs pass even if all lie at one point inside.",
        "Improved: our best method (the constructive solver, which is deterministic) against the published figure; on "
        "weights of ours in all works but single_filter. Yes: every run is within its budget, and the largest value is "
        "below the published median or mean; below the smallest where only a range was published, or below the "
        "largest where the published median or smallest is 0, below which nothing lies. No: no value is below it, or a "
        "run is above its budget. Open: some values are below it, some are not; or nothing was measured. Not "
        "applicable (no verdict): a setting, the time on another machine, or where the difference comes from a "
        "retrained or smaller network, not from a better search.",
        "Tests: rates by Fisher's exact test; medians by Mathisen's test and ranges by Wilks's beta law, which rejects "
        "when too many or too few of our runs lie outside, both exact and with the published n, where values that "
        "round to the published figure may lie on either side of it; a mean by whether our interval contains it; "
        "correlations by Fisher's z; Kruskal-Wallis by the same rejection and ε² within a factor of two; accuracies "
        "only where the bootstrap over images shows it too. Each p-value is marked as exact, permutation or "
        "asymptotic. Intervals are 95 %: of medians by order statistics, of means by BCa bootstrap, of rates by "
        "Clopper and Pearson. They cover only the sampling error of our runs, while tests of medians and rates also "
        "cover that of the published runs: an interval may exclude a figure that the test does not reject. Energies "
        "are power × delay in pJ.",
    )
