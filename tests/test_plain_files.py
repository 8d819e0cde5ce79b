"""Files are read whole within a bound, whatever lies in their place."""

import os

import pytest

from cgplab.errors import InputError
from cgplab.plain_files import read_bounded
from cgplab.texts import read_text


def test_bytes_and_text_up_to_the_limit(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("µ\r\n".encode() * 3)
    assert read_bounded(path, 12) == "µ\r\n".encode() * 3
    assert read_text(path, 12) == "µ\r\n" * 3
    for read in (read_bounded, read_text):
        with pytest.raises(InputError, match=r"a\.txt has more than the 11 bytes"):
            read(path, 11)


def test_text_that_is_no_utf8(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"a\xffb")
    with pytest.raises(InputError, match=r"cannot read .*a\.txt"):
        read_text(path)
    assert read_text(path, replace=True) == "a\N{REPLACEMENT CHARACTER}b"


def test_what_is_no_plain_file_neither_blocks_nor_is_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    for name in ("pipe", "loop", "."):
        for read in (read_bounded, read_text):
            with pytest.raises(InputError, match="cannot be read"):
                read(tmp_path / name)
    for path in ("/dev/zero", "a\0b"):
        with pytest.raises(InputError, match="cannot be read"):
            read_text(tmp_path / path)


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_bounded(tmp_path / "a")
    with pytest.raises(InputError, match=r"no such file: .*a"):
        read_text(tmp_path / "a")
