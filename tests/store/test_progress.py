"""Rows of progress: one frame over many runs, and each new row read once."""

import json
import os

import pytest

from cgplab.errors import InputError
from cgplab.store.frames import PROGRESS_COLUMNS, last_progress, progress_frame


def test_progress_of_many_runs_is_one_frame(store):
    runs = list(store.runs())
    writer = runs[2].open_progress(1)
    row = {"energy": None, "area": None, "delay": None, "depth": None, "gate_count": None, "phase": "error"}
    writer.write({"generation": number, "error": 9 - number, **row, "seconds": 0.1} for number in range(3))
    writer.close()
    frame = progress_frame(runs)
    for run in runs:
        told = frame[frame.run == run.id]
        assert told.error.tolist() == [row["error"] for row in run.progress()]
    last = last_progress(runs, ("error",)).set_index("run")
    for run in runs:
        assert last.loc[run.id, "error"] == run.progress()[-1]["error"]
    path = runs[0].directory / "progress.parquet"
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(InputError, match=r"progress\.parquet"):
        progress_frame(runs)


def test_new_rows_are_read_once(store):
    pending = list(store.runs())[2]
    reader = pending.follow_progress()
    assert reader.new_rows() == []
    path = pending.directory / "progress.1.jsonl"
    first, second, third = ({**dict.fromkeys(PROGRESS_COLUMNS), "generation": n} for n in (1, 2, 3))
    path.write_text(f'{json.dumps(first)}\n{{"gener')
    assert reader.new_rows() == [first]
    path.write_text(f"{json.dumps(first)}\n{json.dumps(second)}\n")
    assert reader.new_rows() == [second]
    (pending.directory / "progress.2.jsonl").write_text(f"{json.dumps(third)}\n")
    assert reader.new_rows() == [third]
    assert reader.new_rows() == []
