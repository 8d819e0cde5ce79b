"""What the operating system refuses is told as what it is."""

import errno
import os

import pytest

from cgplab.errors import InputError
from cgplab.files import write_atomic
from cgplab.running.reserve import reserved_space
from cgplab.system_errors import explained, is_explained

OF_SPACE = {errno.ENOSPC, errno.EDQUOT}
COMMON = [
    errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.EISDIR,
    errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENAMETOOLONG, errno.ELOOP, errno.ENOMEM, errno.EFBIG, errno.ESTALE,
]  # fmt: skip


@pytest.mark.parametrize("number", COMMON, ids=errno.errorcode.get)
@pytest.mark.parametrize("place", [None, "give another --out"])
def test_only_a_full_disk_is_told_to_be_full(number, place):
    error = OSError(number, os.strerror(number), "some/file")
    assert is_explained(error)
    text = str(explained("cannot write x", error, place))
    assert text.startswith(f"cannot write x: {os.strerror(number)}; ")
    assert len(text.splitlines()) == 1
    assert ("free some" in text) == (number in OF_SPACE and place is None)
    assert (number == errno.ENOENT) == ("some/file is missing" in text)


def test_errors_of_other_things_are_left_alone(tmp_path):
    error = OSError("no number, no name")
    assert not is_explained(error)
    assert str(explained("cannot write x", error)) == "cannot write x: no number, no name"
    with pytest.raises(ConnectionRefusedError), reserved_space(tmp_path):
        raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_is_named_and_no_full_disk(tmp_path):
    with (
        pytest.raises(InputError, match=r"No such file or directory; .*gone is missing") as told,
        reserved_space(tmp_path),
    ):
        (tmp_path / "gone").read_bytes()
    assert "free some" not in str(told.value)
    with pytest.raises(InputError, match="free some space, then: cgplab retry"), reserved_space(tmp_path):
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(InputError, match="missing"), reserved_space(tmp_path / "nowhere"):
        pass


@pytest.mark.parametrize("number", COMMON, ids=errno.errorcode.get)
def test_writing_a_file_tells_them_apart(tmp_path, monkeypatch, number):
    def fails(*_args, **_options):
        raise OSError(number, os.strerror(number), "some/file")

    monkeypatch.setattr("cgplab.files.os.replace", fails)
    with pytest.raises(InputError, match=f"cannot write .*: {os.strerror(number)}; ") as told:
        write_atomic(tmp_path / "x", b"")
    assert ("free some" in str(told.value)) == (number in OF_SPACE)
    assert list(tmp_path.iterdir()) == []
