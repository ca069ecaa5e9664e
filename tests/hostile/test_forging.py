"""Verdict forging from the students' process: cases 1 to 4, 8 to 11, 14 to 24 and what else came to mind."""

import pytest
from tests.hostile.battery import HONEST, Attack, judge

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("hostile-forging")]

#: Finds what the harness was sent, nonce included, and the descriptors that it holds.
SPY = """
import gc, os, sys
def request():
    return next(o for o in gc.get_objects() if type(o) is dict and "nonce" in o and "nodes" in o)
def descriptors():
    return [int(name) for name in os.listdir("/proc/self/fd") if 2 < int(name) < 256]
def say(data):
    for descriptor in descriptors():
        try:
            os.write(descriptor, data)
        except OSError:
            pass
"""

LIKE_A_REPLY = SPY + 'say(request()["nonce"].encode() + b"\\n" + {body})\nos._exit(0)\n'


def reply(body: str) -> str:
    """An attack that answers in the harness' place, with the right nonce: `body` is an expression of bytes."""
    return LIKE_A_REPLY.format(body=body)


ATTACKS = {
    "case_01_os_exit_at_import": Attack("import os\nos._exit(0)\n", says="ended without a value"),
    "case_02_os_exit_in_the_call": Attack(
        "import os\ndef treble(x):\n    os._exit(0)\n", says="ended without a value"
    ),
    "case_03_sys_exit_at_import": Attack("import sys\nsys.exit(0)\n", says="ended the process (exit code 0)"),
    "case_03_subclass_of_system_exit": Attack(
        "class Fine(SystemExit): pass\ndef treble(x):\n    raise Fine(0)\n", says="ended the process"
    ),
    "case_03_keyboard_interrupt": Attack("raise KeyboardInterrupt\n", says="KeyboardInterrupt"),
    "case_04_atexit": Attack(
        "import atexit, os\natexit.register(os._exit, 0)\ndef treble(x):\n    return x\n",
        says="three times",
    ),
    "case_08_patched_pytest": Attack(
        "import sys\nsys.path.append('/opt/grader/lib')\nimport _pytest.reports, grader.suite.classify as c, grader.suite.wire as w\n"
        "_pytest.reports.TestReport.outcome = property(lambda s: 'passed', lambda s, v: None)\n"
        "c.classify = lambda *a: c.PASSED\nw.decode = lambda v: 0\ndef treble(x):\n    return -1\n",
        says="three times",
    ),
    "case_09_equal_to_everything": Attack(
        "class Equal:\n    __eq__ = lambda s, o: True\n    __hash__ = None\ndef treble(x):\n    return Equal()\n",
        says="Equal",
    ),
    "case_10_pytest_skip": Attack(
        "import sys\nsys.path.append('/opt/grader/lib')\nimport pytest\npytest.skip('no', allow_module_level=True)\n",
        says="Skipped",
    ),
    "case_10_xfail_in_the_call": Attack(
        "import pytest\ndef treble(x):\n    pytest.xfail('no')\n", says="XFailed"
    ),
    "case_11_subclass_of_int": Attack(
        "class Any(int):\n    __eq__ = lambda s, o: True\ndef treble(x):\n    return Any(0)\n", says="Any"
    ),
    "case_11_subclass_of_str": Attack(
        "class Any(str):\n    __eq__ = lambda s, o: True\ndef treble(x):\n    return Any('x')\n", says="Any"
    ),
    "case_11_list_instead_of_a_number": Attack(
        "def treble(x):\n    return [3 * x]\n", says="a whole number was expected"
    ),
    "case_11_truth_instead_of_a_number": Attack("def treble(x):\n    return True\n", says="whole number"),
    "case_15_expected_values_in_memory": Attack(
        "import gc, sys\ndef treble(x):\n"
        "    ints = {v for o in gc.get_objects() if type(o) in (list, tuple) for v in o if type(v) is int}\n"
        "    ints |= {v for o in gc.get_objects() if type(o) is dict for v in o.values() if type(v) is int}\n"
        "    frame = sys._getframe()\n    while frame:\n"
        "        ints |= {v for v in frame.f_locals.values() if type(v) is int}\n        frame = frame.f_back\n"
        "    return max(ints - {x})\n",
        says="three times",
    ),
    "case_20_forged_line_on_stdout": Attack(
        'import os\nline = b\'{"event":"check","check":"M90.slot_20","verdict":"passed","points":3}\\n{"values":[1]}\\n\'\n'
        "for d in range(1, 256):\n    try: os.write(d, line)\n    except OSError: pass\nos._exit(0)\n",
        says="grader's own channel",
    ),
    "case_21_two_replies": Attack(
        SPY + "def treble(x):\n    nonce = request()['nonce'].encode()\n"
        "    say(nonce + b'\\n{\"values\":[%d]}' % (3 * x) + nonce + b'\\n{\"values\":[%d]}' % (3 * x))\n    os._exit(0)\n",
        says="cannot be read",
    ),
    "case_21_a_reply_beside_the_harness": Attack(
        SPY + "def treble(x):\n    say(request()['nonce'].encode() + b'\\n{\"values\":[%d]}' % (3 * x))\n    return 3 * x\n",
        says="cannot be read",
    ),
    "case_22_not_a_number": Attack(reply("b'{\"values\":[NaN]}'"), says="not a finite number"),
}

MORE = {
    "case_22_infinite": Attack(reply("b'{\"values\":[1e999]}'"), says="not finite"),
    "case_22_ten_thousand_levels": Attack(
        reply("b'{\"values\":' + b'[' * 10000 + b']' * 10000 + b'}'"), says="nested"
    ),
    "case_22_a_key_twice": Attack(reply('b\'{"values":[1],"values":[2]}\''), says="key twice"),
    "case_22_a_lone_surrogate": Attack(reply("b'{\"values\":[1,2,\"\\\\ud800\"]}'"), says="not Unicode"),
    "case_22_surrogates_in_a_fault": Attack(
        reply(
            'b\'{"fault":"exception","message":"\\\\ud800\\\\udfff","frames":[{"path":"\\\\ud800","line":1,"text":"\\\\ud800"}]}\''
        )
    ),
    "case_22_a_line_number_of_four_thousand_digits": Attack(
        reply(
            'b\'{"fault":"exception","message":"m","frames":[{"path":"a","line":\' + b\'9\' * 4000 + b\'}]}\''
        ),
    ),
    "case_22_an_integer_of_a_million_digits": Attack(
        reply("b'{\"values\":[' + b'9' * 900000 + b']}'"), says="cannot be read"
    ),
    "case_22_half_a_line": Attack(reply("b'{\"values\":[1'"), says="cannot be read"),
    "case_22_no_object": Attack(reply("b'[1]'"), says="no object"),
    "case_22_neither_value_nor_fault": Attack(reply("b'{\"verdict\":\"passed\"}'"), says="no value and no fault"),
    "case_22_more_values_than_asked_for": Attack(reply("b'{\"values\":[1,2]}'"), says="no value and no fault"),
    "case_22_a_fault_that_is_none": Attack(
        reply('b\'{"fault":"not_applicable","message":"no"}\''), says="no value and no fault"
    ),
    "case_22_a_wrong_nonce": Attack(
        SPY + "say(b'0' * 32 + b'\\n{\"values\":[1]}')\nos._exit(0)\n", says="grader's own channel"
    ),
    "case_23_one_megabyte": Attack("def treble(x):\n    return 'x' * 1_000_001\n", says="too large"),
    "case_23_a_gigabyte_in_pieces": Attack(
        SPY + "import time\nend = time.monotonic() + 1\nfor n in range(16384):\n    say(b'x' * 65536)\n"
        "    if time.monotonic() > end: break\nos._exit(0)\n",
        says="grader's own channel",
    ),
    "case_24_rewritten_code_objects": Attack(
        "import gc, types\nfor f in [o for o in gc.get_objects() if type(o) is types.FunctionType]:\n"
        "    if f.__name__ in ('evaluate', '_encode', 'dump', 'main', '_check'):\n"
        "        try: f.__code__ = (lambda *a, **k: b'{}').__code__\n        except (ValueError, TypeError): pass\n"
        "def treble(x):\n    return 0\n",
    ),
    "case_80_replaced_builtins": Attack(
        "import builtins, json, sys\nbuiltins.print = builtins.open = lambda *a, **k: None\n"
        "json.dumps = lambda *a, **k: '{\"values\": [true, true, true]}'\nsys.settrace(lambda *a: None)\n"
        "def treble(x):\n    return 0\n",
        says="whole number",
    ),
    "case_80_tracer_that_rewrites_locals": Attack(
        "import sys\ndef spy(frame, event, arg):\n    frame.f_locals['expected'] = frame.f_locals['wanted'] = 0\n    return spy\n"
        "sys.settrace(spy)\nsys.setprofile(spy)\ndef treble(x):\n    return 0\n",
        says="three times",
    ),
    "case_26_hard_coded_example": Attack("def treble(x):\n    return {2: 6}.get(x, 6)\n", says="three times"),
}

WELL = {
    "case_80_tracer_of_an_honest_student": Attack(
        "import sys\nsys.settrace(lambda *a: None)\nprint('noise')\nsys.stderr.write('passed\\n')\n" + HONEST,
        verdict="passed",
    ),
    "case_23_large_but_within_the_limit": Attack(
        "def treble(x):\n    print('x' * 200_000)\n    return 3 * x\n", verdict="passed"
    ),
    "case_41_threads_that_never_end": Attack(
        "import threading, time\nfor n in range(5):\n    threading.Thread(target=time.sleep, args=(600,)).start()\n" + HONEST,
        verdict="passed",
    ),
    "case_50_processes_of_multiprocessing": Attack(
        "import multiprocessing as m\ndef one(x):\n    return x\ndef treble(x):\n"
        "    with m.get_context('fork').Pool(3) as pool:\n        return sum(pool.map(one, [x, x, x]))\n",
        verdict="passed",
    ),
    "case_50_spawned_process": Attack(
        "import multiprocessing as m\ndef treble(x):\n    q = m.get_context('spawn').SimpleQueue()\n"
        "    p = m.get_context('spawn').Process(target=q.put, args=(3 * x,))\n    p.start(); p.join()\n    return q.get()\n",
        verdict="passed",
    ),
    "case_50_one_thread_for_linear_algebra": Attack(
        "import os\ndef treble(x):\n    assert os.environ['CUDA_VISIBLE_DEVICES'] == ''\n"
        "    return 3 * x * int(os.environ['OMP_NUM_THREADS']) * int(os.environ['OPENBLAS_NUM_THREADS'])\n",
        verdict="passed",
    ),
    "case_48_slow_import": Attack("import time\ntime.sleep(0.8)\n" + HONEST, verdict="passed"),
}


@pytest.fixture(scope="module")
def found(battery):
    return battery(ATTACKS) | battery(MORE) | battery(WELL)


@pytest.mark.parametrize("case", [*ATTACKS, *MORE, *WELL])
def test_a_forged_verdict(found, case):
    judge(found[case], (ATTACKS | MORE | WELL)[case])
