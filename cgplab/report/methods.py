"""How the study was made: models, data, searches, costs, versions, machines."""

from collections.abc import Iterable, Sequence

from cgplab.errors import InputError
from cgplab.models import load_model
from cgplab.report.content import Block, Prose, table
from cgplab.report.subject import Made, Subject, section, shown
from cgplab.selections import selection_by_name
from cgplab.store import Manifest
from cgplab.words import counted

_MOST_HOSTS = 3
"""Machines that are named."""
_CITED = {
    "lenet5": ("lecun1998",),
    "mobilenetv2": ("sandler2018",),
    "fashion-mnist": ("xiao2017",),
    " mnist": ("lecun1998",),
}
"""Works behind models and data sets, by a word of their names."""


def methods_section(subject: Subject) -> Made:
    """Paragraphs that let others repeat the study."""
    made = [run.manifest for run in subject.frames.runs]
    document = subject.document
    selection = selection_by_name(document.selection)
    parameters = ", ".join(f"{name} {shown(value)}" for name, value in document.parameters.items())
    data = _accuracy(subject)
    blocks: list[Block] = [
        Prose(
            f"{_found_by(made)} with selection {selection.name}: {selection.meaning}"
            f"{f' ({parameters})' if parameters else ''}. A strategy t allows an error of t in every inferred weight; "
            f"the error metric is {document.metric}. Within the budget the search minimizes the measures in the "
            f"table below, with the cost table {document.costs}; energy is power × delay summed over active gates."
        ),
        Prose(f"{_models(subject)} {data}".strip()),
        table(
            "Searches. Mutation rate: share of genes that may change in a child. A search ends at the first limit "
            "that it reaches.",
            ["search", "seeds", "children", "mutation rate", "limits", "early stop", "minimized"],
            [_search(manifest, seeds) for manifest, seeds in _searches(subject)],
            words=(0, 1, 4, 5, 6),
        ),
        Prose(
            f"Runs were made with {_versions(made)}, on {_hosts(made)}. With the same version of cgplab, the same "
            "seed gives the same circuit on any machine if a search is limited by generations; if it is limited by "
            "seconds, a faster machine gets further."
        ),
    ]
    names = " ".join([*document.models, data]).lower()
    cites = [
        *(["miller2000"] if _is_evolved(made) else []),
        *(key for word, keys in _CITED.items() if word in names for key in keys),
    ]
    return section("Methods", blocks, cites)


def _is_evolved(made: Iterable[Manifest]) -> bool:
    return any(manifest.method != "construct" for manifest in made)


def _found_by(made: Sequence[Manifest]) -> str:
    """What made the circuits: evolution, the constructive solver, or both."""
    evolved = "found by Cartesian Genetic Programming (Miller and Thomson, 2000)"
    built = "built by the constructive solver of cgplab"
    ways = [evolved] if _is_evolved(made) else []
    if any(manifest.method == "construct" for manifest in made):
        ways.append(built if not ways else f"{built} where the search is called construct")
    return f"Circuits of gates on 8-bit values were {', or '.join(ways)},"


def _searches(subject: Subject) -> list[tuple[Manifest, tuple[int, ...]]]:
    """One manifest of each way of searching, and its seeds."""
    found: dict[tuple[object, ...], tuple[Manifest, tuple[int, ...]]] = {}
    for cell in subject.completeness.design.cells:
        manifest, settings = cell.template, cell.template.settings
        key = (
            manifest.search,
            manifest.budget,
            settings["children"],
            settings["mutation_rate"],
            str(settings["stops"]),
        )
        found.setdefault(key, (manifest, cell.seeds))
    return list(found.values())


def _search(manifest: Manifest, seeds: tuple[int, ...]) -> tuple[str, ...]:
    settings = manifest.settings
    built = manifest.method == "construct"
    stops = ", ".join(f"{name} ≤ {limit:g}" for name, limit in settings["stops"].items())
    return (
        manifest.search,
        _span(seeds),
        "–" if built else f"{settings['children']}",
        "–" if built else f"{settings['mutation_rate']:g}",
        "–" if built else manifest.budget,
        "–" if built else stops,
        ", ".join(settings["order"][:1] if built else settings["order"]).replace("_", " "),
    )


def _span(seeds: tuple[int, ...]) -> str:
    if len(seeds) > 2 and seeds == tuple(range(seeds[0], seeds[-1] + 1)):
        return f"{seeds[0]} to {seeds[-1]}"
    return ", ".join(map(str, seeds))


def _models(subject: Subject) -> str:
    told = []
    for name in subject.document.models:
        try:
            model = load_model(name)
            layers = sum(layer.is_quantized for layer in map(model.layer, model.layer_names))
            told.append(f"{name} ({counted(layers, 'quantized layer')}, SHA-256 {model.sha256[:12]}…)")
        except InputError:
            told.append(f"{name} (not on the machine that made this report)")
    return f"{'Models' if len(told) > 1 else 'Model'}: {', '.join(told)}."


def _accuracy(subject: Subject) -> str:
    """Data that accuracy was measured on, with the number of images and the reference's accuracy."""
    found = subject.frames["accuracies"]
    measured = found[found["dataset"].isin(subject.runs["dataset"].dropna().unique())]
    told = []
    for (model, dataset), group in measured.groupby(["model", "dataset"]):
        images = int(group["images"].dropna().iloc[0]) if group["images"].notna().any() else 0
        reference = (group["accuracy"].astype(float) + group["accuracy_loss"].astype(float)).median()
        told.append(
            f"{model} on {dataset} ({images:,} images; one image is {100 / images:.3g} percentage points; reference "
            f"top-1 {reference:.2f} %)" if images else f"{model} on {dataset}"
        )  # fmt: skip
    return f"Accuracy was measured with the inferred weights put back: {'; '.join(told)}." if told else ""


def _versions(manifests: Iterable[Manifest]) -> str:
    versions: dict[str, set[str]] = {}
    for manifest in manifests:
        for name, version in manifest.versions.items():
            versions.setdefault(name, set()).add(version)
    return ", ".join(f"{name} {' and '.join(sorted(found))}" for name, found in sorted(versions.items()))


def _hosts(manifests: Iterable[Manifest]) -> str:
    hosts = sorted({manifest.host for manifest in manifests})
    return (
        counted(len(hosts), "machine") if len(hosts) > 3 else f"{counted(len(hosts), 'machine')} ({', '.join(hosts)})"
    )
