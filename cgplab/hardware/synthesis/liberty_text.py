"""The grammar of Liberty files: groups, simple and complex attributes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r'(?P<head>\w+)\s*\((?P<arguments>(?:"[^"]*"|[^(){}"])*)\)\s*(?P<end>\{|;|(?=\s))'
    r'|(?P<key>\w+)\s*:\s*(?P<value>"[^"]*"|[^;{}\n]+?)\s*(?:;|(?=\n)|(?=\}))'
    r"|(?P<close>\})"
)
_NUMBER = re.compile(r"[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?")


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
    """Outermost group of a Liberty text; None when there is none or the braces do not match."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\\\s*\n", " ", text)
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
        elif stack and match["head"]:
            stack[-1].lists[match["head"]] = match["arguments"].strip()
        elif stack and match["key"]:
            stack[-1].attributes[match["key"]] = match["value"].strip().strip('"')
    return root if root is not None and not stack else None


def numbers(text: str) -> list[float]:
    """All numbers of a list attribute."""
    return [float(number) for number in _NUMBER.findall(text)]
