"""Numbers with their nouns, the same in commands, messages and the dashboard."""


def counted(n: int, noun: str, plural: str | None = None) -> str:
    """``1 run``, ``2 runs``, ``3,000 runs``.

    Parameters
    ----------
    n : int
    noun : str
        For one.
    plural : str, optional
        For none and for several; default: the noun with an s.
    """
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"
