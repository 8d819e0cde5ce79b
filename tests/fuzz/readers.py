"""Every reader of the product that takes what people or other programs wrote."""

from tests.fuzz.command_readers import COMMANDS
from tests.fuzz.harness import Reader
from tests.fuzz.kept_readers import KEPT
from tests.fuzz.sealed_readers import SEALED
from tests.fuzz.store_readers import STORE
from tests.fuzz.text_readers import FILES, TEXTS
from tests.fuzz.thesis_readers import THESIS

READERS: dict[str, Reader] = {
    reader.name: reader for reader in (*TEXTS, *FILES, *THESIS, *STORE, *SEALED, *KEPT, *COMMANDS)
}
