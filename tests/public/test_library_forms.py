"""What a library lets one write in another way: workers of loaders, metrics, pages, documentation, faster models, settings."""

from typing import Any

import pytest

from grader.exam.claims import load_tools
from grader.exam.claims.tools.dictionary import Tool
from grader.testing import run_check
from tests.places import CHECKS, REPORTS

LOADER = "from torch.utils.data import DataLoader\n"
Files = dict[str, Any]


def verdict(suite: str, check: str, files: Files) -> str:
    return run_check(CHECKS / suite, check, files, profile="project").verdict


def workers(files: Files | str) -> str:
    files = {"src/p/train.py": files} if isinstance(files, str) else files
    return verdict("m29_data_loading", "several_processes_load", files)


ARGUMENTS = "import argparse\n{loader}\ndef main(d):\n    p = argparse.ArgumentParser()\n    p.add_argument('{option}', type=int, default=0)\n    a = p.parse_args()\n    return DataLoader(d, num_workers=a.num_workers)\n"
TRAIN = ARGUMENTS.format(loader=LOADER, option="--num-workers")
HYDRA = f"import hydra\n{LOADER}\n@hydra.main(config_path='conf', config_name='c')\ndef main(cfg):\n    DataLoader(x, num_workers=cfg.data.num_workers)\n"

SEVERAL: list[Files | str] = [
    # Loaders of other libraries (P58: DTU-MLOPS-12/dtu_mlops_project).
    "from timm.data import create_loader\ndef f(d):\n    return create_loader(d, input_size=(3, 8, 8), batch_size=4, num_workers=4)\n",
    "from torch_geometric.loader import NeighborLoader\nNeighborLoader(d, num_neighbors=[5], num_workers=4)\n",
    "import webdataset as wds\nloader = wds.WebLoader(d, num_workers=4)\n",
    "from datasets import load_dataset\nd = load_dataset('mnist', num_proc=4)\n",
    "from transformers import TrainingArguments\nTrainingArguments('out', dataloader_num_workers=4)\n",
    "from trl import SFTConfig\nargs = SFTConfig(dataloader_num_workers=4)\n",
    "from fastai.vision.all import DataBlock\ndls = DataBlock().dataloaders('x', num_workers=4)\n",
    "from anomalib.data import MVTecAD\ndm = MVTecAD(num_workers=8)\n",
    "from ultralytics import YOLO\nYOLO('x.pt').train(data='d.yaml', workers=4)\n",
    "import tensorflow as tf\nd = tf.data.Dataset.range(3).map(f, num_parallel_calls=tf.data.AUTOTUNE)\n",
    # Tables of keywords (P59), and functions that hold them.
    LOADER + "L = {'batch_size': 4, 'num_workers': 4}\ndef f(d):\n    return DataLoader(d, **L)\n",
    LOADER + "L = dict(batch_size=4, num_workers=4)\nDataLoader(d, shuffle=True, **L)\n",
    LOADER + "B = {'num_workers': 4}\nL = {**B, 'shuffle': True}\nDataLoader(d, **L)\n",
    LOADER
    + "k = {'batch_size': 4}\nif cuda:\n    k.update({'num_workers': 2, 'pin_memory': True})\nDataLoader(d, **k)\n",
    LOADER + "k = {}\nk['num_workers'] = 4\nDataLoader(d, **k)\n",
    LOADER + "k = {'num_workers': 4, 'pin_memory': True} if cuda else {}\nDataLoader(d, **k)\n",
    {
        "src/p/__init__.py": "",
        "src/p/settings.py": "LOADER = {'num_workers': 4}\n",
        "src/p/train.py": LOADER + "from p.settings import LOADER\nDataLoader(d, **LOADER)\n",
    },
    LOADER
    + "class D:\n    def __init__(self):\n        self.k = dict(num_workers=4)\n    def f(self, d):\n        DataLoader(d, **self.k)\n",
    LOADER
    + "from functools import partial\nmake = partial(DataLoader, batch_size=4, num_workers=4)\nmake(d)\n",
    LOADER + "import functools\nmake = functools.partial(DataLoader, **{'num_workers': 4})\n",
    LOADER + "def make(d, **kwargs):\n    return DataLoader(d, **kwargs)\nmake(d, num_workers=4)\n",
    LOADER + "DataLoader(d, 4, True, None, None, 4)\n",
    "from torch.utils.data import DataLoader\nclass Own(DataLoader):\n    def __init__(self, d):\n        super().__init__(d, batch_size=4, num_workers=4)\n",
    LOADER
    + "class DM:\n    def __init__(self, num_workers: int = 0):\n        self.n = num_workers\n    def l(self):\n        return DataLoader(d, num_workers=self.n)\nDM(num_workers=4)\n",
    LOADER + "import os\nDataLoader(d, num_workers=int(os.environ.get('NUM_WORKERS', '4')))\n",
    {
        "train.py": LOADER + "import os\nDataLoader(d, num_workers=int(os.environ['NUM_WORKERS']))\n",
        "Dockerfile": "FROM python:3.12\nENV NUM_WORKERS=4\n",
    },
    # Defaults that scripts and configurations override (P77: MarcMarabou/02476_ml_ops_project).
    {"src/p/train.py": TRAIN, "run.sh": "#!/bin/sh\npython src/p/train.py --num-workers=8\n"},
    {
        "src/p/train.py": TRAIN,
        "jobs/a.bsub": "#BSUB -n 4\ntorchrun --nproc_per_node 2 src/p/train.py --num-workers 8\n",
    },
    {
        "src/p/train.py": TRAIN,
        "src/p/__init__.py": "",
        "Makefile": "t:\n\tuv run python -m p.train --num-workers 8\n",
    },
    {
        "src/p/train.py": TRAIN,
        "Dockerfile": 'FROM python:3.12\nCMD ["python", "src/p/train.py", "--num-workers", "4"]\n',
    },
    {
        "train.py": HYDRA,
        "conf/c.yaml": "lr: 1\ndata:\n  num_workers: 0\n",
        "run.sh": "python train.py data.num_workers=8\n",
    },
    {"train.py": HYDRA, "conf/c.yaml": "lr: 1\ndata:\n  num_workers: 6\n"},
    {
        "train.py": LOADER + "import wandb\nDataLoader(d, num_workers=wandb.config.num_workers)\n",
        "sweep.yaml": "method: grid\nprogram: train.py\nparameters:\n  num_workers:\n    values: [0, 4]\n",
    },
    {
        "train.py": "import hydra\n@hydra.main(config_path='conf', config_name='c')\ndef main(cfg):\n    hydra.utils.instantiate(cfg.loader, dataset=d)\n",
        "conf/c.yaml": "lr: 1\nloader:\n  _target_: torch.utils.data.DataLoader\n  num_workers: 4\n",
    },
    {
        "train.py": LOADER + "DataLoader(d, **cfg.loader)\n",
        "conf/c.yaml": "lr: 1\nloader:\n  num_workers: 4\n  batch_size: 2\n",
    },
]
ALONE: list[Files | str] = [
    LOADER + "L = {'batch_size': 4}\nDataLoader(d, **L)\n",
    LOADER + "L = {'num_workers': 0}\nDataLoader(d, **L)\n",
    LOADER + "L = {'num_workers': 4}\nOTHER = {'batch_size': 2}\nDataLoader(d, **OTHER)\n",
    LOADER + "L = {'num_workers': 4}\nDataLoader(d)\n",
    LOADER + "from functools import partial\nrun = partial(print, num_workers=4)\nDataLoader(d)\n",
    LOADER + "from functools import partial\nmake = partial(DataLoader, batch_size=4)\nmake(d)\n",
    LOADER + "num_workers = 8\nDataLoader(d, num_workers=0)\n",
    LOADER
    + "class DM:\n    def __init__(self, num_workers=4):\n        pass\n    def l(self):\n        return DataLoader(d)\nDM(num_workers=4)\n",
    LOADER + "DataLoader(d, 4, True)\n",
    "from timm.data import create_loader\ncreate_loader(d, batch_size=4, num_workers=0)\n",
    "from transformers import TrainingArguments\nTrainingArguments('out', dataloader_num_workers=0)\n",
    # Workers of a server, of a training, and of another program.
    {"train.py": LOADER + "DataLoader(d)\n", "gunicorn.conf.py": "workers = 4\n"},
    {
        "train.py": LOADER
        + "from ray.train import ScalingConfig\nScalingConfig(num_workers=4)\nDataLoader(d)\n"
    },
    {"train.py": TRAIN, "run.sh": "python train.py --num-workers=0\n"},
    {"train.py": TRAIN, "run.sh": "# python train.py --num-workers=8\npython train.py\n"},
    {"train.py": TRAIN, "run.sh": "python train.py\ngunicorn --num-workers=8 app:app\n"},
    {
        "train.py": TRAIN,
        "serve.py": TRAIN.split("return")[0].replace(LOADER, ""),
        "run.sh": "python serve.py --num-workers=8\n",
    },
    {"train.py": TRAIN, "run.sh": "torchrun --num-workers=8 train.py\n"},
    {
        "train.py": HYDRA,
        "conf/c.yaml": "lr: 1\ndata:\n  num_workers: 0\n",
        "run.sh": "python train.py data.batch_size=8\n",
    },
    {
        "train.py": LOADER + "DataLoader(d, **cfg.loader)\n",
        "conf/c.yaml": "lr: 1\nserver:\n  num_workers: 4\nloader:\n  batch_size: 2\n",
    },
]


@pytest.mark.parametrize("files", SEVERAL)
def test_several_processes_load(files: Files | str) -> None:
    assert workers(files) == "passed"


@pytest.mark.parametrize("files", ALONE)
def test_one_process_loads(files: Files | str) -> None:
    assert workers(files) == "failed"


API = "from fastapi import FastAPI\napp = FastAPI()\n"
EXPORTER = f"from starlette_exporter import PrometheusMiddleware, handle_metrics\n{API}app.add_middleware(PrometheusMiddleware)\n"
CLIENT = f"import prometheus_client as pc\nfrom fastapi import Response\n{API}"

EXPOSED = [
    # P61: the handler is named, not called.
    EXPORTER + "app.add_route('/metrics', handle_metrics)\n",
    EXPORTER.replace("handle_metrics", "handle_openmetrics")
    + "app.add_route('/metrics', handle_openmetrics)\n",
    EXPORTER + "from starlette.routing import Route\nroutes = [Route('/metrics', handle_metrics)]\n",
    EXPORTER + "app.router.add_route('/metrics', handle_metrics)\n",
    EXPORTER + "app.add_api_route(path='/metrics', endpoint=handle_metrics)\n",
    f"from starlette_prometheus import metrics, PrometheusMiddleware\n{API}app.add_route('/metrics', metrics)\n",
    f"import starlette_exporter as se\n{API}app.add_route('/metrics', se.handle_metrics)\n",
    f"from aioprometheus.asgi.starlette import metrics\n{API}app.add_route('/m', metrics)\n",
    CLIENT + "app.mount('/metrics', pc.make_asgi_app())\n",
    CLIENT + "from starlette.routing import Mount\nr = [Mount('/metrics', app=pc.make_asgi_app())]\n",
    CLIENT + "pc.start_http_server(8001)\n",
    CLIENT + "@app.get('/metrics')\ndef m():\n    return Response(pc.generate_latest())\n",
    f"from prometheus_fastapi_instrumentator import Instrumentator\n{API}Instrumentator().instrument(app).expose(app)\n",
    f"from prometheus_fastapi_instrumentator import Instrumentator\n{API}i = Instrumentator()\ni.instrument(app)\n@app.on_event('startup')\ndef s():\n    i.expose(app)\n",
    "from litestar import Litestar\nfrom litestar.plugins.prometheus import PrometheusController, PrometheusConfig\n"
    "app = Litestar(route_handlers=[PrometheusController], middleware=[PrometheusConfig().middleware])\n",
]
NOT_EXPOSED = [
    EXPORTER,
    EXPORTER + "app.add_route('/health', health)\n",
    EXPORTER + "# app.add_route('/metrics', handle_metrics)\n",
    CLIENT + "c = pc.Counter('a', 'b')\nc.inc()\n",
    f"from prometheus_fastapi_instrumentator import Instrumentator\n{API}Instrumentator().instrument(app)\n",
    CLIENT + "make = pc.make_asgi_app\n",
    f"from sklearn import metrics\nimport prometheus_client\n{API}app.add_route('/metrics', metrics)\n",
]


@pytest.mark.parametrize(
    ("code", "expected"), [(one, "passed") for one in EXPOSED] + [(one, "failed") for one in NOT_EXPOSED]
)
def test_metrics_can_be_read(code: str, expected: str) -> None:
    assert verdict("m28_monitoring", "metrics_are_exposed", {"src/p/api.py": code}) == expected


NET = "import torch\nclass Net(torch.nn.Module):\n    def forward(self, x):\n        return x\n"
GRADIO = "import gradio as gr\nimport torch\n{model}\ndef predict(x):\n    return {answer}\ngr.Interface(fn=predict, inputs='image', outputs='label').launch()\n"

ASKING: list[Files | str] = [
    # P62: the page runs the model in its own file.
    GRADIO.format(model="model = torch.nn.Linear(2, 2)", answer="model(torch.tensor(x))"),
    GRADIO.format(model=NET + "model = Net()\nmodel.load_state_dict({})", answer="model(x).argmax()"),
    GRADIO.format(model="model = torch.nn.Linear(2, 2)", answer="torch.softmax(model(x), 0)"),
    {
        "app.py": GRADIO.format(model="from p.net import Net\nmodel = Net()", answer="model(x)"),
        "src/p/net.py": NET,
    },
    "import gradio as gr\nfrom transformers import pipeline\npipe = pipeline('text-classification')\ngr.Interface(lambda t: pipe(t), 'text', 'label').launch()\n",
    "import gradio as gr\nfrom transformers import pipeline\ngr.Interface.from_pipeline(pipeline('image-classification')).launch()\n",
    "import gradio as gr\ngr.load('models/google/vit-base-patch16-224').launch()\n",
    "import streamlit as st\nfrom ultralytics import YOLO\n@st.cache_resource\ndef load():\n    return YOLO('best.pt')\nst.write(load()(st.file_uploader('x')))\n",
    "import streamlit as st\nfrom sklearn.linear_model import LogisticRegression\nm = LogisticRegression().fit(x, y)\nst.write(m.predict(z))\n",
    "import streamlit as st\nimport torchvision\nm = torchvision.models.resnet18(weights='DEFAULT')\nst.image(m(x))\n",
    "from dash import Dash, Input, Output\nimport timm\napp = Dash()\nnet = timm.create_model('resnet18', pretrained=True)\n@app.callback(Output('a', 'b'), Input('c', 'd'))\ndef f(x):\n    return net(x)\n",
    "import gradio as gr\nfrom fastapi import FastAPI\nimport torch\nm = torch.nn.Linear(2, 2)\nwith gr.Blocks() as demo:\n    gr.Button().click(lambda x: m(x))\napp = gr.mount_gradio_app(FastAPI(), demo, path='/ui')\n",
    "import streamlit as st\nfrom huggingface_hub import InferenceClient\nst.write(InferenceClient().image_classification('x'))\n",
    "import streamlit as st\nimport requests\nst.write(requests.post(st.secrets['URL'], json={}).json())\n",
]
NOT_ASKING = [
    GRADIO.format(model="", answer="torch.tensor(x).sum()"),
    GRADIO.format(model="model = torch.nn.Linear(2, 2)", answer="x"),
    GRADIO.format(model="def model(x):\n    return 'cat'", answer="model(x)"),
    GRADIO.format(model=NET, answer="'cat'"),
    "import streamlit as st\nimport pandas as pd\nst.dataframe(pd.read_csv('x.csv'))\n",
    "import streamlit as st\nimport torch\nst.write(torch.__version__)\nst.line_chart(torch.rand(3).numpy())\n",
    "import gradio as gr\ngr.Interface(lambda x: x[::-1], 'text', 'text').launch()\n",
]


@pytest.mark.parametrize("files", ASKING)
def test_a_page_asks_a_model(files: Files | str) -> None:
    files = {"app.py": files} if isinstance(files, str) else files
    assert verdict("m26_frontend", "a_frontend_asks_the_api", files) == "passed"


@pytest.mark.parametrize("code", NOT_ASKING)
def test_a_page_that_asks_nothing(code: str) -> None:
    assert verdict("m26_frontend", "a_frontend_asks_the_api", {"app.py": code}) == "failed"


LIGHT = "import lightning as L\nclass Net(L.LightningModule):\n    def forward(self, x):\n        return x\n"

FASTER: list[Files | str] = [
    # P79: Lightning's own names.
    {
        "src/p/net.py": LIGHT,
        "src/p/s.py": "from p.net import Net\nNet().to_torchscript(file_path='net.pt', method='trace')\n",
    },
    "from lightning.pytorch.callbacks import ModelPruning\nfrom lightning import Trainer\nTrainer(callbacks=[ModelPruning('l1_unstructured', amount=0.5)])\n",
    "from pytorch_lightning.callbacks import QuantizationAwareTraining\nq = QuantizationAwareTraining()\n",
    "from torch.nn.utils import prune\nimport torch\nprune.l1_unstructured(torch.nn.Linear(1, 1), 'weight', 0.5)\n",
    "import torch\nmodel = torch.nn.Linear(1, 1)\nmodel.compile()\n",
    "import torch\n@torch.compile\ndef f(x):\n    return x\n",
    "from transformers import TrainingArguments\na = TrainingArguments('o', torch_compile=True)\n",
    "from transformers import AutoModel\nm = AutoModel.from_pretrained('x', load_in_8bit=True)\n",
    "from ultralytics import YOLO\nYOLO('x.pt').export(format='onnx', int8=True)\n",
    "import tensorflow as tf\nc = tf.lite.TFLiteConverter.from_keras_model(m)\nc.optimizations = [tf.lite.Optimize.DEFAULT]\n",
    "from optimum.quanto import quantize, qint8\nquantize(m, weights=qint8)\n",
    "import onnxruntime.quantization as q\nq.quantize_dynamic('a.onnx', 'b.onnx')\n",
]
NOT_FASTER = [
    "class Net:\n    def to_torchscript(self):\n        pass\nNet().to_torchscript()\n",
    LIGHT + "# Net().to_torchscript()\n",
    LIGHT + "def to_onnx():\n    pass\nto_onnx()\n",
    "import keras\nm = keras.Sequential()\nm.compile(optimizer='adam', loss='mse')\n",
    "import re\nimport torch\nre.compile('x')\n",
    "from transformers import TrainingArguments\na = TrainingArguments('o', torch_compile=False)\n",
    "import torch\nx = torch.load('m.pt')\n",
]


@pytest.mark.parametrize("files", FASTER)
def test_a_model_was_made_faster(files: Files | str) -> None:
    files = {"src/p/s.py": files} if isinstance(files, str) else files
    assert verdict("m31_inference", "a_model_was_made_faster", files) == "passed"


@pytest.mark.parametrize("code", NOT_FASTER)
def test_no_model_was_made_faster(code: str) -> None:
    assert verdict("m31_inference", "a_model_was_made_faster", {"src/p/s.py": code}) in ("failed", "blocked")


@pytest.mark.parametrize(
    "code",
    [
        "import torch\ntorch.onnx.export(m, x, 'm.onnx')\n",
        LIGHT + "Net.load_from_checkpoint('x').to_onnx('net.onnx')\n",
    ],
)
def test_an_export_alone_is_not_faster(code: str) -> None:
    assert verdict("m31_inference", "a_model_was_made_faster", {"src/p/s.py": code}) == "blocked"


TEXT = "# Title\n\n" + "This page tells how the project is set up and used by people. " * 40
STEPS = "on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n{}"
QUARTO = {"_quarto.yml": "project:\n  type: website\n", "index.qmd": TEXT}
DOCSTRINGS = '"""' + TEXT + '"""\n\n\ndef f():\n    return 1\n'


def documented(files: Files, *checks: str) -> list[str]:
    checks = checks or ("documentation_is_written", "documentation_is_published")
    return [verdict("m32_documentation", check, files) for check in checks]


def step(text: str) -> str:
    return STEPS.format(f"      - {text}\n")


PUBLISHED: list[Files] = [
    # P66: a site of Quarto, and its own action.
    {
        **QUARTO,
        ".github/workflows/d.yml": step(
            "{uses: quarto-dev/quarto-actions/publish@v2, with: {target: gh-pages}}"
        ),
    },
    {**QUARTO, ".github/workflows/d.yml": step("run: quarto publish gh-pages --no-browser")},
    {
        "website/_quarto.yaml": "project: {type: book}\n",
        "website/guide/use.qmd": TEXT,
        ".github/workflows/d.yml": step("uses: actions/deploy-pages@v4"),
    },
    {
        "sphinx/conf.py": "project = 'p'\n",
        "sphinx/index.rst": TEXT,
        ".github/workflows/d.yml": step("run: sphinx-build sphinx out && ghp-import -n -p out"),
    },
    {
        "book/_config.yml": "title: P\n",
        "book/_toc.yml": "format: jb-book\nroot: intro\n",
        "book/intro.md": TEXT,
        ".github/workflows/d.yml": step(
            "run: jupyter-book build book\n      - uses: peaceiris/actions-gh-pages@v4"
        ),
    },
    {
        "myst.yml": "version: 1\n",
        "guide.md": TEXT,
        ".github/workflows/d.yml": step("uses: actions/upload-pages-artifact@v3"),
    },
    {
        "src/p/a.py": DOCSTRINGS,
        ".github/workflows/d.yml": step(
            "run: pdoc src/p -o out\n      - uses: actions/upload-pages-artifact@v3"
        ),
    },
    {
        "mkdocs.yml": "site_name: P\ndocs_dir: handbook\n",
        "handbook/index.md": TEXT,
        ".github/workflows/d.yml": step(
            "run: |\n          mkdocs build\n          cd site && git init && git push -f origin HEAD:gh-pages"
        ),
    },
]


@pytest.mark.parametrize("files", PUBLISHED)
def test_documentation_of_any_builder_is_written_and_published(files: Files) -> None:
    assert documented(files) == ["passed", "passed"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        # A site is rendered, and goes nowhere; the action is switched off.
        (
            {**QUARTO, ".github/workflows/d.yml": step("uses: quarto-dev/quarto-actions/render@v2")},
            ["passed", "partial"],
        ),
        (
            {
                **QUARTO,
                ".github/workflows/d.yml": step("{uses: quarto-dev/quarto-actions/publish@v2, if: false}"),
            },
            ["passed", "partial"],
        ),
        ({"_quarto.yml": "project: {type: website}\n", "index.qmd": "# Title\n"}, ["failed", "partial"]),
        # Reports and slides of Quarto are no documentation where no site takes them in.
        ({"README.md": "# P\n", "slides/talk.qmd": TEXT}, ["failed", "not_applicable"]),
        ({"README.md": "# P\n", "src/p/a.py": DOCSTRINGS}, ["failed", "not_applicable"]),
        (
            {"README.md": "# P\n", "src/p/a.py": "x = 1\n", "Makefile": "d:\n\tpdoc src/p\n"},
            ["failed", "not_applicable"],
        ),
    ],
)
def test_documentation_that_is_not_all_there(files: Files, expected: list[str]) -> None:
    assert documented(files) == expected


DATACLASS = "from dataclasses import dataclass\n\n@dataclass\nclass Config:\n    lr: float = 0.1\n    batch_size: int = 32\n\n"
STORE = "import hydra\nfrom hydra.core.config_store import ConfigStore\n"
STRUCTURED = [
    # P75: hyperparameters in Hydra's structured configuration.
    f"{STORE}{DATACLASS}ConfigStore.instance().store(name='config', node=Config)\n",
    f"{STORE}{DATACLASS}cs = ConfigStore.instance()\ncs.store(name='config', node=Config(lr=1.0))\n",
    f"{STORE}ConfigStore.instance().store(name='c', node={{'lr': 0.1, 'epochs': 3}})\n",
    f"from omegaconf import OmegaConf\n{DATACLASS}cfg = OmegaConf.structured(Config)\n",
    "from omegaconf import OmegaConf\ncfg = OmegaConf.create({'lr': 0.1, 'epochs': 3})\n",
    "from hydra_zen import builds, store\nstore(builds(train, lr=0.1, epochs=3), name='c')\n",
]
UNSTORED = [
    f"{STORE}{DATACLASS}",
    f"{STORE}{DATACLASS}print(Config)\n",
    f"{STORE}from dataclasses import dataclass\n@dataclass\nclass Config:\n    pass\nConfigStore.instance().store(name='c', node=Config)\n",
    "from omegaconf import OmegaConf\ncfg = OmegaConf.create({})\n",
]


@pytest.mark.parametrize(
    ("code", "expected"), [(one, "partial") for one in STRUCTURED] + [(one, "failed") for one in UNSTORED]
)
def test_settings_in_structured_configurations(code: str, expected: str) -> None:
    files = {
        "src/p/train.py": code,
        "pyproject.toml": "[project]\nname='p'\nversion='0'\ndependencies=['hydra-core']\n",
    }
    assert verdict("m11_config_files", "experiments_are_configured_in_files", files) == expected


def test_a_declared_package_shows_no_part_of_it() -> None:
    """P70: scipy among the requirements is no trace of drift detection, nor torch of TorchScript."""
    tools = {tool.name: tool for tool in map(Tool.model_validate, load_tools(REPORTS)["tool"])}
    assert tools["data drift"].declared_as == ()
    assert tools["PyTorch profiler"].declared_as == ("torch-tb-profiler",)
    assert "evidently" in tools["Evidently"].declared_as
