"""Logs through MLflow's client what the bench then sends again and again: argv are batches, metrics, points a batch, and a run's id.

The server named by MLFLOW_TRACKING_URI records the requests, or stores them; the seconds that took are printed.
"""

import sys
import time

from mlflow.entities import Metric
from mlflow.tracking import MlflowClient

batches, keys, size = (int(text) for text in sys.argv[1:4])
client = MlflowClient()
run_id = sys.argv[4] if len(sys.argv) > 4 else "0" * 32
steps = size // keys
started = time.perf_counter()
for batch in range(batches):
    client.log_batch(
        run_id,
        metrics=[
            Metric(f"metric_{key}", 1 / (1 + step) + key, 1_700_000_000_000 + step, step)
            for step in range(batch * steps, (batch + 1) * steps)
            for key in range(keys)
        ],
    )
print(f"took {time.perf_counter() - started}")
