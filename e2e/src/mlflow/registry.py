"""MLflow's own client, unmodified, against this product's registry: argv[1] names what to do.

Says `ok <what>` for every part that held, and ends with an exception where one did not.
"""

import os
import sys
import tempfile
import warnings

import mlflow
import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

warnings.simplefilter("ignore")
client = MlflowClient()


class Times(mlflow.pyfunc.PythonModel):
    def __init__(self, factor):
        self.factor = factor

    def predict(self, context, model_input, params=None):
        return [value * self.factor for value in model_input["x"]]


def refused(code, call, *args, **named):
    try:
        call(*args, **named)
    except MlflowException as error:
        assert error.error_code == code, f"{error.error_code}: {error}"
        return
    raise AssertionError(f"{call.__name__} was not refused")


def log(factor, name="times", **more):
    with mlflow.start_run() as run:
        model = Times(factor)
        info = mlflow.pyfunc.log_model(name=name, python_model=model, pip_requirements=[], **more)
    return run.info.run_id, info


def predict(uri):
    return [int(value) for value in mlflow.pyfunc.load_model(uri).predict(pd.DataFrame({"x": [1, 2, 3]}))]


def logging():
    run_id, info = log(2, registered_model_name="times")
    assert predict(info.model_uri) == [2, 4, 6]
    first = client.get_model_version("times", "1")
    assert (first.run_id, first.status, first.source) == (run_id, "READY", f"models:/{info.model_id}")
    assert predict("models:/times/1") == [2, 4, 6]
    second_run, _ = log(3)
    second = mlflow.register_model(f"runs:/{second_run}/times", "times", tags={"made": "later"})
    assert (second.version, second.run_id, second.tags) == ("2", second_run, {"made": "later"})
    client.set_registered_model_alias("times", "champion", "2")
    assert predict("models:/times@champion") == predict("models:/times/latest") == [3, 6, 9]
    logged = client.get_logged_model(info.model_id)
    assert (logged.name, str(logged.status), logged.source_run_id) == ("times", "READY", run_id)
    client.delete_logged_model(info.model_id)
    refused("RESOURCE_DOES_NOT_EXIST", client.get_logged_model, info.model_id)
    assert predict("models:/times/1") == [2, 4, 6], "a version keeps its files"


def sklearn():
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression

    features, target = load_iris(return_X_y=True)
    model = LogisticRegression(max_iter=500).fit(features, target)
    with mlflow.start_run():
        mlflow.sklearn.log_model(model, name="iris", registered_model_name="iris", input_example=features[:2])
    client.set_registered_model_alias("iris", "champion", "1")
    loaded = mlflow.sklearn.load_model("models:/iris@champion")
    assert (loaded.predict(features) == model.predict(features)).all()
    assert loaded.coef_.tolist() == model.coef_.tolist()


def aliases():
    log(5, name="five", registered_model_name="aliased")
    client.set_registered_model_alias("aliased", "best", "1")
    assert client.get_registered_model("aliased").aliases == {"best": "1"}
    assert client.get_model_version("aliased", "1").aliases == ["best"]
    assert client.get_model_version_by_alias("aliased", "best").version == "1"
    client.delete_registered_model_alias("aliased", "best")
    client.delete_registered_model_alias("aliased", "best")
    refused("RESOURCE_DOES_NOT_EXIST", client.get_model_version_by_alias, "aliased", "best")
    refused("RESOURCE_DOES_NOT_EXIST", client.set_registered_model_alias, "aliased", "best", "9")


def describing():
    log(1, name="one", registered_model_name="described")
    log(1, name="one", registered_model_name="described")
    client.update_registered_model("described", "says what it is")
    client.set_registered_model_tag("described", "team", "blue")
    client.set_registered_model_tag("described", "gone", "soon")
    client.delete_registered_model_tag("described", "gone")
    model = client.get_registered_model("described")
    assert (model.description, model.tags) == ("says what it is", {"team": "blue"})
    client.update_model_version("described", "1", "the first")
    client.set_model_version_tag("described", "1", "checked", "yes")
    client.set_model_version_tag("described", "1", "gone", "soon")
    client.delete_model_version_tag("described", "1", "gone")
    version = client.get_model_version("described", "1")
    assert (version.description, version.tags) == ("the first", {"checked": "yes"})
    client.transition_model_version_stage("described", "1", "production")
    client.transition_model_version_stage("described", "2", "Production", archive_existing_versions=True)
    stages = {one.version: one.current_stage for one in client.search_model_versions("name = 'described'")}
    assert stages == {"1": "Archived", "2": "Production"}, stages
    assert [one.version for one in client.get_latest_versions("described", ["Production"])] == ["2"]
    assert {one.version for one in client.get_latest_versions("described")} == {"1", "2"}
    refused("INVALID_PARAMETER_VALUE", client.transition_model_version_stage, "described", "1", "Nowhere")


def searching():
    for name in ("alpha", "beta", "gamma"):
        client.create_registered_model(name, tags={"group": "greek"})
    greek = "tags.group = 'greek'"
    page = client.search_registered_models(greek, max_results=2, order_by=["name DESC"])
    rest = client.search_registered_models(greek, max_results=2, order_by=["name DESC"], page_token=page.token)
    assert [one.name for one in [*page, *rest]] == ["gamma", "beta", "alpha"] and not rest.token
    assert [one.name for one in client.search_registered_models("name LIKE 'alp%'")] == ["alpha"]
    run_id, info = log(4, name="found", registered_model_name="alpha")
    log(4, name="found", registered_model_name="alpha")
    assert [one.version for one in client.search_model_versions(f"run_id = '{run_id}'")] == ["1"]
    ordered = client.search_model_versions("name = 'alpha'", order_by=["version_number ASC"])
    assert [one.version for one in ordered] == ["1", "2"]
    client.set_logged_model_tags(info.model_id, {"kind": "toy", "other": "x"})
    client.delete_logged_model_tag(info.model_id, "other")
    found = mlflow.search_logged_models(["0"], "tags.kind = 'toy' AND name = 'found'", output_format="list")
    assert [one.model_id for one in found] == [info.model_id]
    assert {one.path for one in client.list_logged_model_artifacts(info.model_id)} >= {"MLmodel", "python_model.pkl"}
    refused("INVALID_PARAMETER_VALUE", client.search_registered_models, "color = 'red'")
    refused("INVALID_PARAMETER_VALUE", client.search_model_versions, "name = ")


def moving():
    log(6, name="six", registered_model_name="moving")
    client.create_registered_model("target")
    copied = client.copy_model_version("models:/moving/1", "target")
    assert copied.version == "1" and predict("models:/target/1") == [6, 12, 18]
    client.rename_registered_model("target", "arrived")
    refused("RESOURCE_DOES_NOT_EXIST", client.get_registered_model, "target")
    refused("RESOURCE_ALREADY_EXISTS", client.rename_registered_model, "arrived", "moving")
    assert predict("models:/arrived/1") == [6, 12, 18]
    client.delete_model_version("arrived", "1")
    assert client.get_registered_model("arrived").latest_versions == []
    refused("RESOURCE_DOES_NOT_EXIST", client.get_model_version, "arrived", "1")
    client.delete_registered_model("arrived")
    refused("RESOURCE_DOES_NOT_EXIST", client.delete_registered_model, "arrived")


def refusals():
    client.create_registered_model("empty")
    refused("RESOURCE_ALREADY_EXISTS", client.create_registered_model, "empty")
    refused("INVALID_PARAMETER_VALUE", client.create_registered_model, "a b/c")
    refused("RESOURCE_DOES_NOT_EXIST", client.get_registered_model, "nobody")
    refused("RESOURCE_DOES_NOT_EXIST", client.get_model_version, "empty", "7")
    refused("RESOURCE_DOES_NOT_EXIST", client.get_logged_model, "m-" + "0" * 32)
    with mlflow.start_run() as run:
        pass
    source = f"runs:/{run.info.run_id}/nothing"
    refused("RESOURCE_DOES_NOT_EXIST", client.create_model_version, "empty", source)
    refused("INVALID_PARAMETER_VALUE", client.create_model_version, "empty", "s3://bucket/model")
    refused("RESOURCE_DOES_NOT_EXIST", client.create_model_version, "nobody", source)
    refused("RESOURCE_DOES_NOT_EXIST", client.update_model_version, "empty", "1", "text")
    refused("RESOURCE_DOES_NOT_EXIST", client.set_registered_model_tag, "nobody", "a", "b")


def uploaded():
    """A model that did not come from MLflow: its files can be fetched, and loading says what is missing."""
    with tempfile.TemporaryDirectory() as folder:
        path = mlflow.artifacts.download_artifacts("models:/uploaded/1", dst_path=folder)
        assert "net.onnx" in os.listdir(path), os.listdir(path)
    refused("RESOURCE_DOES_NOT_EXIST", predict, "models:/uploaded/1")


for name in sys.argv[1:]:
    globals()[name]()
    print(f"ok {name}", flush=True)
