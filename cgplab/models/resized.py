"""Images brought to the size and channels a network takes, to set ranges where the right images are not at hand."""

import numpy as np
from numpy.typing import NDArray

from cgplab.models.datasets import Images


class Resized:
    """Another data set's images, scaled (bilinear) and with grey repeated or colours averaged as needed.

    Parameters
    ----------
    images : Images
    image : (int, int, int)
        Channels, height and width wanted.
    """

    def __init__(self, images: Images, image: tuple[int, int, int]) -> None:
        self._images = images
        self.image = image
        self.name = images.name
        self.split = images.split

    def __len__(self) -> int:
        return len(self._images)

    @property
    def classes(self) -> int | None:
        """As of the images it stands for."""
        return self._images.classes

    @property
    def labels(self) -> NDArray[np.int64]:
        """As of the images it stands for."""
        return self._images.labels

    @property
    def sha256(self) -> str:
        """As of the images it stands for."""
        return self._images.sha256

    def pixels(self, start: int, stop: int) -> NDArray[np.uint8]:
        """Some of the images, (k, channels, height, width)."""
        import torch
        from torch.nn import functional

        own = torch.from_numpy(self._images.pixels(start, stop)).to(torch.float32)
        channels, height, width = self.image
        if own.shape[1] != channels:
            own = own.mean(1, keepdim=True).expand(-1, channels, -1, -1)
        scaled = functional.interpolate(own, (height, width), mode="bilinear", antialias=True)
        return scaled.round_().clamp_(0, 255).to(torch.uint8).numpy()

    def first(self, n: int) -> "Resized":
        """The first ``n`` images, or all if there are fewer."""
        return Resized(self._images.first(n), self.image)
