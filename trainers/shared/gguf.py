"""GGUF version 3 (ggml-org/ggml, docs/gguf.md): little-endian, metadata pairs, then aligned tensors of 32-bit floats."""

import struct

import numpy as np

ALIGNMENT = 32
UINT32, INT32, FLOAT32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9


def _text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def _scalar(kind, value):
    if kind == STRING:
        return _text(value)
    return struct.pack({UINT32: "<I", INT32: "<i", FLOAT32: "<f", BOOL: "<?"}[kind], value)


def _value(kind, value):
    if isinstance(value, list):
        items = b"".join(_scalar(kind, item) for item in value)
        return struct.pack("<IIQ", ARRAY, kind, len(value)) + items
    return struct.pack("<I", kind) + _scalar(kind, value)


def write_gguf(path, metadata, tensors):
    """Writes pairs {key: (kind, value)} and tensors {name: array}, whose shapes GGUF keeps innermost first."""
    arrays = {name: np.ascontiguousarray(array, "<f4") for name, array in tensors.items()}
    head = [b"GGUF", struct.pack("<IQQ", 3, len(arrays), len(metadata))]
    head += [_text(key) + _value(*pair) for key, pair in metadata.items()]
    offset = 0
    for name, array in arrays.items():
        sizes = struct.pack(f"<{array.ndim}Q", *reversed(array.shape))
        head.append(_text(name) + struct.pack("<I", array.ndim) + sizes + struct.pack("<IQ", 0, offset))
        offset += -(-array.nbytes // ALIGNMENT) * ALIGNMENT
    with open(path, "wb") as file:
        file.write(b"".join(head))
        for array in arrays.values():
            file.write(b"\0" * (-file.tell() % ALIGNMENT))
            file.write(array.tobytes())
        file.write(b"\0" * (-file.tell() % ALIGNMENT))
