"""Where cgplab finds what it ships and where it keeps what the user makes."""

import os
from pathlib import Path

from platformdirs import user_data_path


def shipped_data() -> Path:
    """Directory of the data that ships with cgplab (costs, models, datasets)."""
    package = Path(__file__).resolve().parent
    packaged = package / "_data"  # a wheel carries data/ inside the package
    return packaged if packaged.is_dir() else package.parent / "data"


def user_data() -> Path:
    """Directory for fetched datasets and user models; not created here."""
    return user_data_path("cgplab")


def default_store() -> Path:
    """Run store used when none is named: ``CGPLAB_STORE``, else the user's data directory."""
    named = os.environ.get("CGPLAB_STORE")
    return Path(named).expanduser() if named else user_data()
