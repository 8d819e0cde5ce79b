"""Runs whose stored texts attack whoever shows them: a payload in every text of every file."""

import json
import shutil
from dataclasses import fields

from ulid import ULID

from cgplab.files import write_json
from cgplab.schema import read_json
from cgplab.store import Status
from cgplab.store.checksums import write_checked_json

PAYLOAD = (
    """<img src=x onerror="window.__owned=1">'"><svg onload="window.__owned=2">{{7*7}}{label.__class__}$$x$$"""
    """$\\input{/etc/passwd}$</script><script>window.__owned=3</script><a href="javascript:window.__owned=4">[red]"""
)
"""Tags, ends of attributes and of scripts, template fields, formulas and markup, each of which something would read."""
PLAIN = ("manifest.json", "status.json")
CHECKED = ("annotations.json", "metrics.json", "synthesis.json")
"""Files that carry their own checksum, which an attacker makes fit."""


def places(value, path=()):
    """Paths of every text, and of every key, in decoded JSON."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*path, index))


def with_payload(value, path):
    """Decoded JSON with the payload at one place."""
    if not path:
        return PAYLOAD
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = with_payload(value[path[0]], path[1:])
    return copy


def contents(run):
    """Decoded files of a run; texts that it might have are there."""
    run.annotate(add=("tag",), note="note")
    measured = {"top1": 99.0, "top5": 100.0, "loss": 0.1, "n": 10_000, "reference_top1": 99.5, "reference_loss": 0.1}
    run.write_metrics({"mnist/test": {**measured, "measured": "2026-01-01T00:00:00.000+00:00"}})
    found = {name: read_json(run.directory / name) for name in PLAIN}
    found |= {
        name: json.loads((run.directory / name).read_text())["content"]
        for name in CHECKED
        if (run.directory / name).is_file()
    }
    for field in fields(Status):
        if "str" in str(field.type) and found["status.json"].get(field.name) is None:
            found["status.json"][field.name] = "text"
    return found


def copied(store, run, files):
    """Another run in the store with other files."""
    name = str(ULID())
    directory = store.runs_directory / name
    shutil.copytree(run.directory, directory)
    if files["manifest.json"]["id"] == run.id:
        files = {**files, "manifest.json": {**files["manifest.json"], "id": name}}
    for file, content in files.items():
        (write_json if file in PLAIN else write_checked_json)(directory / file, content)
    return name


def hostile_runs(store, run):
    """Ids of copies of a run by the place of the payload: ``(file, key, ...)``; the place of a name ends in ``{}``."""
    files = contents(run)
    renamed = {PAYLOAD: next(iter(files["metrics.json"].values()))}
    return {("metrics.json", "{}"): copied(store, run, {**files, "metrics.json": renamed})} | {
        (name, *path): copied(store, run, {**files, name: with_payload(content, path)})
        for name, content in files.items()
        for path in places(content)
    }


def altogether(store, run, where):
    """A copy of a run with the payload at all of these places, and in an event."""
    files = contents(run)
    for name, *path in where:
        files[name] = with_payload(files[name], path)
    found = copied(store, run, files)
    with (store.runs_directory / found / "events.jsonl").open("a") as file:
        file.write(json.dumps({"time": PAYLOAD, "event": PAYLOAD, PAYLOAD: PAYLOAD}) + "\n")
    return found
