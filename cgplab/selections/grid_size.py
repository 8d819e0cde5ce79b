"""grid_size: single_filter over random kernels and a list of grids, to see what the grid's size does."""

from cgplab.models import StoredModel
from cgplab.selections.layers import kernel_counts, layers_with_cores, random_kernels
from cgplab.selections.parameters import CORE, KERNEL_SEED, LAYER_WITH_CORES
from cgplab.selections.selection import Parameter, Parameters, Selection
from cgplab.selections.single_filter import select_kernel


def _expand(
    model: StoredModel, layer: str | None, core: int | None, kernels: int, kernel_seed: int
) -> list[Parameters]:
    name = layer or layers_with_cores(model, core)[0]
    return [
        {"layer": name, "core": core, "filter": filter, "channel": channel}
        for filter, channel in random_kernels(*kernel_counts(model, name), kernels, kernel_seed)
    ]


GRID_SIZE = Selection(
    name="grid_size",
    meaning="single_filter over random kernels, each on every grid",
    picture="□□□□□ □■■■□ □■■■□ □■■■□ □□□□□ …",
    parameters=(
        LAYER_WITH_CORES,
        CORE,
        Parameter("kernels", 3, "kernels drawn at random"),
        KERNEL_SEED,
    ),
    grids=("2x2", "3x3", "5x5", "10x10"),
    mutation_rate=0.15,
    outputs_reach_inputs=False,
    select=select_kernel,
    expand=_expand,
)
