"""M15: a public snippet that runs the students' training, and then asks their model, by its own Trainer, about hidden batches.

All happens in one process, since importing Lightning takes longer than all else. Labels are made of the trained model's own
answers, some of them shifted: so what is right about them follows from the model that is asked.
"""

#: Looks at each fit of the students' script, and runs that script. Devices are those that there are: one CPU.
RUN = r"""
import copy, functools, importlib, io, os, pathlib, random, sys, types, warnings, contextlib, logging

os.environ["OMP_NUM_THREADS"] = "1"
for place in reversed(imports_in):
    sys.path.insert(0, os.path.abspath(place))
import torch

torch.set_num_threads(1)
homes = [importlib.import_module(name) for name in flavours]
warnings.simplefilter("ignore")
for home in homes:
    logging.getLogger(home.__name__).setLevel(logging.ERROR)
top, fits, given_to = os.getcwd(), [], {}

def plain(metrics):
    return {str(name): float(value) for name, value in dict(metrics).items() if torch.as_tensor(value).numel() == 1}

def loss_of(outputs):
    value = outputs.get("loss") if isinstance(outputs, dict) else outputs
    return float(value) if torch.is_tensor(value) and value.numel() == 1 else None

def parts(batch):
    if isinstance(batch, dict):
        inputs = next(name for name, one in batch.items() if torch.is_tensor(one) and one.is_floating_point())
        labels = next(name for name, one in batch.items() if torch.is_tensor(one) and not one.is_floating_point())
        return batch[inputs], batch[labels], lambda x, y: {inputs: x, labels: y}
    return batch[0], batch[1], lambda x, y: (x, y)

def state_of(model):
    return {name: value.detach().clone() for name, value in model.state_dict().items()}

def looked_at(home):
    class Look(home.Callback):
        def __init__(self, told):
            self.told = told

        def on_train_start(self, trainer, module):
            with contextlib.suppress(TypeError):
                self.told["batches"] = [int(trainer.num_training_batches), len(trainer.train_dataloader)]

        def on_train_batch_end(self, trainer, module, outputs, batch, batch_idx):
            self.told["losses"].append([trainer.current_epoch, loss_of(outputs)])
            self.told.setdefault("batch", batch)

        def on_validation_batch_end(self, trainer, module, outputs, batch, batch_idx, dataloader_idx=0):
            if not trainer.sanity_checking and len(self.told["validated"]) < 40:
                self.told["validated"].append(batch)

    make, fit = home.Trainer.__init__, home.Trainer.fit

    @functools.wraps(make)
    def made(self, *given, **named):
        given_to[id(self)] = sorted(name for name, value in named.items() if value is not None)
        here = {"accelerator": "cpu", "devices": 1, "strategy": "auto", "precision": "32-true", "num_nodes": 1}
        make(self, *given, **{**named, **here, "enable_progress_bar": False, "enable_model_summary": False})

    @functools.wraps(fit)
    def fitted(self, model=None, *given, **named):
        told = {"home": home, "trainer": self, "model": model, "losses": [], "validated": [], "logged": []}
        told["before"] = state_of(model)
        fits.append(told)
        self.callbacks.append(Look(told))
        for logger in self.loggers:
            logger.log_metrics = recording(logger.log_metrics, told["logged"])
        return fit(self, model, *given, **named)

    home.Trainer.__init__, home.Trainer.fit = made, fitted
    return make, fit

def recording(log, kept):
    @functools.wraps(log)
    def logs(metrics, *given, **named):
        if len(kept) < 3000:
            kept.append(plain(metrics))
        return log(metrics, *given, **named)
    return logs

def recorder(home):
    class WandbLogger(home.loggers.logger.DummyLogger):
        def __init__(self, *given, **named):
            super().__init__()

        def log_metrics(self, metrics, step=None):
            pass
    home.loggers.WandbLogger = home.loggers.wandb.WandbLogger = WandbLogger

own = {}
for home in homes:
    own[home] = looked_at(home)
    recorder(home)

def run(path, words, package, cwd):
    with open(os.path.join(top, path), encoding="utf-8-sig") as file:
        code = compile(file.read(), path, "exec", dont_inherit=True)
    module = types.ModuleType("__main__")
    module.__file__, module.__package__ = os.path.join(top, path), package or None
    sys.modules["__main__"], sys.argv = module, [path, *words]
    os.chdir(os.path.join(top, cwd))
    exec(code, vars(module))

for folder in folders:
    # What a step before has processed has its channel.
    for path in pathlib.Path(folder).glob("*_images.pt") if "processed" in folder else ():
        torch.save(torch.load(path).unsqueeze(1), path)

error, lacking, started = "", False, sys.modules["__main__"]
for cwd in cwds if script else []:
    error, lacking = "", False
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            run(script, words, package, cwd)
    except SystemExit as end:
        error = f"it ends with {end.code}" if end.code else ""
    except FileNotFoundError as problem:
        error, lacking = f"FileNotFoundError: {problem}"[:400], not fits
    except Exception as problem:  # The script may raise anything.
        error = f"{type(problem).__name__}: {problem}"[:400]
    if not lacking:
        break
"""

#: Asks the model that was trained, or one that can be made, about batches of hidden pictures.
ASK = r"""
def is_own(cls):
    home = getattr(sys.modules.get(cls.__module__), "__file__", None) or ""
    return cls.__module__ == "__main__" or os.path.abspath(home).startswith(top + os.sep)

def heirs(cls):
    for one in cls.__subclasses__():
        yield from heirs(one)
        yield one

def candidates():
    # Where the script trains nothing: what can be made of a class of the students.
    for path in classes_in:
        with contextlib.suppress(Exception, SystemExit):
            load(path)
    for home in homes:
        for cls in heirs(home.LightningModule):
            with contextlib.suppress(Exception, SystemExit):
                if is_own(cls):
                    yield home, cls()

draw = torch.Generator().manual_seed(seed)

def pictures(count):
    return middle + spread * torch.randn(count, *shape, generator=draw)

def asked(model, x):
    model.eval()
    with torch.no_grad():
        return model(x)

def tried(function, *given):
    try:
        return function(*given)
    except (Exception, SystemExit) as problem:
        return f"{type(problem).__name__}: {problem}"[:400]

class Batches(torch.utils.data.Dataset):
    def __init__(self, batches):
        self.batches = batches

    def __len__(self):
        return len(self.batches)

    def __getitem__(self, number):
        return self.batches[number]

def loader(batches):
    return torch.utils.data.DataLoader(Batches(batches), batch_size=None, shuffle=False)

def labelled(x, shifts):
    guessed = asked(model, x)
    return build(x, (guessed.argmax(dim=1) + torch.tensor(shifts)) % guessed.shape[1])

def trainer_of(callbacks, **options):
    made = home.Trainer.__new__(home.Trainer)
    quiet = {"enable_progress_bar": False, "enable_model_summary": False, "enable_checkpointing": False}
    own[home][0](made, accelerator="cpu", devices=1, callbacks=callbacks, **quiet, **options)
    return made

def fitted_to(batch, steps):
    # Fits one batch so many times: what was said of each step, and what became of the parameters.
    model.load_state_dict(state)
    torch.manual_seed(seed)
    x, y, _ = parts(batch)
    told = {"losses": [], "metrics": {}, "scalar": True}

    class Look(home.Callback):
        def on_train_batch_end(self, trainer, module, outputs, batch, batch_idx):
            told["losses"].append(loss_of(outputs))
            for name, value in plain(trainer.callback_metrics).items():
                told["metrics"].setdefault(name, []).append(value)

    def rank():
        # How much less likely the model holds its labels to be than the likeliest.
        return float(torch.nn.functional.cross_entropy(asked(model, x), y))

    old, before = {name: one.detach().clone() for name, one in model.named_parameters()}, rank()
    trainer = trainer_of([Look()], fast_dev_run=steps)
    model.train()
    own[home][1](trainer, model, loader([batch] * steps), loader([batch]))
    for name, value in plain(trainer.callback_metrics).items():
        told["metrics"].setdefault(name, []).append(value)
    stepped = {id(one) for optimizer in trainer.optimizers for group in optimizer.param_groups for one in group["params"]}
    free = [(name, one) for name, one in model.named_parameters() if one.requires_grad]
    told |= {"before": before, "after": rank()}
    told["parameters"] = len(free)
    told["stepped"] = sum(id(one) in stepped for _, one in free)
    told["foreign"] = len(stepped - {id(one) for one in model.parameters()})
    told["moved"] = sum(not torch.equal(old[name], one) for name, one in free)
    return told

def validated_on(sets):
    model.load_state_dict(state)
    trainer = trainer_of([], logger=False)
    base = home.LightningModule
    validates = type(model).validation_step is not base.validation_step
    tests = type(model).test_step is not base.test_step
    if not validates and not tests:
        return "there is no `validation_step` that does anything"
    batches = loader([labelled(pictures(len(shifts)), shifts) for shifts in sets])
    (trainer.validate if validates else trainer.test)(model, batches, verbose=False)
    return plain(trainer.callback_metrics)

def kept_in(path):
    # What a checkpoint answers about the pictures that the training was validated on, and whether it holds something new.
    try:
        loaded = type(model).load_from_checkpoint(path, map_location="cpu")
    except (Exception, SystemExit) as problem:
        return {"path": os.path.relpath(path, top), "refused": f"{type(problem).__name__}: {problem}"[:300]}
    new = loaded.state_dict()
    moved = any(name in new and not torch.equal(new[name].cpu(), one) for name, one in told["before"].items())
    seen = told["validated"] or [told["batch"]]
    right, rows = 0, []
    for batch in seen:
        x, y, _ = parts(batch)
        right += int((asked(loaded, x).argmax(dim=1) == y).sum())
        rows += [[int(label), one.flatten()[:64].tolist()] for one, label in zip(x, y)]
    total = sum(len(parts(batch)[1]) for batch in seen)
    return {"path": os.path.relpath(path, top), "moved": moved, "right": right, "total": total, "rows": rows[:40]}

def callbacks_of(trainer):
    found = []
    for one in trainer.callbacks:
        kinds = {cls.__name__ for cls in type(one).__mro__} & {"EarlyStopping", "ModelCheckpoint"}
        if kinds:
            found.append([min(kinds), str(getattr(one, "monitor", None) or ""), str(getattr(one, "mode", ""))])
    return found

told = max(fits, key=lambda one: len(one["losses"]), default=None)
result = {"error": error, "fits": len(fits)}
model, shape, middle, spread, build = None, (), 0.0, 1.0, lambda x, y: (x, y)
if told:
    trainer, home, model = told["trainer"], told["home"], told["model"]
    found = [*pathlib.Path(top).rglob("*.ckpt"), *filter(None, [getattr(trainer.checkpoint_callback, "best_model_path", "")])]
    paths = list(dict.fromkeys(os.path.realpath(one) for one in found))
    result |= {
        "losses": told["losses"][:2000],
        "logged": told["logged"][:1000],
        "batches": told.get("batches"),
        "limits": given_to.get(id(trainer), []),
        "callbacks": callbacks_of(trainer),
        "logger": [type(one).__name__ for one in trainer.loggers],
    }
    if "batch" in told:
        x, _, build = parts(told["batch"])
        shape, middle, spread = tuple(x.shape[1:]), float(x.float().mean()), float(x.float().std()) or 1.0
        result["checkpoints"] = [kept_in(path) for path in paths[-6:]]
os.chdir(top)
if not shape:
    for home, one in candidates():
        for shape in map(tuple, shapes):
            guessed = tried(asked, one, torch.randn(3, *shape))
            if torch.is_tensor(guessed):
                model = one
                break
        if model is one:
            break
if model is not None and shape:
    state = state_of(model)
    # Batches of one size have the same pictures: labels alone differ.
    x, seen = pictures(max(counts)), pictures(max(len(shifts) for shifts, _ in batches_of))
    result["scores"] = tried(lambda: [asked(model, x[:count]) for count in counts])
    result["fitted"] = [
        tried(lambda: fitted_to(labelled(seen[: len(shifts)], shifts), steps)) for shifts, steps in batches_of
    ]
    result["validated"] = [tried(lambda: validated_on(sets)) for sets in validations]
sys.modules["__main__"] = started
"""
