import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.compiling import Deferred, compiled


def double(x):
    return 2 * x


@pytest.fixture
def deferred(tmp_path, monkeypatch):
    """A function of which no compiled code is at hand."""
    source = tmp_path / "fresh.py"
    source.write_text("def double(x):\n    return 2 * x\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "fresh", raising=False)
    import fresh

    return Deferred(compiled()(fresh.double), small=10, patience=2)


def test_first_small_calls_run_plainly(deferred):
    plain = deferred.kernel.py_func
    assert deferred.for_work(10) is plain
    assert deferred.for_work(1) is plain
    assert deferred.for_work(1) is deferred.kernel


def test_large_calls_are_compiled(deferred):
    assert deferred.for_work(11) is deferred.kernel
    assert deferred.plain_calls == 0


def test_what_is_compiled_is_used(deferred):
    assert deferred.kernel(3) == 6
    assert deferred.for_work(1) is deferred.kernel


def test_another_plain_function_may_be_given(deferred):
    assert Deferred(deferred.kernel, small=10, patience=1, plain=double).for_work(1) is double


def in_a_process(code, **environment):
    """What the code prints, run by a Python of its own."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


USE_KERNEL = """
from outer import DEFERRED
print(DEFERRED.for_work(0) is DEFERRED.kernel, DEFERRED.kernel(1))
"""


def test_a_changed_helper_is_compiled_anew(tmp_path):
    """numba would keep the old machine code: the kernel's own file has not changed."""
    inner = tmp_path / "inner.py"
    head = "from helpers.compiling import kernel\n@kernel\ndef step(x):\n"
    inner.write_text(head + "    return x + 1\n", encoding="utf-8")
    (tmp_path / "outer.py").write_text(
        "from helpers.compiling import Deferred, compiled\nfrom inner import step\n"
        "@compiled()\ndef call(x):\n    return step(x)\n"
        "DEFERRED = Deferred(call, small=1, patience=9)\n",
        encoding="utf-8",
    )
    root = Path(__file__).parents[1]
    path = os.pathsep.join(map(str, (tmp_path, root)))
    environment = {"PYTHONPATH": path, "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    assert in_a_process(USE_KERNEL, **environment) == "False 2"
    assert in_a_process(USE_KERNEL, **environment) == "True 2"
    inner.write_text(head + "    return x + 10\n", encoding="utf-8")
    assert in_a_process(USE_KERNEL, **environment) == "False 11"


COUNT = "from helpers import patterns; print(patterns.count_patterns([*[[1, 2, 4]], *M]))"
COUNT = "M = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]; " + COUNT


def test_without_the_compiler_everything_runs_plainly():
    assert in_a_process(COUNT, NUMBA_DISABLE_JIT="1") == "14"


WITHOUT_CACHE = """
from numba.core import caching
for kind in (caching.CacheImpl, caching.CompileResultCacheImpl, caching.CodeLibraryCacheImpl):
    kind._locator_classes = []
"""


def test_without_a_folder_to_write_to_nothing_is_kept():
    assert in_a_process(WITHOUT_CACHE + COUNT) == "14"


MEANWHILE = """
from helpers.compiling import Ahead, compiled
@compiled()
def call(x):
    return x + 1
def sample():
    call(1)
AHEAD = Ahead(call, "later:sample")
"""
USE_AHEAD = """
from later import AHEAD, call
print(AHEAD.start())
assert not AHEAD.start(), "it has begun only once"
AHEAD.finish(60)
print(call(1), sum(call.stats.cache_hits.values()))
"""


def test_another_process_compiles_what_is_needed_later(tmp_path):
    (tmp_path / "later.py").write_text(MEANWHILE, encoding="utf-8")
    path = os.pathsep.join(map(str, (tmp_path, Path(__file__).parents[1])))
    environment = {"PYTHONPATH": path, "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    assert in_a_process(USE_AHEAD, **environment).split() == ["True", "2", "1"]
    assert in_a_process(USE_AHEAD, **environment).split() == ["False", "2", "1"]  # at hand


@pytest.mark.parametrize("obstacle", ["", WITHOUT_CACHE, "import sys; sys.executable = 'nowhere'"])
def test_where_no_process_can_help_everything_is_compiled_when_called(tmp_path, obstacle):
    (tmp_path / "later.py").write_text(MEANWHILE, encoding="utf-8")
    path = os.pathsep.join(map(str, (tmp_path, Path(__file__).parents[1])))
    environment = {"PYTHONPATH": path, "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    if not obstacle:
        environment["NUMBA_DISABLE_JIT"] = "1"
    code = USE_AHEAD.partition("print(call(1)")[0] + "print(call(1))"
    assert in_a_process(obstacle + code, **environment).split() == ["False", "2"]


PARTS = """
from helpers.compiling import compiled, embedded, kernel, loose_kernel, shared_kernel
from numba import int64

@kernel
def checked(x):
    if x > 99:
        raise ValueError("more than 99")
    return x

@loose_kernel
def doubled(x):
    return 2 * checked(x)

@shared_kernel
def shared(x):
    return doubled(x) + checked(x)

@embedded
def copied(x):
    return shared(x) + checked(x)

@compiled()
def four_times(x):
    return copied(x)

@compiled()
def three_times(x):
    return shared(x)
"""
USE_PARTS = """
from helpers.compiling import SharedPart
made = set()
begin = SharedPart.__init__
def note(part, codegen, name):
    made.add(name.split(".")[0])
    begin(part, codegen, name)
SharedPart.__init__ = note
from numba.core.registry import cpu_target
from parts import four_times, three_times
print(four_times(5), three_times(5), *sorted(made))
try:
    four_times(100)
except ValueError as error:
    print(error)
engine = cpu_target.target_context.codegen()._engine
print([name for name in engine._defined_symbols if "checked" in name and "Env" not in name])
"""


def test_parts_become_machine_code_within_their_callers_only(tmp_path):
    (tmp_path / "parts.py").write_text(PARTS, encoding="utf-8")
    path = os.pathsep.join(map(str, (tmp_path, Path(__file__).parents[1])))
    environment = {"PYTHONPATH": path, "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    fresh = in_a_process(USE_PARTS, **environment).splitlines()
    assert fresh == ["20 15 checked copied doubled shared", "more than 99", "[]"]
    kept = in_a_process(USE_PARTS, **environment).splitlines()
    assert kept == ["20 15", "more than 99", "[]"]


COLLECTED = """
import gc
from numba.core import compiler
from helpers.compiling import compiled, kernel
interpret = compiler.interpreter.Interpreter.interpret
def noted(self, *args):
    looked.append(gc.isenabled())
    return interpret(self, *args)
compiler.interpreter.Interpreter.interpret = noted
@kernel
def one_more(x):
    return x + 1
@compiled()
def call(x):
    return one_more(x)
@compiled()
def wrong(x):
    return x.nothing
for enabled in (True, False):
    gc.enable() if enabled else gc.disable()
    looked = []
    assert call(1.0 if enabled else 1) == 2
    assert len(looked) >= 2 and not any(looked)
    print(gc.isenabled())
gc.enable()
try:
    wrong(1)
except Exception:
    print(gc.isenabled())
"""


def test_garbage_is_looked_for_again_once_all_is_compiled(tmp_path):
    source = tmp_path / "collected.py"
    source.write_text(COLLECTED, encoding="utf-8")
    path = os.pathsep.join(map(str, (tmp_path, Path(__file__).parents[1])))
    environment = {"PYTHONPATH": path, "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    assert in_a_process("import collected", **environment).split() == ["True", "False", "True"]
