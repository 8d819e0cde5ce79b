"""A folder of pictures with one subfolder per class, as ImageNet is kept; read when needed, never all at once."""

import hashlib
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cgplab.errors import InputError

SUFFIXES = {".jpeg", ".jpg", ".png"}
# Pictures are scaled to this multiple of the crop before it: 256 pixels for 224, as is usual for ImageNet.
MARGIN = 256 / 224
MOST_PIXELS = 50_000_000


class ImageFolder:
    """Pictures in ``root/<class>/<picture>.jpg``; classes are numbered in the order of their folders' names.

    Each picture is scaled (bilinear) so that its shorter side is 8/7 of ``side`` and cropped to the centre.

    Parameters
    ----------
    root : Path
        Folder of the classes' folders.
    name, split : str
    side : int
        Height and width of the images it gives, in pixels.

    Raises
    ------
    InputError
        No such folder, or no picture in it.
    """

    def __init__(self, root: Path, *, name: str = "imagenet", split: str = "val", side: int = 224) -> None:
        if not root.is_dir():
            raise InputError(
                f"no folder {root}; put the pictures of {name} {split} there, one subfolder per class, or link it"
            )
        self.name = name
        self.split = split
        self.side = side
        folders = sorted(path for path in root.iterdir() if path.is_dir())
        listed = [
            (path, label)
            for label, folder in enumerate(folders)
            for path in sorted(folder.iterdir())
            if path.suffix.lower() in SUFFIXES
        ]
        if not listed:
            raise InputError(f"{root} holds no pictures ({', '.join(sorted(SUFFIXES))}) in one subfolder per class")
        self._count = len(folders)
        # Interleaved, so that the first n pictures are of many classes.
        order = np.random.default_rng(0).permutation(len(listed))
        self._paths = [listed[index][0] for index in order]
        self._labels = np.array([listed[index][1] for index in order], dtype=np.int64)

    def __len__(self) -> int:
        return len(self._paths)

    @property
    def image(self) -> tuple[int, int, int]:
        """Channels (3), height and width."""
        return 3, self.side, self.side

    @property
    def classes(self) -> int | None:
        """Number of folders."""
        return self._count

    @property
    def labels(self) -> NDArray[np.int64]:
        """Class of each picture, from 0; (n,)."""
        return self._labels

    @cached_property
    def sha256(self) -> str:
        """SHA-256 over names, sizes and labels of the pictures; their bytes are not read."""
        digest = hashlib.sha256()
        for path, label in zip(self._paths, self._labels, strict=True):
            digest.update(f"{path.parent.name}/{path.name} {path.stat().st_size} {label}\n".encode())
        return digest.hexdigest()

    def pixels(self, start: int, stop: int) -> NDArray[np.uint8]:
        """Some of the pictures, (k, 3, side, side)."""
        return np.stack([self._picture(path) for path in self._paths[start:stop]])

    def first(self, n: int) -> "ImageFolder":
        """The first ``n`` pictures, or all if there are fewer."""
        part = object.__new__(ImageFolder)
        part.__dict__.update({key: value for key, value in self.__dict__.items() if key != "sha256"})
        part._paths = self._paths[:n]
        part._labels = self._labels[:n]
        return part

    def _picture(self, path: Path) -> NDArray[np.uint8]:
        from PIL import Image

        try:
            with Image.open(path) as file:
                if file.width * file.height > MOST_PIXELS:
                    raise InputError(f"the picture {path} has {file.width}x{file.height} pixels; make it smaller")
                picture = file.convert("RGB")
        except InputError:
            raise
        except Exception as error:  # what decoders raise on damaged pictures is of many types
            why = " ".join(str(error).split()) or type(error).__name__
            raise InputError(f"cannot read the picture {path} ({why}); restore or remove it") from error
        scale = round(self.side * MARGIN) / min(picture.size)
        picture = picture.resize(
            (max(self.side, round(picture.width * scale)), max(self.side, round(picture.height * scale))),
            Image.Resampling.BILINEAR,
        )
        left, top = (picture.width - self.side) // 2, (picture.height - self.side) // 2
        cropped = picture.crop((left, top, left + self.side, top + self.side))
        return np.asarray(cropped, dtype=np.uint8).transpose(2, 0, 1)
