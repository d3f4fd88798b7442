"""How and when inner loops are compiled: one policy for `enumeration` and `solver`.

numba compiles a function at its first call, which takes seconds, and keeps the result on disk
for later processes. A function that Python calls is `compiled`; `kernel`, `loose_kernel`,
`shared_kernel`, `inlined` and `embedded` mark those that only compiled functions call. `Deferred`
lets the first small calls of a process run without the compiler; `Ahead` compiles in another
process what will be needed later.
"""

import gc
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from llvmlite.binding import Linkage, parse_assembly
from numba import config, njit, version_info
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.compiler_machinery import PassManager
from numba.extending import register_jitable

ROOT = Path(__file__).resolve().parents[1]  # of the package

# Seconds after which a process that compiles is not waited for: none has taken a third.
LONGEST_WAIT = 120

# A quotient by zero is infinite, as in NumPy: no branch in an inner loop watches for it.
COMMON = {"error_model": "numpy"}

# For functions that allocate nothing: views of arrays then need no reference counts, whose
# atomic increments took a third of the time of the enumeration.
NO_ALLOCATION = {"_nrt": False}

# Sums may be taken in any order, so that loops over them become vector instructions.
# Infinities keep their meaning: "ninf" is left out, and so are "arcp" and "afn".
ANY_ORDER = {"fastmath": {"reassoc", "contract", "nsz", "nnan"}}

# The latest numba that parts were tested with: later ones compile them as they compile all else.
TESTED = (0, 68)


# Steps of numba's that change nothing in a kernel, and took an eighth of the time of compiling:
# they are for closures, `with`, `literal_unroll`, arguments that may be None, array expressions.
NO_USE = {
    "WithLifting",
    "InlineClosureLikes",
    "RewriteSemanticConstants",
    "DeadBranchPrune",
    "LiteralUnroll",
    "LiteralPropagationSubPipelinePass",
    "NopythonRewrites",
}


class CalledCompiler(Compiler):
    """numba's compiler, while garbage is not looked for.

    It makes millions of objects that stay, among which looking took a fifth of its time.
    """

    def compile_extra(self, func):
        looking = gc.isenabled()
        gc.disable()
        try:
            return super().compile_extra(func)
        finally:
            if looking:
                gc.enable()


class SharedPart(JITCodeLibrary):
    """Code that runs within other functions only, and becomes machine code with them, not before.

    numba makes machine code of every function and, within it, of all that it calls: of kernels that
    call kernels that is done again on every level, and took half of the time of compiling.
    """

    def _finalize_final_module(self):
        self._finalize_dynamic_globals()
        engine = self._codegen._engine
        # numba sets variables to where a function's constants are: they have to be somewhere.
        for variable in self._final_module.global_variables:
            name = variable.name
            if variable.linkage == Linkage.common and not engine.is_symbol_defined(name):
                module = self._codegen._create_empty_module(name)
                text = f'{module}\n@"{name}" = common global i8* null\n'
                engine.add_module(parse_assembly(text))
        self._finalized = True


class Part(SharedPart):
    """Such code that few functions contain: they optimise it as well, which once is enough."""

    def _optimize_final_module(self):
        pass


class SharedPartCompiler(Compiler):
    """numba's compiler without what is of `NO_USE`, writing into a `SharedPart`."""

    library = SharedPart

    def define_pipelines(self):
        pipelines = super().define_pipelines()
        if version_info.short > TESTED:
            return pipelines
        state = self.state
        state.library = self.library(state.targetctx.codegen(), state.func_id.func_qualname)
        lean = PassManager("kernel")
        lean.passes = [step for step in pipelines[0].passes if step[0].__name__ not in NO_USE]
        lean.finalize()
        return [lean]


class PartCompiler(SharedPartCompiler):
    """numba's compiler, writing into a `Part`."""

    library = Part


PART = {"pipeline_class": PartCompiler, "no_cfunc_wrapper": True, **COMMON, **NO_ALLOCATION}

# Called by compiled functions; LLVM decides whether as a call. (numba would hand `forceinline` down
# from `embedded` callers: five copies of the longest kernels took half of the time of compiling.)
kernel = register_jitable(forceinline=False, **PART)

# The same, where sums may be taken in any order.
loose_kernel = register_jitable(**PART, **ANY_ORDER)

# The same, for what several compiled functions call and is long.
shared_kernel = register_jitable(**PART | ANY_ORDER | {"pipeline_class": SharedPartCompiler})

# Copied by numba into its caller, whose views of arrays it then shares.
inlined = register_jitable(inline="always", **COMMON, **NO_ALLOCATION)

# Copied by LLVM into its caller. For what is handed whole work spaces: a call would copy some
# 200 numbers, one by one, which took up to a quarter of the time of the enumeration.
embedded = register_jitable(forceinline=True, **PART)


# Of what Python calls: threads run it side by side, nothing calls it as C. That all have the same
# options lets numba compile a kernel once for all that call it.
CALLED = {"nogil": True, "no_cfunc_wrapper": True, "pipeline_class": CalledCompiler}


def compiled(*signatures: str, **options) -> Callable:
    """Decorator: njit with `COMMON`, `CALLED` and `options`, kept on disk if there is a place.

    With signatures the function is compiled (or loaded) at once, otherwise at its first call. What
    an earlier process left on disk is dropped if a source file beside the function is newer: numba
    itself looks at the function's own file alone, not at those of the kernels compiled into it.
    """

    def decorate(function):
        try:
            dispatcher = njit(cache=True, **COMMON, **CALLED, **options)(function)
        except RuntimeError:  # no folder to write to: compiled anew in every process
            dispatcher = njit(**COMMON, **CALLED, **options)(function)
        if config.DISABLE_JIT:
            return dispatcher
        _drop_outdated(dispatcher)
        for signature in signatures:
            dispatcher.compile(signature)
        return dispatcher

    return decorate


class Deferred:
    """A compiled function whose first small calls in a process do not wait for the compiler.

    They run plainly until `patience` of them have been made. A call with more work than `small`
    does not, nor does any call once compiled code is at hand, in memory or on disk. If numba is
    switched off (NUMBA_DISABLE_JIT), all calls run plainly.

    kernel: a function made by `compiled`.
    small: work, in the caller's unit, up to which a plain call takes less time than the compiler.
    patience: how many such calls have cost together about what compiling costs.
    plain: what runs instead of the kernel; its own Python source, unless something else is given.
    """

    def __init__(self, kernel: Callable, small: float, patience: int, plain: object = None):
        self.kernel = kernel
        self.small = small
        self.patience = patience
        self.plain = plain or getattr(kernel, "py_func", kernel)
        self.plain_calls = 0

    def for_work(self, amount: float) -> object:
        """The compiled or the plain function, whichever suits a call with that amount of work."""
        return self.kernel if self.pays(amount) else self.plain

    def pays(self, amount: float) -> bool:
        """Whether to run a call with that amount of work compiled; if not, it counts as plain."""
        if config.DISABLE_JIT:
            return False
        enough = amount > self.small or self.plain_calls >= self.patience
        if enough or _at_hand(self.kernel):
            return True
        self.plain_calls += 1
        return False


class Ahead:
    """A compiled function that another process compiles while this one needs another first.

    numba compiles in one thread, but what one process leaves on disk all may use. Where nothing can
    be left there, or no process begun, everything is compiled when it is called, as ever.

    kernel: a function made by `compiled`.
    call: "module:function", of the package `helpers`: runs the kernel on what needs no arguments.
    """

    def __init__(self, kernel: Callable, call: str):
        self.kernel = kernel
        self.call = call
        self.process = None

    def start(self) -> bool:
        """Begin, unless it is under way or the code is at hand. Returns whether it has begun."""
        kept = not config.DISABLE_JIT and self.kernel.stats.cache_path is not None
        if self.process is not None or not kept or _at_hand(self.kernel):
            return False
        module, _, function = self.call.partition(":")
        code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); "
        code += f"from {module} import {function}; {function}()"
        nowhere = subprocess.DEVNULL
        with suppress(OSError):
            self.process = subprocess.Popen(
                [sys.executable or "python", "-c", code],
                env={**os.environ, "NUMBA_CACHE_DIR": config.CACHE_DIR},
                stdin=nowhere,
                stdout=nowhere,
                stderr=nowhere,
            )
        return self.process is not None

    def finish(self, seconds: float) -> None:
        """Wait until that process has ended, if one was begun, at most so many seconds."""
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(min(seconds, LONGEST_WAIT))


def _at_hand(dispatcher):
    """Whether compiled code of the function is in memory or on disk."""
    return bool(dispatcher.overloads or _on_disk(dispatcher))


def _on_disk(dispatcher):
    """Index files of the function's compiled code."""
    folder = dispatcher.stats.cache_path
    if folder is None:
        return []
    function = dispatcher.py_func
    module = function.__module__.rpartition(".")[2]
    return list(Path(folder).glob(f"{module}.{function.__qualname__}-*.nbi"))


def _drop_outdated(dispatcher):
    """Delete index files that are older than a source file of the function's folder, or this."""
    folder = Path(dispatcher.py_func.__code__.co_filename).parent
    for index in _on_disk(dispatcher):
        if index.stat().st_mtime < _last_change(folder):
            index.unlink(missing_ok=True)


@lru_cache
def _last_change(folder):
    """When a source file of the folder, or this one, was last written."""
    sources = [*folder.glob("*.py"), Path(__file__)]
    return max(source.stat().st_mtime for source in sources)
