"""The traps of M27: what compares data with a reference, what collects, what only logs."""

from collections.abc import Mapping
from typing import Any

import pytest

from grader.results import CheckResult
from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m27_data_drifting"
HEAD = "from fastapi import FastAPI, BackgroundTasks, UploadFile\nimport csv, json, os, io, uuid\napp = FastAPI()\n\n\n"


def judge(check: str, files: str | Mapping[str, str | bytes]) -> CheckResult:
    files = {"src/pkg/api.py": files} if isinstance(files, str) else files
    return run_check(SUITE, check, files, profile="project")


def api(body: str, before: str = "", arguments: Any = "x: int") -> str:
    return f"{HEAD}{before}@app.post('/predict')\ndef predict({arguments}):\n    prediction = model.predict(x)\n    {body}\n    return prediction\n"


@pytest.mark.parametrize(
    "code",
    [
        "from evidently.report import Report\nfrom evidently.metric_preset import DataDriftPreset\nReport(metrics=[DataDriftPreset()]).run()\n",
        "from evidently import Report\nReport([])\n",
        "import nannyml as nml\nnml.UnivariateDriftCalculator()\n",
        "from alibi_detect.cd import KSDrift\n\n\ndef check():\n    return KSDrift(x)\n",
        "from scipy import stats\n\n\ndef compare(reference, current):\n    return stats.ks_2samp(reference, current)\n",
        "from scipy.stats import wasserstein_distance as w\n\n\ndef drift_score(a, b):\n    import scipy.stats\n\n    return scipy.stats.wasserstein_distance(a, b)\n",
        "import numpy as np\n\n\ndef population_stability_index(a, b):\n    return np.histogram(a)\n",
        "def test_robustness(model):\n    return model.evaluate(noisy)\n",
    ],
)
def test_ways_to_examine_drift(code: str) -> None:
    assert judge("drift_is_examined", {"src/pkg/monitor.py": code}).verdict == "passed"


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({"a.py": "from evidently import Report\n"}, "failed"),
        ({"a.py": "# from evidently import Report\n", "requirements.txt": "evidently\n"}, "failed"),
        (
            {
                "a.py": "from scipy import stats\n\n\ndef compare(men, women):\n    return stats.ks_2samp(men, women)\n"
            },
            "blocked",
        ),
        ({"drift.py": "def detect_drift(a, b):\n    raise NotImplementedError\n"}, "blocked"),
        ({"a.py": '"""ks_2samp(reference, current): drift"""\n'}, "blocked"),
        ({"reports/data_drift_report.html": "<html>evidently</html>"}, "passed"),
        ({"reports/data_drift_report.html": ""}, "blocked"),
    ],
)
def test_what_examines_nothing(files: dict[str, str], verdict: str) -> None:
    assert judge("drift_is_examined", files).verdict == verdict


@pytest.mark.parametrize(
    "code",
    [
        api(
            "tasks.add_task(save, x, prediction)",
            "def save(x, y):\n    with open('db.csv', 'a') as f:\n        f.write(f'{x},{y}')\n\n\n",
            "x: int, tasks: BackgroundTasks",
        ),
        api("bucket.blob('a').upload_from_string(json.dumps({'x': x}))"),
        api("client.insert_rows_json(table, [{'x': x, 'y': prediction}])"),
        api("db.add(Row(x, prediction))\n    db.commit()"),
        api("cursor.execute('INSERT INTO predictions VALUES (?, ?)', (x, prediction))"),
        api("publisher.publish(topic, json.dumps(prediction))"),
        api("rows.to_csv('predictions.csv', mode='a')"),
        api("with open('log.jsonl', mode='a') as f:\n        json.dump({'x': x, 'y': prediction}, f)"),
        api("wandb.log({'prediction': prediction})"),
        api(
            "image = Image.open(io.BytesIO(x))\n    with open('log.csv', 'a') as f:\n        csv.writer(f).writerow([x, prediction])"
        ),
        api(
            "upload_prediction(x, prediction)",
            "def upload_prediction(x, y):\n    bucket.blob('a').upload_from_string(str(y))\n\n\n",
        ),
        api(
            "path = Path('collected') / f'{uuid.uuid4()}.png'\n    with open(path, 'wb') as f:\n        f.write(x)"
        ),
        f"{HEAD}@app.middleware('http')\nasync def keep(request, call_next):\n    response = await call_next(request)\n    table.insert_one({{'response': response}})\n    return response\n\n\n@app.get('/')\ndef root():\n    return 1\n",
    ],
)
def test_ways_to_collect(code: str) -> None:
    assert judge("inputs_and_outputs_are_collected", code).verdict == "passed"


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        # An upload that lies in the container to be worked on, a file for a moment, a file in memory.
        (api("with open('data/' + x.filename, 'wb') as f:\n        f.write(x.file.read())"), "failed"),
        (api("with open(str(uuid.uuid4()), 'wb') as f:\n        f.write(x)\n    os.remove('a')"), "failed"),
        (api("buffer = io.StringIO()\n    frame.to_csv(buffer, index=False)"), "failed"),
        (api("pass\n    # upload_from_string(prediction)"), "failed"),
        (api("print(prediction)"), "failed"),
        # Start-up code and code of the training write for other reasons.
        (
            f"{HEAD}def train(x):\n    wandb.log({{'prediction': x}})\n\n\n@app.post('/train')\ndef start():\n    train(1)\n",
            "failed",
        ),
        (
            f"{HEAD}@app.on_event('startup')\ndef head():\n    with open('predictions.csv', 'w') as f:\n        f.write('prediction')\n\n\n@app.get('/')\ndef root():\n    return 1\n",
            "failed",
        ),
        (api("logger.info('Predicted %s', prediction)"), "partial"),
        (api("logger.info('Predicting')"), "failed"),
        ("def save(prediction):\n    bucket.upload_from_string(prediction)\n", "blocked"),
    ],
)
def test_what_is_no_collection(code: str, verdict: str) -> None:
    outcome = judge("inputs_and_outputs_are_collected", code)
    # An API that writes nothing at all has not started the module.
    assert outcome.verdict in ((verdict, "blocked") if verdict == "failed" else (verdict,))


REPORT = (
    "from evidently import Report\n"
    + HEAD
    + "@app.get('/report')\ndef report():\n    return Report([]).run(a, b)\n"
)


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        (
            {
                "src/pkg/drift_api.py": REPORT,
                "drift.dockerfile": "FROM python\nCMD uvicorn pkg.drift_api:app --port $PORT\n",
            },
            "passed",
        ),
        (
            {
                "src/pkg/drift_api.py": REPORT,
                "Dockerfile": 'FROM python\nCMD ["python", "src/pkg/drift_api.py"]\n',
            },
            "passed",
        ),
        ({"src/pkg/drift_api.py": REPORT, "deploy.sh": "gcloud run deploy drift --image x\n"}, "passed"),
        (
            {"src/pkg/drift_api.py": REPORT, "Dockerfile": "FROM python\nCMD uvicorn pkg.api:app\n"},
            "partial",
        ),
        ({"src/pkg/drift_api.py": REPORT}, "partial"),
        (
            {"src/pkg/api.py": api("rows.to_csv('a')"), "deploy.sh": "gcloud run deploy api\n"},
            "not_applicable",
        ),
    ],
)
def test_a_service_of_drift(files: dict[str, Any], verdict: str) -> None:
    assert judge("a_drift_api_is_deployed", files).verdict == verdict


def test_a_report_that_nobody_sees() -> None:
    code = "from evidently import Report\nresult = Report([]).run(a, b)\n{}"
    assert judge("drift_reports_are_kept", {"d.py": code.format("")}).verdict == "failed"
    assert (
        judge("drift_reports_are_kept", {"d.py": code.format("result.save_html('a.html')\n")}).verdict
        == "passed"
    )


def test_collection_beside_the_answer() -> None:
    direct = api("rows.to_csv('predictions.csv', mode='a')")
    later = api(
        "t.add_task(save, prediction)",
        "def save(prediction):\n    r.to_csv('a.csv')\n\n\n",
        "x: int, t: BackgroundTasks",
    )
    assert judge("collection_waits_for_the_answer", direct).verdict == "failed"
    assert judge("collection_waits_for_the_answer", later).verdict == "passed"
