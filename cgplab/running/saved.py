"""Checkpoints of a run: its evolution, and what came before it."""

import json
from dataclasses import asdict, dataclass

import numpy as np

from cgplab.cgp import Evolution
from cgplab.errors import InputError
from cgplab.schema import Amount, Finite, decode_as
from cgplab.store import Run
from cgplab.store.checkpoints import BEFORE, read_checkpoints, write_checkpoint
from cgplab.work import Work


@dataclass(frozen=True)
class Before:
    """What the constructive solver did before evolution began: seconds, bound and whether it is proved."""

    seconds: Amount
    bound: Finite | None
    proved: bool | None


def save(run: Run, evolution: Evolution, before: Before) -> None:
    """Store a checkpoint; take it between slices, after the rows told so far."""
    text = np.frombuffer(json.dumps(asdict(before)).encode(), dtype=np.uint8)
    write_checkpoint(run.directory, {**evolution.checkpoint(), BEFORE: text})


def restore(run: Run, work: Work) -> tuple[Evolution, Before] | None:
    """Evolution from the newest checkpoint that is whole, if any.

    A damaged one costs time only: the same seed takes the search through the same circuits again.
    """
    for path, arrays in read_checkpoints(run.directory):
        text = arrays.pop(BEFORE, None)
        try:
            if text is None:
                raise InputError("it cannot be read")
            before = decode_as(text.tobytes(), Before, path)
            evolution = Evolution.restore(work.problem, work.geometry, work.costs, work.settings, arrays)
        except (ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
            run.add_event("checkpoint left out", file=path.name, reason=str(error))
            continue
        return evolution, before
    return None
