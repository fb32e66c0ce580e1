"""Logs through MLflow's client what the bench then sends again and again: argv are batches, metrics and points a batch.

The server named by MLFLOW_TRACKING_URI records the requests.
"""

import sys

from mlflow.entities import Metric
from mlflow.tracking import MlflowClient

batches, keys, size = (int(text) for text in sys.argv[1:4])
client = MlflowClient()
run_id = "0" * 32
steps = size // keys
for batch in range(batches):
    client.log_batch(
        run_id,
        metrics=[
            Metric(f"metric_{key}", 1 / (1 + step) + key, 1_700_000_000_000 + step, step)
            for step in range(batch * steps, (batch + 1) * steps)
            for key in range(keys)
        ],
    )
