"""M14: a public snippet that runs a script which logs, then logs words of the check through the script's own configuration.

What a script prints may be typed in. Where words go that it cannot know is up to the handlers that it has configured. They are
handed over backwards: a traceback that the script logs itself may show them, since loguru shows the values of variables.
"""

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

CONFIGURED = r"""
import io, logging, logging.handlers, os, pathlib, runpy, sys

for folder in reversed(folders):
    sys.path.insert(0, os.path.abspath(folder))
os.environ.update(variables)

def files():
    found = [one for one in pathlib.Path(".").rglob("*") if one.is_file() and one.suffix not in (".py", ".pyc")]
    return {one: (one.stat().st_mtime_ns, one.stat().st_size) for one in found[:2000]}

before, recorded, rotating = files(), [], []
console = io.StringIO()
usual = sys.stdout, sys.stderr
sys.stdout = sys.stderr = console

try:
    import loguru
except ImportError:
    loguru = None

if loguru:
    Logger = type(loguru.logger)
    add, remove, watching = Logger.add, Logger.remove, []

    def watch(message):
        recorded.append([message.record["level"].name, message.record["message"][:200]])

    def observe():
        watching.append(add(loguru.logger, watch, level=0, format="{message}", catch=True))

    def added(self, sink, **options):
        if options.get("rotation") is not None:
            rotating.append(os.path.abspath(str(sink)))
        return add(self, sink, **options)

    def removed(self, handler_id=None):
        remove(self, handler_id)
        if handler_id is None:
            observe()

    Logger.add, Logger.remove = added, removed
    observe()

made = logging.getLogRecordFactory()

def factory(*arguments, **named):
    record = made(*arguments, **named)
    try:
        recorded.append([record.levelname, record.getMessage()[:200]])
    except (TypeError, ValueError, KeyError):
        recorded.append([record.levelname, str(record.msg)[:200]])
    return record

logging.setLogRecordFactory(factory)

sys.argv = argv
space = {}
try:
    space = runpy.run_path(argv[0], run_name="__main__")
except SystemExit as end:
    if end.code not in (None, 0):
        raise
said, written = len(console.getvalue()), list(recorded)

own = os.getcwd() + os.sep
modules = [vars(one) for one in list(sys.modules.values()) if str(getattr(one, "__file__", "")).startswith(own)]
names = [value for one in [space, *modules] for value in list(one.values())]
loggers = [one for one in names if loguru and isinstance(one, Logger)]
loggers = loggers or [one for one in names if isinstance(one, logging.Logger)] or [logging.getLogger()]
logger = loggers[0]
for level, word in words.items():
    getattr(logger, level.lower())(word[::-1])
if loguru:
    loguru.logger.complete()
text = console.getvalue()
# A traceback of loguru shows the values of variables: what the files have of the words is read before it.
kept = {one: one.read_bytes()[-60_000:].decode("utf-8", "replace") for one, state in files().items() if before.get(one) != state}
try:
    {}[raised[::-1]]
except KeyError:
    logger.exception(caught[::-1])
if loguru:
    loguru.logger.complete()

asked = [logging.getLogger(), *(one for one in loggers if isinstance(one, logging.Logger))]
for one in [one for other in asked for one in other.handlers]:
    one.flush()
    if isinstance(one, logging.handlers.BaseRotatingHandler):
        rotating.append(os.path.abspath(one.baseFilename))
sys.stdout, sys.stderr = usual
new = [one for one, state in files().items() if before.get(one) != state]
result = {
    "recorded": written[:2000],
    "script": text[:said][-20_000:],
    "console": text[said:][-50_000:],
    "files": {one.as_posix(): text for one, text in list(kept.items())[:6]},
    "after": {one.as_posix(): one.read_bytes()[-60_000:].decode("utf-8", "replace") for one in new[:6]},
    "rotating": [os.path.relpath(one).replace(os.sep, "/") for one in rotating[:20]],
}
"""
