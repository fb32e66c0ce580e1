"""A data set split into what is learned from and what is held out, as arrays."""

import io
import zipfile
from dataclasses import dataclass, field

import numpy as np

from shared.job import Refused, log
from shared.tables import (
    MOST_FEATURES,
    classes_of,
    encode_column,
    fit_encoding,
    number_in,
    read_table,
    target_index,
)


@dataclass
class Dataset:
    """Rows [n, features] as float32 and targets [n]: class numbers (int64), or values (float32)."""

    x: np.ndarray
    y: np.ndarray
    held_x: np.ndarray
    held_y: np.ndarray
    target: str
    encodings: list
    classes: list | None
    # (height, width, channels) of the images that the rows are; None for other tables.
    shape: tuple | None = None
    notes: list = field(default_factory=list)

    @property
    def outputs(self):
        return len(self.classes) if self.classes else 1


def load_dataset(job):
    """Reads the run's data set: a table, arrays (`x` and `y` of an npz), or a zip of images in a folder a class."""
    if job.format == "npz":
        dataset = _from_arrays(job)
    elif job.format == "zip":
        dataset = _from_images(job)
    else:
        dataset = _from_table(job)
    for note in dataset.notes:
        log(note, "WARNING")
    aim = f"{len(dataset.classes)} classes of {dataset.target}" if dataset.classes else dataset.target
    rows = f"{len(dataset.x)} rows, {len(dataset.held_x)} held out"
    log(f"Learning {aim} from {len(dataset.encodings)} columns: {rows}.")
    return dataset


def _split(count, job):
    if count < 2:
        raise Refused("At least two rows with a target are needed.")
    order = np.random.default_rng(job.seed).permutation(count)
    held = min(count - 1, max(1, round(count * job.config.get("validation_fraction", 0.2))))
    return order[: count - held], order[count - held :]


def _from_table(job):
    table = read_table(job.dataset, job.format)
    place = target_index(table.columns, job.config.get("target"))
    rows = [row for row in table.rows if row[place] is not None]
    notes = []
    if len(rows) < len(table.rows):
        notes.append(f"{len(table.rows) - len(rows)} rows have no value in {table.columns[place]}: left out.")
    training, held = _split(len(rows), job)
    values = [row[place] for row in rows]
    classes = classes_of(values)
    encodings, parts = [], []
    for column, name in enumerate(table.columns):
        if column == place:
            continue
        cells = [row[column] for row in rows]
        encoding = fit_encoding(name, [cells[row] for row in training])
        if encoding is None:
            notes.append(f"Column {name} is left out: it has no values, or texts that hardly ever repeat.")
            continue
        encodings.append(encoding)
        parts.append(encode_column(encoding, cells))
    if not parts:
        raise Refused("No column is left to predict from.")
    x = np.concatenate(parts, axis=1)
    if x.shape[1] > MOST_FEATURES:
        raise Refused(f"The rows encode to {x.shape[1]} numbers; at most {MOST_FEATURES} fit.")
    y = _targets(values, classes)
    target = table.columns[place]
    return Dataset(x[training], y[training], x[held], y[held], target, encodings, classes, None, notes)


def _targets(values, classes):
    if classes is None:
        return np.array([number_in(value) for value in values], np.float32)
    places = {name: place for place, name in enumerate(classes)}
    return np.array([places[value] for value in values], np.int64)


def _from_arrays(job):
    with np.load(job.dataset, allow_pickle=False) as arrays:
        names = {name.lower(): name for name in arrays.files}
        features = next((names[name] for name in ("x", "images", "data", "x_train") if name in names), None)
        targets = next((names[name] for name in ("y", "labels", "target", "y_train") if name in names), None)
        if features is None or targets is None:
            raise Refused(f"The file needs arrays named x and y; it has {', '.join(arrays.files)}.")
        x, y = np.asarray(arrays[features], np.float32), arrays[targets]
    if y.ndim != 1 or len(x) != len(y):
        raise Refused(f"x and y do not fit together: {x.shape} and {y.shape}.")
    return _from_rows(job, x, [_plain(value) for value in y.tolist()], targets)


def _plain(value):
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _from_images(job):
    try:
        from PIL import Image
    except ImportError as error:
        raise Refused("This recipe reads no images: take torch-cnn.") from error
    size = job.options.get("image_size", 32)
    mode = "L" if job.options.get("grey", False) else "RGB"
    images, labels = [], []
    with zipfile.ZipFile(job.dataset) as archive:
        for name in sorted(archive.namelist()):
            folders = name.split("/")
            if not name.lower().endswith((".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")) or len(folders) < 2:
                continue
            with Image.open(io.BytesIO(archive.read(name))) as image:
                images.append(np.asarray(image.convert(mode).resize((size, size)), np.float32))
            labels.append(folders[-2])
    if not images:
        raise Refused("The archive holds no images in folders named by their class.")
    return _from_rows(job, np.stack(images), labels, "folder")


def _from_rows(job, x, labels, target):
    shape = (*x.shape[1:], 1)[:3] if x.ndim in (3, 4) else None
    x = x.reshape(len(x), -1)
    training, held = _split(len(x), job)
    classes = classes_of(labels)
    y = _targets(labels, classes)
    means, deviations = x[training].mean(axis=0), x[training].std(axis=0)
    encodings = [
        {
            "kind": "number",
            "column": f"x{column}",
            "mean": float(mean),
            "deviation": float(deviation) or 1.0,
            "fill": float(mean),
        }
        for column, (mean, deviation) in enumerate(zip(means, deviations, strict=True))
    ]
    return Dataset(x[training], y[training], x[held], y[held], target, encodings, classes, shape)


def standardisation(encodings):
    """Mean and deviation of each input; categories stay as they are."""
    mean, deviation = [], []
    for encoding in encodings:
        width = 1 if encoding["kind"] == "number" else len(encoding["values"]) + 1
        mean += [encoding.get("mean", 0.0)] * width
        deviation += [encoding.get("deviation", 1.0)] * width
    return np.array(mean, np.float32), np.array(deviation, np.float32)
