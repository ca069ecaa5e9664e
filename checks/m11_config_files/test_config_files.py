"""M11: the settings of experiments are in files, and Hydra reads them."""

import ast
import posixpath
import re

from grader.suite import Evidence, check, evidence, measure, not_applicable, partial, work

from ..common.messages import show

#: What reads a file of settings whose name comes from outside (an argument, a variable), by the file's ending.
_YAML_LOADERS = (
    *(
        "yaml.safe_load",
        "yaml.load",
        "yaml.full_load",
        "YAML",
        "OmegaConf.load",
        "LightningCLI",
        "jsonargparse.CLI",
    ),
    *("hydra.main", "hydra.compose", "parse_yaml_file", "HfArgumentParser", "Dynaconf"),
)
_LOADERS = {
    "yaml": _YAML_LOADERS,
    "yml": _YAML_LOADERS,
    "json": ("json.load", "json.loads", "parse_json_file", "Dynaconf"),
    "toml": ("tomllib.load", "tomli.load", "toml.load", "Dynaconf"),
    "ini": ("ConfigParser",),
}
_HYDRA_LOADS = (
    *("hydra.main", "hydra.compose", "hydra.initialize", "hydra.initialize_config_dir"),
    *("hydra.initialize_config_module", "hydra.experimental.compose", "hydra_zen.zen", "hydra_zen.launch"),
)
_SEEDS = (
    *(
        "manual_seed",
        "manual_seed_all",
        "seed_everything",
        "random.seed",
        "set_seed",
        "numpy.random.default_rng",
    ),
    *("numpy.random.RandomState", "tensorflow.random.set_seed", "isolate_rng", "enable_full_determinism"),
)
_SEED_KEY = re.compile(r"(?:^|[._])(?:seed|random_state|seed_everything)$", re.IGNORECASE)
_PYTHON_CONFIG = re.compile(r"(?:^|/)(?:configs?|settings|hparams|hyperparameters|params)\.py$")


def _configs(submission):
    """The group's own configuration files."""
    return [config for config in submission.configs() if not submission.is_template(config.path)]


@work("a file of settings (YAML, TOML, JSON, INI) with hyperparameters, or code that uses Hydra or OmegaConf")
def find_work(submission):
    declared = {"hydra-core", "omegaconf", "hydra-zen"} & submission.dependencies
    settings = any(config.hyperparameters or config.defaults for config in _configs(submission))
    return bool(
        settings or declared or submission.imports("hydra", "omegaconf") or _python_configs(submission)
    )


def _python_configs(submission):
    """Settings that are a Python module of their own."""
    return [
        Evidence(file.path, 1, "settings in Python")
        for file in submission.code()
        if _PYTHON_CONFIG.search(file.path)
    ]


def _structured(submission):
    """Where settings in Python are given to a library of configurations: Hydra's store, OmegaConf, hydra-zen."""
    found = []
    for file in submission.code():
        for call in file.calls():
            last, given = call.name.rpartition(".")[2], [*call.args, *call.keywords.values()]
            if last == "store" and file.imports_module("hydra", "hydra_zen"):
                several = any(_holds_settings(submission, file, node) for node in given)
            elif call.name in ("omegaconf.OmegaConf.structured", "omegaconf.OmegaConf.create"):
                several = any(_holds_settings(submission, file, node) for node in given[:1])
            else:
                several = call.name == "hydra_zen.builds" and len(call.keywords) > 1
            if several:
                found.append(file.evidence(call))
    return found


def _holds_settings(submission, file, node):
    """Whether a table, a class or an object of one has several values by name."""
    if isinstance(node, ast.Dict):
        return len(node.keys) > 1
    place = submission.modules.home(node.func if isinstance(node, ast.Call) else node, file)
    cls = place[0].classes.get(place[1]) if place else None
    fields = [item for item in cls.node.body if isinstance(item, ast.AnnAssign) and item.value] if cls else []
    return len(fields) > 1


@check(
    "Experiments are configured in files that the code reads",
    points=1,
    scope="project",
    questions=[12, 13],
    boxes=["w1-14"],
    required=False,
    hint="Put learning rate, batch size, epochs, seed, … into `configs/config.yaml`, and let the training read it: "
    '`@hydra.main(config_path="../../configs", config_name="config")`.',
)
def test_experiments_are_configured_in_files(submission):
    configs = [config for config in _configs(submission) if config.hyperparameters]
    read = [(config, place) for config in configs if (place := submission.reads(config))]
    if not read:
        # The name comes from the command line: what is read cannot be told, that something is can.
        loaded = [(config, _loader(submission, config)) for config in configs if not config.is_sweep]
        read = [(config, place) for config, place in loaded if place]
    names = {key for config, _ in read for key in config.hyperparameters}
    measure("n_config_files", len(read))
    measure("n_hyperparameters", len(names))
    for config, place in read[:3]:
        evidence(config.path, config.line(config.hyperparameters[0]), ", ".join(config.hyperparameters[:8]))
        show([place])
    if len(names) > 1:
        return
    weak = [config.evidence(config.hyperparameters[0]) for config in configs] or _python_configs(submission)
    if weak:
        partial(0, "Settings are there, but no code is seen to read them from a file.", weak[:3])
    structured = _structured(submission)
    if structured:
        partial(
            0.5,
            "The settings are in the code, for a library of configurations; not in a file.",
            structured[:3],
        )
    assert names, _nothing_read(submission)


def _loader(submission, config):
    """Where code reads some file of this kind."""
    for name in _LOADERS.get(config.path.rpartition(".")[2].lower(), ()):
        for file, call in submission.calls(name, notebooks=True):
            return file.evidence(call)
    return None


def _nothing_read(submission):
    others = [Evidence(config.path, None, "no hyperparameter in it") for config in _configs(submission)[:3]]
    return others or "No file holds settings of an experiment."


@check(
    "Hydra loads the configuration",
    points=1,
    scope="project",
    questions=[12, 13],
    boxes=["w1-15"],
    required=False,
    hint='`@hydra.main(version_base=None, config_path="…", config_name="config")` above `def main(cfg: DictConfig)`, called '
    "as `main()`.",
)
def test_hydra_loads_the_configuration(submission):
    loads = [(file, call) for name in _HYDRA_LOADS for file, call in submission.calls(name, notebooks=True)]
    measure("n_hydra_programs", len({file.path for file, _ in loads}))
    show(file.evidence(call) for file, call in loads[:3])
    settings = any(config.hyperparameters for config in _configs(submission))
    if loads and (settings or submission.calls("ConfigStore.instance", "ConfigStore") or _stores(submission)):
        return
    if loads:
        partial(0.5, "Hydra is started, but there is no file of hyperparameters for it to load.")
    omega = [file.evidence(call) for file, call in submission.calls("OmegaConf.load", notebooks=True)]
    omega += [
        file.evidence(call) for file, call in submission.calls("hydra.utils.instantiate", notebooks=True)
    ]
    if omega:
        partial(0, "OmegaConf loads the settings, without Hydra.", omega[:3])
    assert loads, _unused(submission)


def _stores(submission):
    return submission.mentions("hydra.core.config_store.ConfigStore", "hydra_zen.store", "hydra_zen.builds")


def _unused(submission):
    imported = submission.imports("hydra", notebooks=True)
    declared = [one for one in submission.requirements if one.name == "hydra-core"][:1]
    if imported:
        return imported[:3]
    if declared:
        return f"hydra-core is declared in {declared[0].path}, but no code uses it."
    return "No code uses Hydra."


@check(
    "Every file that Hydra is told to load is there",
    points=1,
    scope="project",
    questions=[12],
    required=False,
    hint="`config_path` starts at the folder of the script. Each line of `defaults` names a file: `- model: cnn` is "
    "`model/cnn.yaml` beside the configuration.",
)
def test_configurations_are_there(submission):
    programs = submission.calls("hydra.main")
    if not programs or _stores(submission):
        not_applicable("No program loads its configuration from files with `hydra.main`.")
    wrong = []
    for file, call in programs:
        folder, name = call.argument("config_path"), call.argument("config_name")
        if isinstance(folder, str) and isinstance(name, str) and not folder.startswith(("pkg:", "/")):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), folder, name))
            if not _is_there(submission, path):
                wrong.append(file.evidence(call, f"there is no {path.removesuffix('.yaml')}.yaml"))
    for config in _configs(submission):
        place = submission.reads(config)
        wrong += [] if place is None else list(_missing(submission, config))
    assert not wrong, wrong[:10]


def _is_there(submission, path):
    return submission.exists(path) or submission.exists(f"{path}.yaml") or submission.exists(f"{path}.yml")


def _missing(submission, config):
    listed = config.data.get("defaults")
    free = {
        word
        for item in (listed if isinstance(listed, list) else ())
        if isinstance(item, dict)
        for key in item
        if str(key).startswith(("optional ", "override "))
        for word in [str(key).split(" ")[-1].partition("@")[0]]
    }
    for default in config.defaults:
        group = default.lstrip("/").rpartition("/")[0]
        if default.endswith("/") or default.startswith("hydra") or group in free:
            continue
        above = [posixpath.dirname(config.path)]
        while above[-1]:
            above.append(posixpath.dirname(above[-1]))
        if not any(_is_there(submission, posixpath.join(folder, default.lstrip("/"))) for folder in above):
            yield Evidence(config.path, config.line("defaults"), f"there is no {default}.yaml")


@check(
    "The seed comes from the configuration",
    points=1,
    scope="project",
    questions=[13],
    required=False,
    hint="`seed: 42` in the configuration and `torch.manual_seed(cfg.seed)` (or `seed_everything(cfg.seed)`) in the script.",
)
def test_seed_is_configured(submission):
    keys = [config for config in _configs(submission) if any(map(_SEED_KEY.search, config.keys))]
    assert keys, "No configuration has a seed: two runs of an experiment differ."
    places = [
        file.evidence(call)
        for name in _SEEDS
        for file, call in submission.calls(name, notebooks=True)
        if [*call.args, *call.keywords.values()]
        and not isinstance([*call.args, *call.keywords.values()][0], ast.Constant)
    ]
    given = [
        file.evidence(call)
        for file in submission.code(notebooks=True)
        for call in file.calls()
        for name, value in call.keywords.items()
        if _SEED_KEY.search(name) and not isinstance(value, ast.Constant)
    ]
    # Lightning's command line takes the key `seed_everything` by itself.
    given += [file.evidence(call) for file, call in submission.calls("LightningCLI")]
    key = next(name for name in keys[0].keys if _SEED_KEY.search(name))
    assert places or given, Evidence(keys[0].path, keys[0].line(key), f"no code sets a seed from {key}")
