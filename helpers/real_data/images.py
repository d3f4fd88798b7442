"""Image sets in the formats in which they are given: IDX (MNIST) and CIFAR-10's two."""

import codecs
import io
import pickle
from pathlib import Path

import numpy as np

from .tables import content as held

PIXELS = 32 * 32 * 3  # of an image of CIFAR-10


def idx(path: Path) -> np.ndarray:
    """The array of bytes in an IDX file, zipped or not, of the shape that its head says.

    Raises ValueError if it is none, or cut short.
    """
    content = held(path)
    if len(content) < 4 or content[:3] != b"\0\0\x08":
        raise ValueError(f"{path} must be an IDX file of bytes; its head says otherwise")
    axes = content[3]
    shape = np.frombuffer(content, ">u4", axes, 4)
    values = np.frombuffer(content, np.uint8, offset=4 + 4 * axes)
    if values.size != np.prod(shape, dtype=np.int64):
        raise ValueError(f"{path} must hold {tuple(map(int, shape))} bytes; got {values.size}")
    return values.reshape(shape)


def cifar(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """(images (n, 3072), labels (n,)) of one file of CIFAR-10, binary or Python's.

    Raises ValueError if it is neither.
    """
    content = held(path)
    if content[:1] == b"\x80":  # a pickle
        return _pickled(content)
    if not content or len(content) % (1 + PIXELS):
        raise ValueError(f"{path} must hold records of {1 + PIXELS} bytes; got {len(content)}")
    records = np.frombuffer(content, np.uint8).reshape(-1, 1 + PIXELS)
    return records[:, 1:], records[:, 0].astype(int)


def _pickled(content):
    batch = _Arrays(content).load()
    return np.asarray(batch[b"data"], np.uint8), np.asarray(batch[b"labels"], int)


class _Arrays(pickle.Unpickler):
    """Reads arrays and nothing else: a pickle may otherwise call anything at all."""

    ALLOWED = {
        "_reconstruct": np._core.multiarray._reconstruct,
        "ndarray": np.ndarray,
        "dtype": np.dtype,
        "encode": codecs.encode,  # how Python 3 writes bytes for Python 2
    }

    def __init__(self, content):
        super().__init__(io.BytesIO(content), encoding="bytes")

    def find_class(self, module, name):
        """What a pickle names, if it builds arrays."""
        if module.split(".")[0] in ("numpy", "_codecs") and name in self.ALLOWED:
            return self.ALLOWED[name]
        raise ValueError(f"a batch of CIFAR-10 must hold arrays alone; found {module}.{name}")
