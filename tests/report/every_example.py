"""Reports of all studies that ship, and the tables that their comparisons give: ``make report-check``.

Every document is compiled by pdflatex; a box that sticks out by more than 1 pt, a missing character or an error makes
the check fail. The test suite does this for some of the studies only, as all of them take several minutes.
"""

import sys
from pathlib import Path

from cgplab.errors import InputError
from cgplab.report import build_report, write_report
from cgplab.study.comparing import planned_comparison
from cgplab.study.scope import scope_of
from cgplab.study.sealed_studies import example_studies, opened
from tests.latex import problems


def main(out):
    wrong = []
    for name, path in sorted(example_studies().items()):
        scope = scope_of(opened(path))
        written = write_report(build_report(scope), out / name)
        found = [f"box too large by {points:g} pt" for points in written.overfull if points > 1]
        if written.pdf is None:
            found.append("no PDF: pdflatex is not installed")
        try:
            found += problems({name: planned_comparison(scope).to_latex()}, out / name)
        except InputError as error:  # a study need not plan a comparison
            print(f"{name}: {error}")
        print(f"{name}: {'; '.join(found) or 'no box too large'}", flush=True)
        wrong += found
    print(f"{len(example_studies())} studies, {len(wrong)} faults")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
