"""Configuration of experiments: keys, hyperparameters, Hydra's defaults, sweeps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from grader.parsing.plain_shapes import listed
from grader.repository.configs.config_files import config_files
from grader.repository.faults import Evidence, evidence
from grader.repository.formats.yaml_data import YamlMap
from grader.repository.parsed_view import ParsedView

MAX_KEYS = 2_000
MAX_DEPTH = 20
#: Last words of a key that name a hyperparameter, whatever precedes them.
_WORDS = """
    lr learning_rate learningrate lr_rate batch_size batchsize bs train_batch_size eval_batch_size epochs n_epochs num_epochs
    max_epochs epoch nepochs num_train_epochs max_steps seed random_seed random_state dropout dropout_rate dropout_prob p_dropout
    optimizer optim optimiser weight_decay momentum betas gamma alpha beta eps step_size scheduler lr_scheduler warmup_steps
    warmup_ratio num_workers n_workers workers model model_name architecture arch backbone num_layers n_layers layers num_heads
    n_heads heads num_filters filters channels in_channels out_channels kernel_size stride embedding_dim embed_dim latent_dim
    hidden hidden_size hidden_dim hidden_dims hidden_layers hidden_units hidden_channels input_dim output_dim input_size
    output_size num_classes n_classes image_size img_size input_shape max_length max_len max_seq_length seq_len criterion loss
    loss_fn loss_function activation patience early_stopping gradient_clip_val grad_clip clip accumulate_grad_batches precision
    val_split test_split test_size val_size train_split split_ratio train_ratio n_estimators max_depth min_samples_split
    criterion_name l1 l2 regularization temperature top_k label_smoothing pretrained freeze augment augmentation subset_size
    num_samples n_samples limit_train_batches num_folds n_folds k_folds
"""
_HYPERPARAMETERS = frozenset(_WORDS.split())
_ENDINGS = (
    "_lr",
    "_learning_rate",
    "_batch_size",
    "_epochs",
    "_dropout",
    "_seed",
    "_weight_decay",
    "_hidden_dim",
)
_SWEEPERS = ("optuna", "ax", "nevergrad")


@dataclass(frozen=True)
class Config:
    """A configuration file: `path` and its `data` (a mapping).

    `keys` are dotted, each mapping before its content, at most 2 000; lists are not searched.
    """

    path: str
    data: dict[Any, Any] = field(repr=False, compare=False)
    text: str = field(repr=False, compare=False, default="")

    @cached_property
    def values(self) -> dict[str, Any]:
        """The value of each dotted key, in order."""
        found: dict[str, Any] = {}
        for key, value in _flat(self.data, "", 0):
            found.setdefault(key, value)
            if len(found) >= MAX_KEYS:
                break
        return found

    @property
    def keys(self) -> tuple[str, ...]:
        """The dotted keys, in order."""
        return tuple(self.values)

    @cached_property
    def defaults(self) -> tuple[str, ...]:
        """The files that Hydra composes this one from, as paths below the configuration folder: `model/cnn`.

        `override` and `@package` are left out; a group without a choice (`???`, null) ends in `/`.
        """
        found: list[str] = []
        for item in listed(self.data, "defaults")[:200]:
            if isinstance(item, str) and item != "_self_":
                found.append(item.partition("@")[0][:200])
            elif isinstance(item, dict):
                for group, options in item.items():
                    name = str(group).split(" ")[-1].partition("@")[0][:200]
                    for option in options if isinstance(options, list) else [options]:
                        chosen = (
                            isinstance(option, str) and option not in ("???", "null") and "$" not in option
                        )
                        found.append(f"{name}/{option[:200]}" if chosen else f"{name}/")
        return tuple(dict.fromkeys(found))

    @cached_property
    def hyperparameters(self) -> tuple[str, ...]:
        """Keys whose last word names a hyperparameter; for a sweep, every parameter that it varies."""
        if self.is_wandb_sweep:
            return tuple(str(key)[:200] for key in list(self.data["parameters"])[:MAX_KEYS])
        return tuple(
            key
            for key in self.values
            if is_hyperparameter(key) and not key.startswith(("hydra.", "defaults"))
        )

    @property
    def is_wandb_sweep(self) -> bool:
        """Whether it is a sweep of Weights & Biases, with a method and parameters."""
        return isinstance(self.data.get("parameters"), dict) and isinstance(self.data.get("method"), str)

    @cached_property
    def is_sweep(self) -> bool:
        """Whether it describes a search over hyperparameters: W&B's, a Hydra sweeper's, Vertex AI's or Optuna's."""
        if self.is_wandb_sweep or "studySpec" in self.data:
            return True
        if any(key.startswith(("hydra.sweeper.params", "hydra.sweeper.search_space")) for key in self.values):
            return True
        sweeps = any(key.startswith("hydra/sweeper") or name in _SWEEPERS for key, name in self._choices())
        optuna = self.data.get("optuna")
        return sweeps or (isinstance(optuna, dict) and bool(optuna))

    def _choices(self) -> Iterator[tuple[str, str]]:
        for default in self.defaults:
            group, _, option = default.rpartition("/")
            if group.endswith("sweeper"):
                yield group, option

    def evidence(self, key: str = "") -> Evidence:
        """Return the place of a dotted key (the file without one); `text` is its line."""
        line = self.line(key) if key else None
        lines = self.text.split("\n")
        text = lines[line - 1].strip() if line and line <= len(lines) else key
        return evidence(self.path, line, text)

    def line(self, key: str) -> int | None:
        """Return the line of a dotted key: exact for YAML, else the first line that sets its last word."""
        here: Any = self.data
        line: int | None = None
        rest = key
        while isinstance(here, YamlMap) and rest:
            part = next((name for name in here if rest == str(name) or rest.startswith(f"{name}.")), None)
            if part is None:
                break
            line, here, rest = here.lines[part], here[part], rest[len(str(part)) + 1 :]
        if line is not None:
            return line
        word = key.rpartition(".")[2]
        pattern = re.compile(rf"""\s{{0,200}}["']?{re.escape(word)}["']?\s{{0,20}}[=:]""")
        return next((n for n, text in enumerate(self.text.split("\n"), 1) if pattern.match(text)), None)


def configs(view: ParsedView) -> list[Config]:
    """Return every configuration file of experiments, by path; files of tools and data are skipped."""
    return [Config(path, data, view.text(path)) for path, data in config_files(view)]


def is_hyperparameter(key: str) -> bool:
    """Return whether the last word of a dotted key names a hyperparameter."""
    word = key.rpartition(".")[2].lower().replace("-", "_")
    return word in _HYPERPARAMETERS or word.endswith(_ENDINGS) or word.startswith("hidden_")


def _flat(data: dict[Any, Any], prefix: str, depth: int) -> Iterator[tuple[str, Any]]:
    for name, value in data.items():
        key = f"{prefix}{str(name)[:200]}"[:500]
        yield key, value
        if isinstance(value, dict) and depth < MAX_DEPTH:
            yield from _flat(value, f"{key}.", depth + 1)
