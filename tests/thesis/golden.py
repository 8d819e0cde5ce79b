"""Directories of the original, written as it writes them, from recordings of its runs."""

import json

COLUMNS = (
    "run,generation,timestamp,error,quantized_energy,energy,area,quantized_delay,delay,depth,gate_count,chromosome"
)


def cases(shared, kind="evaluate", **wanted):
    """Recorded circuits with what the original computed for them."""
    lines = (shared / "golden" / "golden_public.jsonl").read_text().splitlines()
    found = [case for case in map(json.loads, lines) if case["kind"] == kind]
    return [case for case in found if all(case[key] == value for key, value in wanted.items())]


def chromosome(case):
    """Text of a recorded circuit, as the original prints it."""
    genes, arity = case["gates"], case["arity"]
    gates = [genes[i : i + arity + 1] for i in range(0, len(genes), arity + 1)]
    dataset_size = case.get("dataset_size", 1)
    header = [*(case[key] for key in ("n_in", "n_out", "cols", "rows", "arity", "lback")), dataset_size]
    text = "".join(f"([{case['n_in'] + i}]{','.join(map(str, gate))})" for i, gate in enumerate(gates))
    return "{" + ",".join(map(str, header)) + "}" + text + "(" + ",".join(map(str, case["outs"])) + ")"


def gate_lines(shared, case):
    """gate_parameters.txt for a recorded circuit; of the multiplexers the pair it used, as often as it takes."""
    functions = list(json.loads((shared / "golden" / "gate_table.json").read_text())["functions"].values())
    vectors, quantized = case.get("dataset_size", 1), case["gate_costs_quantized"]
    names = list(range(27)) + ([27, 28] if vectors == 2 else [27, 28, 29, 30] if vectors > 2 else [])
    lines = []
    for index in names:
        of = functions[index]
        q = quantized[index if index < 27 else 27 + (index - 27) % 2]
        lines.append(f"{q[0]} {of['energy']} {of['area']} {q[1]} {of['delay']}")
    return "".join(line + "\n" for line in lines)


def measures(ref, metric="se"):
    """Columns error to gate_count as printed, without depth."""
    return [
        str(ref[f"error_{metric}"]), str(ref["quantized_energy"]), f"{ref['energy']:.6f}", f"{ref['area']:.6f}",
        str(ref["quantized_delay"]), f"{ref['delay']:.6f}", "nan", str(ref["gate_count"]),
    ]  # fmt: skip


def write_experiment(path, shared, case, metric="se", header=False, threshold=100):
    """One experiment with one finished run of four rows; the last two are those of the run's end."""
    (path / "train_statistics" / "fitness").mkdir(parents=True)
    for folder in ("weights", "cgp_configs", "gate_statistics", "model_metrics"):
        (path / folder).mkdir()
    vectors = case.get("dataset_size", 1)
    config = {
        "function_input_arity": case["arity"], "function_output_arity": 1, "output_count": case["n_out"],
        "input_count": case["n_in"], "population_max": 8, "mutation_max": 0.15, "row_count": case["rows"],
        "col_count": case["cols"], "look_back_parameter": case["lback"], "generation_count": 50000000,
        "number_of_runs": 1, "function_count": 27 if vectors == 1 else 29, "mse_threshold": threshold,
        "dataset_size": vectors, "patience": 125000, "mse_early_stop": 0, "energy_early_stop": "0.000000",
        "delay_early_stop": "inf", "depth_early_stop": "nan", "gate_count_early_stop": "nan",
    }  # fmt: skip
    lines = [f"{key}: {value}\n" for key, value in config.items()]
    (path / "train_cgp.config").write_text("".join(lines))
    data = []
    for inputs, expected in zip(case["inputs"], case["expected"], strict=True):
        data.append(" ".join(map(str, inputs)))
        data.append(" ".join([*map(str, expected), *["x"] * (case["n_out"] - len(expected))]))
    (path / "train.data").write_text("".join(line + "\n" for line in data))
    (path / "gate_parameters.txt").write_text(gate_lines(shared, case))
    text, columns = chromosome(case), measures(case["ref"], metric)
    unknown = "inf,inf,inf,inf,inf,nan,nan"
    rows = [
        f'1,1,"0.000301",9999999,{unknown},""',
        f'1,17,"0.250000",{columns[0]},{",".join(columns[1:])},"{text}"',
        f'1,125019,"3.500000",{",".join(columns)},"{text}"',
        f'1,125019,"3.500000",{",".join(columns)},"{text}"',
    ]
    body = "".join(row + "\n" for row in ([COLUMNS] if header else []) + rows)
    (path / "train_statistics" / "fitness" / "statistics.1.csv").write_text(body)
    weights = "".join(" ".join(map(str, row)) + "\n" for row in case["ref"]["weights"])
    (path / "weights" / "weights.1.txt").write_text(weights)
    names = COLUMNS.split(",")[3:11]
    final = " ".join(f"{name}:{value}" for name, value in zip(names, columns, strict=True))
    dump = "".join([*lines, f"best_solution: {final} chromosome:{text}\n", "evolution_steps_made: 125019\n"])
    (path / "cgp_configs" / "cgp.1.config").write_text(dump)
    stats = case["ref"]["gate_stats"]
    usage = "".join(f"{i}: {stats.get(str(i), 0)}\n" for i in [*range(29), 100])
    (path / "gate_statistics" / "statistics.1.1.txt").write_text(usage)
    shown = ",".join(columns[:6] + columns[7:])
    (path / "model_metrics" / f"mnist.test.{path.name}.1.csv").write_text(
        f"{COLUMNS.replace('depth,', '')},Top-1,Top-5,Loss,Run ID\n1,17,0.25,{shown},,99.11,100.0,0.0312,1\n"
    )
    return path
