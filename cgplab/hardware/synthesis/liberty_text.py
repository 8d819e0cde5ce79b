"""The grammar of Liberty files: groups, simple and complex attributes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cgplab.numbers import real_number

# Read in one pass, whatever the text is: a token begins where a word does, repeats are possessive, so that nothing is
# read twice, and what follows one part can never be taken for more of it.
_TOKEN = re.compile(
    r'\b(?P<head>\w++)\s*+\((?P<arguments>(?:"[^"]*+"|[^(){}"]++)*+)\)(?:\s*+(?P<end>[{;])|(?=\s))'
    r'|\b(?P<key>\w++)\s*+:\s*+(?P<value>"[^"]*+"(?=\s*+(?:[;}]|$))|[^;{}\n]++)'
    r"|(?P<close>\})",
    re.MULTILINE,
)
_COMMENT = re.compile(r"/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)")
_JOINED_LINES = re.compile(r"\\[^\S\n]*+\n")
_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][-+]?[0-9]++)?")
MOST_DEPTH = 64
"""Groups within groups; a library needs six."""


@dataclass
class Group:
    """``kind (arguments) { ... }``.

    ``attributes`` are ``key : value``, ``lists`` are ``key (values)`` as text.
    """

    kind: str
    arguments: list[str]
    attributes: dict[str, str] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    groups: list["Group"] = field(default_factory=list)

    def all(self, *kinds: str) -> Iterator["Group"]:
        """Groups of some kinds directly inside."""
        return (group for group in self.groups if group.kind in kinds)


def parse_groups(text: str) -> Group | None:
    """Outermost group of a Liberty text; None when there is none, the braces do not match, or groups nest too deep."""
    text = _JOINED_LINES.sub(" ", _COMMENT.sub("", text))
    root: Group | None = None
    stack: list[Group] = []
    for match in _TOKEN.finditer(text):
        if match["close"]:
            if not stack:
                return None
            stack.pop()
        elif match["head"] and match["end"] == "{":
            group = Group(match["head"], [part.strip().strip('"') for part in match["arguments"].split(",")])
            if stack:
                stack[-1].groups.append(group)
            elif root is None:
                root = group
            stack.append(group)
            if len(stack) > MOST_DEPTH:
                return None
        elif stack and match["head"]:
            stack[-1].lists[match["head"]] = match["arguments"].strip()
        elif match["key"] and text.startswith("{", match.end()):
            return None  # an attribute has no body
        elif stack and match["key"]:
            stack[-1].attributes[match["key"]] = match["value"].strip().strip('"')
    return root if root is not None and not stack else None


def numbers(text: str) -> list[float]:
    """All numbers of a list attribute; InputError when one is too large."""
    return [real_number(number, "a value of the library") for number in _NUMBER.findall(text)]
