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
        f"and few runs tell little: of {RUNS} runs a side Mathisen's test finds a printed median with 80 % power only "
        f"where that is the {100 * reach:.0f} % quantile of our runs or farther out (or {100 - 100 * reach:.0f} % on "
        f"the other side; {100 * beside_range:.0f} % and {100 - 100 * beside_range:.0f} % in a row with a range). A "
        f"range of {RUNS} runs says nothing of the spread within it: runs that all lie at one point inside pass, up to "
        f"{range_reach(RUNS) - 1} of them.",
        "Improved: our best method (the constructive solver, which is deterministic) against the published figure; on "
        "weights of ours in all works but single_filter. Yes: every run is within its budget, and the largest value is "
        "below the published median or mean; below the smallest where only a range was published, or below the "
        "largest where the published median or smallest is 0, below which nothing lies. No: no value is below it, or a "
        "run is above its budget. Open: some values are below it, some are not; or nothing was measured. Not "
        "applicable (no verdict): a setting, the time on another machine, or what was trained or is smaller rather "
        "than better searched.",
        "Tests: rates by Fisher's exact test; medians by Mathisen's test and ranges by Wilks's beta law, in which "
        "many of ours outside count as well as too few, both exact and with the published n, where values that are "
        "printed like the figure may lie on either side of it; a mean by whether our interval holds it; correlations "
        "by Fisher's z; Kruskal-Wallis by the same rejection and ε² within a factor of two; accuracies only where "
        "other images would show it too. Beside a p-value stands whether it is exact, of permutations or asymptotic. "
        "Intervals are 95 %: of medians by order statistics, of means by BCa bootstrap, of rates by Clopper and "
        "Pearson. They tell the chance in our runs alone, while tests of medians and rates also take that in the "
        "published runs into account: an interval may exclude a figure that the test does not reject. Energies are "
        "power × delay in pJ.",
    )
