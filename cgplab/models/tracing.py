"""Turn a torch module into a program of steps, with batch normalization folded into the convolutions before it.

Folding: with y = (x - mean) / sqrt(var + eps) * gamma + beta after a layer, its weights are multiplied by gamma /
sqrt(var + eps) per output channel (Jacob et al.: Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference, 2018, section 3.2).
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights, fuse_linear_bn_weights

from cgplab.errors import InputError
from cgplab.models.operations import FUNCTIONS, MODULES, OPERATIONS
from cgplab.models.program import IMAGE, LAYER, Program, Step, reference

_ONE_AT_A_TIME = Lock()
"""torch.fx patches torch while it follows a module, and fails where two threads do so."""
SKIPPED = (nn.Identity, nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.AlphaDropout)


@dataclass(frozen=True)
class Traced:
    """A module's program and its layers' parameters.

    Attributes
    ----------
    program : Program
    parameters : dict of layer name to (weights, bias)
        float32 tensors; a layer without bias gets zeros.
    """

    program: Program
    parameters: dict[str, tuple[Tensor, Tensor]]


def trace(module: nn.Module, rename: Callable[[str], str] = str) -> Traced:
    """Follow what ``module`` does with its one input, in evaluation mode.

    Parameters
    ----------
    module : nn.Module
        Not changed.
    rename : callable
        Gives a layer's name from the path of its module.

    Raises
    ------
    InputError
        Something in it is not among the operations that cgplab knows, or depends on values of the data.
    """
    try:
        with _ONE_AT_A_TIME:
            graph = fx.Tracer().trace(module)
    except (TypeError, RuntimeError, ValueError, AttributeError) as error:  # a model may fail in any of these ways
        raise InputError(
            f"cannot follow what {type(module).__name__} computes ({error}); "
            "its forward must take one image tensor and must not decide by values of the data"
        ) from error
    return _Tracer(module, rename).trace(graph)


class _Tracer:
    def __init__(self, module: nn.Module, rename: Callable[[str], str]) -> None:
        self.module = module
        self.rename = rename
        self.steps: list[Step] = []
        self.parameters: dict[str, tuple[Tensor, Tensor]] = {}
        self.values: dict[fx.Node, str] = {}  # name of the value that a node gives
        self.users: dict[fx.Node, int] = {}

    def trace(self, graph: fx.Graph) -> Traced:
        for node in graph.nodes:
            match node.op:
                case "placeholder" if not self.values:
                    self.values[node] = IMAGE
                case "call_module":
                    self._module(node, self.module.get_submodule(str(node.target)))
                case "call_function":
                    self._call(node, FUNCTIONS.get(node.target, getattr(node.target, "__name__", str(node.target))))
                case "call_method":
                    self._call(node, str(node.target))
                case "output":
                    self._check_output(node)
                case "get_attr":
                    raise self._unknown(f"a tensor of its own ({node.target})")
                case _:
                    raise self._unknown(f"{node.op} {node.target}")
        if not self.parameters:
            raise InputError(f"{type(self.module).__name__} has no convolution or fully connected layer")
        return Traced(tuple(self.steps), self.parameters)

    def _module(self, node: fx.Node, module: nn.Module) -> None:
        source = node.args[0] if node.args else None
        if len(node.args) != 1 or not isinstance(source, fx.Node):
            raise self._unknown(f"{type(module).__name__} with {len(node.args)} arguments")
        if isinstance(module, SKIPPED):
            self.values[node] = self.values[source]
        elif isinstance(module, nn.Conv2d | nn.Linear):
            self._layer(node, module, self.values[source])
        elif isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            self._fold(node, module, source)
        elif type(module) in MODULES:
            operation, attributes = MODULES[type(module)]
            names = list(inspect.signature(OPERATIONS[operation]).parameters)[1:]
            # nn.ZeroPad2d calls its attribute otherwise than the function its parameter.
            arguments = dict(zip(names, (getattr(module, name) for name in attributes), strict=False))
            self._add(node, operation, {"input": reference(self.values[source])} | arguments)
        else:
            raise self._unknown(type(module).__name__)

    def _layer(self, node: fx.Node, module: nn.Conv2d | nn.Linear, source: str) -> None:
        name = self.rename(str(node.target))
        if name in self.parameters:
            raise InputError(f"layer {name} is used twice; cgplab can only infer weights of layers used once")
        weights = module.weight.detach()
        bias = weights.new_zeros(len(weights)) if module.bias is None else module.bias.detach()
        self.parameters[name] = (weights, bias)
        arguments: dict[str, Any] = {"input": reference(source)}
        if isinstance(module, nn.Conv2d):
            if module.padding_mode != "zeros":
                raise self._unknown(f"Conv2d with padding mode {module.padding_mode}")
            arguments |= {key: getattr(module, key) for key in ("stride", "padding", "dilation", "groups")}
        self.values[node] = name
        self.steps.append(Step(name, LAYER, _plain(arguments)))

    def _fold(self, node: fx.Node, module: nn.BatchNorm1d | nn.BatchNorm2d, source: fx.Node) -> None:
        name = self.values[source]
        if name not in self.parameters or len(source.users) != 1 or self.steps[-1].name != name:
            raise InputError(
                f"batch normalization {node.target} does not directly follow a layer; cgplab cannot fold it"
            )
        if module.running_mean is None or module.running_var is None:
            raise InputError(f"batch normalization {node.target} keeps no running statistics; cgplab cannot fold it")
        weights, bias = self.parameters[name]
        gamma = torch.ones_like(module.running_mean) if module.weight is None else module.weight
        beta = torch.zeros_like(module.running_mean) if module.bias is None else module.bias
        fuse = fuse_conv_bn_weights if weights.ndim == 4 else fuse_linear_bn_weights
        folded = fuse(weights, bias, module.running_mean, module.running_var, module.eps, gamma, beta)
        self.parameters[name] = (folded[0].detach(), folded[1].detach())
        self.values[node] = name

    def _call(self, node: fx.Node, operation: str) -> None:
        arguments, keywords = list(node.args), dict(node.kwargs)
        match operation:
            case "size" | "getattr" | "dim" | "getitem":
                return  # matters only to view and reshape, below
            case "dropout" | "contiguous" | "clone" | "float" if keywords.get("memory_format") is None:
                self.values[node] = self._value(arguments[0])
                return
            case "contiguous":
                operation, keywords = "channels_last", {}
            case "view" | "reshape":
                operation, shape = "reshape", arguments[1:]
                sizes = list(shape[0]) if len(shape) == 1 and isinstance(shape[0], list | tuple) else shape
                # The first side is the number of images, whatever it is called.
                arguments = [arguments[0], [-1, *sizes[1:]]]
                if len(sizes) == 2 and sizes[1] == -1:
                    operation, arguments[1] = "flatten", 1
            case "add_" | "mul_" | "relu_":
                operation = operation.removesuffix("_")
        if operation not in OPERATIONS:
            raise self._unknown(operation)
        if any(name in keywords for name in ("return_indices", "training")):
            keywords = {key: value for key, value in keywords.items() if key not in ("return_indices", "training")}
        if "x" in keywords:  # a mean over axes= of NumPy's spelling
            keywords["input"] = keywords.pop("x")
        try:
            bound = inspect.signature(OPERATIONS[operation]).bind(*arguments, **keywords)
        except TypeError as error:
            raise self._unknown(f"{operation} ({error})") from error
        self._add(node, operation, dict(bound.arguments))

    def _add(self, node: fx.Node, operation: str, arguments: dict[str, Any]) -> None:
        named = {key: self._resolve(value) for key, value in arguments.items() if key != "inplace"}
        self.values[node] = node.name
        self.steps.append(Step(node.name, operation, _plain(named)))

    def _resolve(self, argument: Any) -> Any:
        if isinstance(argument, fx.Node):
            return reference(self._value(argument))
        if isinstance(argument, list | tuple):
            return [self._resolve(item) for item in argument]
        return argument

    def _value(self, argument: Any) -> str:
        if not isinstance(argument, fx.Node) or argument not in self.values:
            raise self._unknown(f"a size computed from the image ({argument})")
        return self.values[argument]

    def _check_output(self, node: fx.Node) -> None:
        result = node.args[0]
        if not isinstance(result, fx.Node) or self.values.get(result) != self.steps[-1].name:
            raise InputError(f"{type(self.module).__name__} must return one tensor of class scores, its last result")

    def _unknown(self, what: str) -> InputError:
        return InputError(
            f"{type(self.module).__name__} uses {what}, which cgplab cannot run; it knows Conv2d, Linear, BatchNorm "
            f"right after them, and {', '.join(OPERATIONS)}"
        )


def _plain(arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments as JSON gives them back: lists for tuples."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in arguments.items()}
