"""A recurrent network with one LSTM layer (Hochreiter, Schmidhuber: Long Short-Term Memory, 1997) over the last 48
bars, that tells the log returns of all horizons at once.

It is trained with PyTorch where that is installed. What was trained is plain numbers, and is run with numpy: the
predictor needs no PyTorch.
"""

from __future__ import annotations

import numpy as np

from ..inputs import Scale, Split

KIND = "lstm"
WINDOW = 48
PATIENCE = 10
HIDDEN = 32
MOST_EPOCHS = 60
BATCH = 256
LEARNING_RATE = 5e-4
VALIDATION_FRACTION = 0.15
SEED = 7
_NAMES = ("input_weights", "hidden_weights", "bias", "out_weights", "out_bias", "target_spread")


def library() -> str:
    import torch

    return f"PyTorch {torch.__version__}"


def is_available() -> bool:
    """Whether PyTorch is installed and loads."""
    try:
        import torch  # noqa: F401
    except (ImportError, OSError):
        return False
    return True


class LstmModel:
    def __init__(self, horizons, scale: Scale, numbers: dict[str, np.ndarray]):
        self.horizons = tuple(horizons)
        self._scale = scale
        self._numbers = numbers

    def predict(self, matrix: np.ndarray, rows: np.ndarray, horizon: int) -> np.ndarray:
        """Each row needs the 47 before it."""
        if len(rows) and rows.min() < WINDOW - 1:
            raise ValueError(f"A row without {WINDOW - 1} rows before it cannot be predicted.")
        place = self.horizons.index(horizon)
        parts = [self._forward(matrix, part) for part in np.array_split(rows, len(rows) // 2000 + 1)]
        return np.concatenate(parts)[:, place]

    def _forward(self, matrix: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """PyTorch's order of gates: input, forget, cell, output."""
        n = self._numbers
        scaled = self._scale.apply(matrix)
        state = np.zeros((len(rows), HIDDEN))
        cell = np.zeros((len(rows), HIDDEN))
        for back in range(WINDOW - 1, -1, -1):
            gates = scaled[rows - back] @ n["input_weights"].T + state @ n["hidden_weights"].T + n["bias"]
            enter, forget, new, leave = np.split(gates, 4, axis=1)
            cell = _sigmoid(forget) * cell + _sigmoid(enter) * np.tanh(new)
            state = _sigmoid(leave) * np.tanh(cell)
        return (state @ n["out_weights"].T + n["out_bias"]) * n["target_spread"]

    def arrays(self) -> dict[str, np.ndarray]:
        return {"mean": self._scale.mean, "spread": self._scale.spread, **self._numbers}

    @classmethod
    def from_arrays(cls, horizons, arrays) -> "LstmModel":
        scale = Scale(arrays["mean"], arrays["spread"])
        return cls(horizons, scale, {name: arrays[name] for name in _NAMES})


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * x))


def train(matrix: np.ndarray, split: Split, log) -> LstmModel:
    """Stops when the loss on the newest 15 % of the rows it may learn from has not fallen for ten epochs."""
    import torch

    torch.manual_seed(SEED)
    # So small a network gains nothing from more threads, and on a busy machine they wait for each other.
    torch.set_num_threads(1)
    horizons = list(split.targets)
    longest = max(horizons)
    rows = split.train_rows(longest)[WINDOW - 1 :]
    first_held = int(len(rows) * (1 - VALIDATION_FRACTION))
    # Between the two, as between training and test, no target of one may lie in the other.
    fitted, held = rows[: first_held - longest], rows[first_held:]
    scale = Scale.of(matrix[: fitted[-1] + 1])
    wanted = np.stack([split.targets[h] for h in horizons], axis=1)
    spread = wanted[fitted].std(axis=0)
    data = _Data(torch, scale.apply(matrix), wanted / spread)
    network = _network(torch, matrix.shape[1], len(horizons))
    _fit(torch, network, data, fitted, held, log)
    return LstmModel(horizons, scale, _numbers_of(network, spread))


class _Data:
    """Windows without copies of them: each batch takes its own out of the one table."""

    def __init__(self, torch, scaled: np.ndarray, wanted: np.ndarray):
        self._torch = torch
        table = torch.tensor(scaled, dtype=torch.float32)
        self._windows = table.unfold(0, WINDOW, 1)
        self._wanted = torch.tensor(wanted, dtype=torch.float32)

    def batch(self, rows: np.ndarray):
        place = self._torch.as_tensor(rows)
        return self._windows[place - (WINDOW - 1)].transpose(1, 2), self._wanted[place]


def _network(torch, width: int, outputs: int):
    return torch.nn.ModuleDict(
        {"lstm": torch.nn.LSTM(width, HIDDEN, batch_first=True), "out": torch.nn.Linear(HIDDEN, outputs)}
    )


def _told(network, windows):
    states, _ = network["lstm"](windows)
    return network["out"](states[:, -1])


def _fit(torch, network, data: _Data, fitted: np.ndarray, held: np.ndarray, log) -> None:
    optimiser = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE, weight_decay=1e-4)
    order = np.random.default_rng(SEED)
    best, best_state, waited = float("inf"), None, 0
    for epoch in range(1, MOST_EPOCHS + 1):
        shuffled = order.permutation(fitted)
        for begin in range(0, len(shuffled), BATCH):
            windows, wanted = data.batch(shuffled[begin : begin + BATCH])
            optimiser.zero_grad()
            torch.nn.functional.mse_loss(_told(network, windows), wanted).backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
        loss = _loss(torch, network, data, held)
        log(f"LSTM epoch {epoch}: validation loss {loss:.5f}.")
        if loss < best:
            best, waited = loss, 0
            best_state = {name: value.clone() for name, value in network.state_dict().items()}
        else:
            waited += 1
            if waited >= PATIENCE:
                break
    if best_state is None:
        raise ArithmeticError("The LSTM's loss was never a number.")
    network.load_state_dict(best_state)


def _loss(torch, network, data: _Data, rows: np.ndarray) -> float:
    total = 0.0
    with torch.no_grad():
        for begin in range(0, len(rows), 2000):
            windows, wanted = data.batch(rows[begin : begin + 2000])
            total += float(torch.nn.functional.mse_loss(_told(network, windows), wanted, reduction="sum"))
    return total / (len(rows) * wanted.shape[1])


def _numbers_of(network, spread: np.ndarray) -> dict[str, np.ndarray]:
    lstm, out = network["lstm"], network["out"]

    def numbers(tensor) -> np.ndarray:
        return tensor.detach().numpy().astype(np.float64)

    return {
        "input_weights": numbers(lstm.weight_ih_l0),
        "hidden_weights": numbers(lstm.weight_hh_l0),
        "bias": numbers(lstm.bias_ih_l0) + numbers(lstm.bias_hh_l0),
        "out_weights": numbers(out.weight),
        "out_bias": numbers(out.bias),
        "target_spread": spread,
    }
