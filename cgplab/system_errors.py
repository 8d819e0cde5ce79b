"""What the operating system refuses, told as what the user can do about it."""

import errno

from cgplab.errors import InputError

_WAYS_OUT = {
    errno.ENOTDIR: "a part of its path is a file; choose another place",
    errno.ENOSPC: "free some space or choose another place",
    errno.EDQUOT: "free some of your quota or choose another place",
    errno.EFBIG: "its file system takes no file that large; choose another place",
    errno.EACCES: "change its permissions or choose another place",
    errno.EPERM: "change its permissions or choose another place",
    errno.EROFS: "choose a place that can be written",
    errno.EISDIR: "remove the directory that is in its place",
    errno.EEXIST: "remove what is in its place",
    errno.ENOTEMPTY: "remove what is in its place",
    errno.ELOOP: "fix its symbolic links",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EIO: "the disk or the connection to it fails; check both before you go on",
    errno.ESTALE: "the connection to its file system was lost; try again",
    errno.EMFILE: "too many files are open; allow more with: ulimit -n",
    errno.ENFILE: "too many files are open on this machine; end other programs",
    errno.ENOMEM: "end other programs or use a machine with more memory",
    errno.EBUSY: "wait until no other program uses it",
}


def is_explained(error: OSError) -> bool:
    """Whether there is something to say about an error: it is one of files, not of the network or of a program."""
    return error.errno in _WAYS_OUT or error.errno == errno.ENOENT


def explained(what: str, error: OSError, place: str | None = None) -> InputError:
    """Error of the user's from one of the operating system, in one line: what failed, why, and the way out.

    Parameters
    ----------
    what : str
        What failed, with the file: ``cannot write FILE``.
    error : OSError
    place : str, optional
        Advice to give when the location is the problem: full, read-only or without permission; default: general
        advice.
    """
    if error.errno == errno.ENOENT:
        return InputError(_line(f"{what}: {error.strerror}", f"{error.filename or 'a part of its path'} is missing"))
    serves = error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR)
    way_out = _WAYS_OUT.get(error.errno or 0)
    return InputError(_line(f"{what}: {error.strerror or error}", way_out if serves or place is None else place))


def no_room(error: InputError) -> bool:
    """Whether nothing at all can be written any more, so that going on would only repeat the error."""
    cause = error.__cause__
    return isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def _line(told: str, way_out: str | None) -> str:
    return " ".join((told if way_out is None else f"{told}; {way_out}").split())
