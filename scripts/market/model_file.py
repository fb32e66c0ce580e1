"""A model as a file: numpy's npz (a zip of plain arrays), never a pickle, so reading one runs no code.

``about`` holds JSON: format, kind, inputs, horizons, RMSE by horizon, library. The other arrays are the kind's own.
"""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np

from .errors import MarketError
from .models import boosted, linear, lstm

FORMAT = "hearth-market-model/1"
MOST_BYTES = 64 * 1024 * 1024
KINDS = {
    linear.KIND: linear.LinearModel,
    boosted.KIND: boosted.BoostedModel,
    lstm.KIND: lstm.LstmModel,
}


def write_model(kind: str, model, inputs: list[str], rmse: dict[int, float], library: str) -> bytes:
    about = {
        "format": FORMAT,
        "kind": kind,
        "inputs": inputs,
        "horizons": list(model.horizons),
        "rmse": [rmse[horizon] for horizon in model.horizons],
        "library": library,
    }
    told = np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)
    file = io.BytesIO()
    np.savez(file, about=told, **model.arrays())
    return file.getvalue()


def read_model(content: bytes):
    """The model and what its file says about it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
                raise MarketError("The model's file unpacks to more than is read.")
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        about = json.loads(arrays.pop("about").tobytes())
        if about["format"] != FORMAT:
            raise MarketError(f"The model's file has the format {about['format']!r}; {FORMAT} is read.")
        return KINDS[about["kind"]].from_arrays(about["horizons"], arrays), about
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise MarketError(f"The model's file cannot be read: {error}.") from None
