"""SymPy: one Python module that builds the circuit's equations."""

from cgplab.export.operations import Dialect
from cgplab.export.program import identifier
from cgplab.export.source import Source

SYMPY = Dialect(
    templates={
        "add": "{0} + {1}",
        "sub": "{0} - {1}",
        "mul": "{0} * {1}",
        "and": "BitAnd({0}, {1})",
        "or": "BitOr({0}, {1})",
        "xor": "BitXor({0}, {1})",
        "shl": "{power} * {0}",
        "shr": "floor({0} / {power})",
        "neg": "-{0}",
        "not": "-{0} - 1",
        "copy": "{0}",
    },
    choose=lambda options: f"choose({', '.join(options)})",
    constant=lambda value: f"Integer({value})",
)

# Bitwise operations of whole numbers, which SymPy lacks; they evaluate as soon as both sides are numbers.
_BITWISE = '''
class BitAnd(Function):
    """Bitwise and of whole numbers."""

    @classmethod
    def eval(cls, a, b):
        if a.is_Integer and b.is_Integer:
            return Integer(int(a) & int(b))


class BitOr(Function):
    """Bitwise or of whole numbers."""

    @classmethod
    def eval(cls, a, b):
        if a.is_Integer and b.is_Integer:
            return Integer(int(a) | int(b))


class BitXor(Function):
    """Bitwise exclusive or of whole numbers."""

    @classmethod
    def eval(cls, a, b):
        if a.is_Integer and b.is_Integer:
            return Integer(int(a) ^ int(b))


def choose(*options):
    """The option of this vector's index, the last one beyond."""
    *first, last = options
    return Piecewise(*((option, Eq(select, k)) for k, option in enumerate(first)), (last, True))


def int8(value):
    """Wrap modulo 256 into -128..127."""
    return Mod(value + 128, 256) - 128
'''


def sympy_source(source: Source) -> str:
    """Module with ``x`` (input symbols), ``gates`` (symbol and formula of each gate, in order) and ``y`` (outputs).

    A gate's formula names earlier gates by their symbols, so the text grows with the circuit, not with its paths.
    """
    program = source.program

    def name(pin: int) -> str:
        return identifier(pin, program.n_inputs)

    quotes = '"""'
    inputs = " ".join(f"x{pin}" for pin in range(program.n_inputs))
    gates = [
        f'{pin} = gate("{pin}", {formula})  # {step.operator.name}'
        for pin, formula, step in program.written(SYMPY, name)
    ]
    return "\n".join(
        [
            f"{quotes}{source.comment('').rstrip(chr(10))}{quotes}",
            "",
            "from sympy import Eq, Function, Integer, Mod, Piecewise, Symbol, floor, symbols, sympify",
            "",
            _BITWISE,
            "",
            f'x = symbols("{inputs}", integer=True, seq=True)',
            *([f"{', '.join(f'x{pin}' for pin in range(program.n_inputs))}, = x"]),
            'select = Symbol("k", integer=True)  # index of the vector' if program.selects else "",
            "gates = []",
            "",
            "",
            "def gate(name, formula):",
            '    """Note a gate\'s formula, wrapped to int8, and give the symbol that stands for it."""',
            "    symbol = Symbol(name, integer=True)",
            "    gates.append((symbol, int8(sympify(formula))))",
            "    return symbol",
            "",
            "",
            *gates,
            f"y = ({', '.join(name(pin) for pin in program.outputs)},)",
            "",
        ]
    )
