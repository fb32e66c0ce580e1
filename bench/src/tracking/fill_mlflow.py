"""Puts runs straight into the SQLite database of `mlflow server`: argv are the file and how many.

What it writes is what logging the same runs over HTTP writes (see fillRuns in traffic.ts), which would take minutes.
"""

import sqlite3
import sys

path, count = sys.argv[1], int(sys.argv[2])
runs, params, tags, latest, metrics = [], [], [], [], []
for index in range(count):
    run = f"{index:032x}"
    uri = f"mlflow-artifacts:/0/{run}/artifacts"
    runs.append((run, f"run {index}", "UNKNOWN", "", "", "", "RUNNING", 1_700_000_000_000, None, "", "active", uri, 0, None))
    params += [("optimizer", ["adam", "sgd", "rmsprop"][index % 3], run), ("depth", str(index % 10), run)]
    tags += [("team", f"team {index % 7}", run), ("mlflow.runName", f"run {index}", run)]
    for place, key in enumerate(["loss", "accuracy"]):
        value = index * 7919 % 1000 / 1000 + place
        latest.append((key, value, index, 1, 0, run))
        metrics.append((key, value, index, run, 1, 0))
with sqlite3.connect(path, timeout=60) as database:
    database.executemany(f"INSERT INTO runs VALUES ({', '.join('?' * 14)})", runs)
    database.executemany("INSERT INTO params VALUES (?, ?, ?)", params)
    database.executemany("INSERT INTO tags VALUES (?, ?, ?)", tags)
    database.executemany("INSERT INTO latest_metrics VALUES (?, ?, ?, ?, ?, ?)", latest)
    database.executemany("INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?)", metrics)
