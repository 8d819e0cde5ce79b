"""The file of users and passwords, read anew for every question: what it says holds at once."""

import hmac
import logging
import secrets
import stat
from pathlib import Path

import argon2
import msgspec

from cgplab.errors import InputError
from cgplab.plain_files import read_bounded

_log = logging.getLogger(__name__)
_HASH = "$argon2"


class Users:
    """Users and their passwords.

    Parameters
    ----------
    path : Path
        JSON file ``{"user": "password", ...}``; a password that begins with ``$argon2`` is the hash of one, as
        ``cgplab password`` prints it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._data: bytes | None = None
        self._users: dict[str, str] = {}

    def read(self) -> dict[str, str]:
        """What the file says now: passwords or their hashes by user.

        Raises
        ------
        InputError
            The file is absent or is no such file. The message holds nothing of its content.
        """
        try:
            data = read_bounded(self.path)
        except FileNotFoundError as error:
            raise InputError(f"no such file: {self.path}") from error
        if data != self._data:
            self._users = self._parsed(data)
            self._data = data
        return self._users

    def secret(self, user: str) -> str | None:
        """What the file holds for a user; None where it has no such user or cannot be read.

        A file that is damaged lets nobody in: nobody knows who was taken out of it.
        """
        try:
            return self.read().get(user)
        except InputError as error:
            _log.error("nobody can log in: %s", error)
            return None

    def accepts(self, user: str, password: str) -> bool:
        """Whether this is the user's password; takes as long for a user who does not exist."""
        try:
            users = self.read()
        except InputError as error:
            _log.error("nobody can log in: %s", error)
            return False
        stored = users.get(user)
        hashes = [secret for secret in users.values() if secret.startswith(_HASH)]
        fits = False
        if hashes:
            hashed = stored if stored is not None and stored.startswith(_HASH) else hashes[0]
            fits = _fits(hashed, password) and hashed == stored
        plain = stored if stored is not None and not stored.startswith(_HASH) else secrets.token_hex()
        return hmac.compare_digest(plain.encode(), password.encode()) or fits

    def warning(self) -> str | None:
        """A line where everybody on this machine may read the file."""
        mode = stat.S_IMODE(self.path.stat().st_mode)
        if mode & stat.S_IROTH:
            return f"{self.path} can be read by every user of this machine (mode {mode:o}): chmod 600 {self.path}"
        return None

    def _parsed(self, data: bytes) -> dict[str, str]:
        try:
            users = msgspec.json.decode(data, type=dict[str, str])
        except (msgspec.DecodeError, ValueError, RecursionError):
            users = {}
        if not users or not all(users.values()):
            raise InputError(f'{self.path} must hold {{"user": "password", ...}} in JSON with at least one user')
        for user, secret in users.items():
            if secret.startswith(_HASH) and not _is_hash(secret):
                raise InputError(f"{self.path}: the hash of {user!r} is damaged; make it anew: cgplab password")
        return users


def hashed(password: str) -> str:
    """Hash of a password for the file of users (Argon2id, salted)."""
    return argon2.PasswordHasher().hash(password)


def _fits(stored: str, password: str) -> bool:
    try:
        return argon2.PasswordHasher().verify(stored, password)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


def _is_hash(secret: str) -> bool:
    try:
        argon2.extract_parameters(secret)
    except argon2.exceptions.InvalidHashError:
        return False
    return True
