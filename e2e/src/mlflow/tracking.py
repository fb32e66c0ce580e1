"""MLflow's own client, unmodified, against this product: argv[1] names what to do.

Says `ok <what>` for every part that held, and ends with an exception where one did not.
"""

import math
import os
import sys
import tempfile

import mlflow
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

client = MlflowClient()


def refused(code, call, *args, **named):
    try:
        call(*args, **named)
    except MlflowException as error:
        assert error.error_code == code, f"{error.error_code}: {error}"
        return
    raise AssertionError(f"{call.__name__} was not refused")


def experiments():
    assert client.get_experiment("0").name == "Default"
    assert client.get_experiment_by_name("nothing") is None
    made = client.create_experiment("garden", tags={"kind": "flowers"})
    refused("RESOURCE_ALREADY_EXISTS", client.create_experiment, "garden")
    client.set_experiment_tag(made, "note", "n")
    client.rename_experiment(made, "meadow")
    assert client.get_experiment(made).tags == {"kind": "flowers", "note": "n"}
    found = client.search_experiments(filter_string="name LIKE 'mea%' AND tags.kind = 'flowers'")
    assert [one.experiment_id for one in found] == [made]
    client.delete_experiment(made)
    refused("INVALID_PARAMETER_VALUE", client.create_run, made)
    client.restore_experiment(made)
    refused("RESOURCE_DOES_NOT_EXIST", client.get_experiment, "123456")


def logging():
    mlflow.set_experiment("meadow")
    with mlflow.start_run(run_name="first", description="about it") as run:
        mlflow.log_params({"lr": 0.1, "layers": [1, 2]})
        mlflow.log_metric("loss", 0.5, step=1)
        mlflow.log_metric("loss", float("nan"), step=2)
        mlflow.log_metrics({"top": float("inf"), "low": float("-inf"), "a/b c": 1.5}, step=3)
        mlflow.set_tags({"colour": "red", "gone": "x"})
        mlflow.delete_tag("gone")
        with mlflow.start_run(nested=True, run_name="child"):
            mlflow.log_metric("loss", 0.25)
    run_id = run.info.run_id
    stored = client.get_run(run_id)
    assert stored.info.status == "FINISHED" and stored.info.end_time >= stored.info.start_time
    assert stored.info.run_name == "first" and stored.data.tags["mlflow.note.content"] == "about it"
    assert stored.data.params == {"lr": "0.1", "layers": "[1, 2]"}
    assert math.isnan(stored.data.metrics["loss"]) and stored.data.metrics["top"] == math.inf
    assert stored.data.metrics["a/b c"] == 1.5 and "gone" not in stored.data.tags
    history = client.get_metric_history(run_id, "loss")
    assert [point.step for point in history] == [1, 2] and math.isnan(history[1].value)
    client.log_param(run_id, "lr", "0.1")
    refused("INVALID_PARAMETER_VALUE", client.log_param, run_id, "lr", "0.2")
    client.update_run(run_id, name="renamed")
    assert client.get_run(run_id).info.run_name == "renamed"
    try:
        with mlflow.start_run(run_name="broken") as broken:
            raise KeyError("on purpose")
    except KeyError:
        assert client.get_run(broken.info.run_id).info.status == "FAILED"


def batches():
    run_id = client.create_run(client.get_experiment_by_name("meadow").experiment_id).info.run_id
    metrics = [Metric("many", step / 7, 1_700_000_000_000 + step, step) for step in range(30_000)]
    for start in range(0, len(metrics), 1000):
        client.log_batch(run_id, metrics=metrics[start : start + 1000])
    client.log_batch(run_id, metrics=metrics[:1000], params=[Param("p", "1")], tags=[RunTag("t", "1")])
    client.log_batch(run_id, metrics=metrics[:1000], params=[Param("p", "1")], tags=[RunTag("t", "2")])
    history = client.get_metric_history(run_id, "many")
    assert [(point.step, point.value) for point in history] == [(one.step, one.value) for one in metrics]
    refused("INVALID_PARAMETER_VALUE", client.log_batch, run_id, params=[Param("p", "2")])
    assert client.get_run(run_id).data.tags["t"] == "2"


def searching():
    experiment = client.create_experiment("search")
    for index in range(25):
        with mlflow.start_run(experiment_id=experiment, run_name=f"run {index}"):
            mlflow.log_metric("score", index % 5)
            mlflow.log_params({"Model Size": "small" if index % 2 else "LARGE", "index": index})
            mlflow.set_tag("owner.name", "me" if index < 10 else "you")
    def found(text, **named):
        return client.search_runs([experiment], text, **named)
    assert len(found("metrics.score >= 3")) == 10
    assert len(found("metrics.score != 3 and params.`Model Size` = 'LARGE'")) == 11
    assert len(found("params.\"Model Size\" ILIKE 'large'")) == 13
    assert len(found("params.`Model Size` LIKE 'large'")) == 0
    assert len(found("tags.`owner.name` = 'me' AND attributes.status = 'FINISHED'")) == 10
    assert len(found("attributes.run_name LIKE 'run 1%'")) == 11
    one = found("run_name = 'run 7'")[0]
    assert len(found(f"run_id IN ('{one.info.run_id}', 'none')")) == 1
    assert len(found(f"start_time <= {one.info.start_time}")) >= 8
    assert len(found("tags.nothing IS NULL")) == 25 and len(found("params.index IS NOT NULL")) == 25
    ordered = found("", order_by=["metrics.score DESC", "params.index ASC"])
    assert [run.data.params["index"] for run in ordered][:3] == ["14", "19", "24"]
    page = found("", max_results=10, order_by=["start_time ASC"])
    names = [run.info.run_name for run in page]
    while page.token:
        page = found("", max_results=10, order_by=["start_time ASC"], page_token=page.token)
        names += [run.info.run_name for run in page]
    assert names == [f"run {index}" for index in range(25)]
    refused("INVALID_PARAMETER_VALUE", found, "metrics.score = 'a'")
    table = mlflow.search_runs([experiment], "metrics.score = 4")
    assert len(table) == 5 and "params.Model Size" in table.columns
    client.delete_run(one.info.run_id)
    assert len(found("")) == 24 and client.get_run(one.info.run_id).info.lifecycle_stage == "deleted"
    client.restore_run(one.info.run_id)
    assert len(found("")) == 25
    refused("RESOURCE_DOES_NOT_EXIST", client.get_run, "0" * 32)


def artifacts():
    with mlflow.start_run(experiment_id="0") as run, tempfile.TemporaryDirectory() as folder:
        mlflow.log_text("hello", "notes/ü one.txt")
        mlflow.log_dict({"a": [1, 2]}, "data.json")
        large = os.path.join(folder, "large.bin")
        piece = os.urandom(1 << 20)
        with open(large, "wb") as file:
            for index in range(100):
                file.write(index.to_bytes(4, "big") + piece[4:])
        mlflow.log_artifact(large)
        os.environ["MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD"] = "true"
        os.environ["MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE"] = str(10 << 20)
        os.environ["MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE"] = str(16 << 20)
        mlflow.log_artifact(large, "in parts")
        del os.environ["MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD"]
        assert mlflow.artifacts.load_dict(f"{run.info.artifact_uri}/data.json") == {"a": [1, 2]}
        with open(large, "rb") as file:
            whole = file.read()
        for path in ("large.bin", "in parts/large.bin"):
            local = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path=path)
            with open(local, "rb") as file:
                assert file.read() == whole, path
    listed = {file.path: (file.is_dir, file.file_size) for file in client.list_artifacts(run.info.run_id)}
    assert listed == {
        "notes": (True, None),
        "in parts": (True, None),
        "data.json": (False, 29),
        "large.bin": (False, 100 << 20),
    }, listed
    inside = client.list_artifacts(run.info.run_id, "notes")
    assert [file.path for file in inside] == ["notes/ü one.txt"]


def autologging():
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression

    mlflow.set_experiment("iris")
    mlflow.sklearn.autolog(log_models=False)
    features, target = load_iris(return_X_y=True)
    with mlflow.start_run() as run:
        LogisticRegression(max_iter=300, C=0.5).fit(features, target)
    stored = client.get_run(run.info.run_id)
    assert stored.data.params["C"] == "0.5" and stored.data.metrics["training_score"] > 0.9
    assert stored.data.tags["estimator_name"] == "LogisticRegression"
    assert [one.dataset.name for one in stored.inputs.dataset_inputs] == ["dataset"]
    found = client.search_runs([stored.info.experiment_id], "dataset.context = 'train'")
    assert [one.info.run_id for one in found] == [run.info.run_id]
    names = {file.path for file in client.list_artifacts(run.info.run_id)}
    assert "training_confusion_matrix.png" in names, names


def whoami():
    client.search_experiments(max_results=1)


for name in sys.argv[1:]:
    globals()[name]()
    print(f"ok {name}", flush=True)
