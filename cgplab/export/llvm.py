"""LLVM IR, built and run through llvmlite."""

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np
from llvmlite import binding, ir
from numpy.typing import NDArray

from cgplab.export.operations import operation
from cgplab.export.program import Step, identifier
from cgplab.export.source import Source

_BYTE = ir.IntType(8)
_INDEX = ir.IntType(32)
_POINTER = ir.PointerType(_BYTE)


def llvm_ir(source: Source) -> str:
    """Module with one function, ``void name(ptr x, i32 select, ptr y)``; ``select`` only with several vectors.

    ``x`` holds the kept weights and ``y`` receives the inferred ones, a byte each.
    """
    program = source.program
    module = ir.Module(name=source.name)
    arguments = [_POINTER, _INDEX, _POINTER] if program.selects else [_POINTER, _POINTER]
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), arguments), source.name)
    for argument, name in zip(function.args, ("x", "select", "y") if program.selects else ("x", "y"), strict=True):
        argument.name = name
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    x, y = function.args[0], function.args[-1]
    values: dict[int, Any] = {
        pin: builder.load(builder.gep(x, [_INDEX(pin)], source_etype=_BYTE), name=f"x{pin}", typ=_BYTE)
        for pin in program.inputs_read
    }
    for step in program.steps:
        value = _gate(builder, step, [values[pin] for pin in step.pins], function.args[1])
        if isinstance(value, ir.Instruction) and not value.name.startswith(("x", "g")):
            value.name = identifier(step.pin, program.n_inputs)
        values[step.pin] = value
    for i, pin in enumerate(program.outputs):
        builder.store(values[pin], builder.gep(y, [_INDEX(i)], source_etype=_BYTE))
    builder.ret_void()
    return source.comment("; ") + str(module)


def _gate(builder: Any, step: Step, pins: Sequence[Any], select: Any) -> Any:
    if step.operator.name == "mux":
        return _choose(builder, pins, select)
    if step.operator.name == "demux":
        return _choose(builder, [pins[0], _BYTE(0)], select)
    found = operation(step.operator)
    values = [pins["ab".index(o)] if isinstance(o, str) else _BYTE(o) for o in found.operands]
    match found.kind:
        case "copy":
            return values[0]
        case "and" | "or":
            return getattr(builder, f"{found.kind}_")(*values)
        case "not":
            return builder.not_(values[0])
        case "shr":
            return builder.ashr(*values)
        case kind:
            return getattr(builder, kind)(*values)


def _choose(builder: Any, options: Sequence[Any], select: Any) -> Any:
    value = options[-1]
    for k in range(len(options) - 2, -1, -1):
        value = builder.select(builder.icmp_unsigned("==", select, _INDEX(k)), options[k], value)
    return value


def run_llvm(source: Source, text: str, inputs: NDArray[np.int8], selects: NDArray[np.intp]) -> NDArray[np.int8]:
    """Compile IR for this machine and run it, row by row; arguments as :meth:`Program.run` has them."""
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    module = binding.parse_assembly(text)
    module.verify()
    machine = binding.Target.from_default_triple().create_target_machine()
    with binding.create_mcjit_compiler(module, machine) as engine:
        engine.finalize_object()
        pointer = ctypes.c_void_p
        kinds = (pointer, ctypes.c_uint32, pointer) if source.program.selects else (pointer, pointer)
        function = ctypes.CFUNCTYPE(None, *kinds)(engine.get_function_address(source.name))
        return run_native(function, source, inputs, selects)


def run_native(function: Any, source: Source, inputs: NDArray[np.int8], selects: NDArray[np.intp]) -> NDArray[np.int8]:
    """Call a compiled function ``(x, [select,] y)`` for each row."""
    rows = np.ascontiguousarray(inputs)
    outputs = np.zeros((len(rows), source.program.n_outputs), dtype=np.int8)
    for row, select, result in zip(rows, selects.tolist(), outputs, strict=True):
        chosen = (select,) if source.program.selects else ()
        function(row.ctypes.data, *chosen, result.ctypes.data)
    return outputs
