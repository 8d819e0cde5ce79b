"""Graphviz at work: draw a DOT text, and read one back."""

import json
import subprocess

from cgplab.cgp.operators import BY_NAME
from cgplab.export.graph import dot
from cgplab.export.program import Program, Step
from cgplab.export.source import Source
from cgplab.tools import find_tool


def svg(source: Source) -> str:
    """Drawing of :func:`cgplab.export.graph.dot`; MissingToolError without Graphviz."""
    return _graphviz("neato", ["-n2", "-Tsvg"], dot(source))


def read_dot(text: str, n_inputs: int, n_vectors: int) -> Program:
    """Program that a graph states, as Graphviz itself reads it: by its nodes and edges."""
    graph = json.loads(_graphviz("dot", ["-Tdot_json"], text))
    nodes = graph["objects"]
    pins_of: dict[int, dict[int, int]] = {}
    outputs: dict[int, int] = {}
    for edge in graph["edges"]:
        tail, head = nodes[edge["tail"]], nodes[edge["head"]]
        if "outputs" in head:
            outputs |= dict.fromkeys(map(int, head["outputs"].split()), int(tail["pin"]))
        else:
            pins_of.setdefault(int(head["pin"]), {})[int(edge["position"])] = int(tail["pin"])
    steps = [
        Step(
            int(node["pin"]),
            BY_NAME[node["operator"]],
            tuple(pin for _, pin in sorted(pins_of.get(int(node["pin"]), {}).items())),
        )
        for node in nodes
        if "operator" in node
    ]
    ordered = tuple(outputs[index] for index in range(len(outputs)))
    return Program(n_inputs, n_vectors, tuple(sorted(steps, key=lambda step: step.pin)), ordered)


def _graphviz(command: str, arguments: list[str], text: str) -> str:
    path = find_tool(command, "graphviz")
    return subprocess.run([path, *arguments], input=text, capture_output=True, text=True, check=True).stdout
