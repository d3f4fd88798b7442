"""How the code reads, where the linter has no rule for it: a statement a line, few arguments."""

import ast
import io
import tokenize
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
FILES = [
    path
    for folder in ("helpers", "benchmarks", "book")
    for path in sorted((ROOT / folder).rglob("*.py"))
]
TOKENS_A_LINE = 10.5  # code that is read aloud has 7 to 10
LONG = 95  # characters; one line in twenty may be longer
PAIRS = 1.5  # in a hundred lines
PARAMETERS = 12
UNREAD = {  # what is no code, or only its layout
    tokenize.COMMENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
    tokenize.INDENT,
    tokenize.NEWLINE,
    tokenize.NL,
    tokenize.STRING,
}
UNREAD |= {  # from Python 3.12 on, the parts of an f-string
    getattr(tokenize, name)
    for name in ("FSTRING_START", "FSTRING_MIDDLE", "FSTRING_END")
    if hasattr(tokenize, name)
}


def tokens(source: str) -> list[tokenize.TokenInfo]:
    """The tokens of the code, strings and comments left out."""
    read = io.StringIO(source).readline
    return [token for token in tokenize.generate_tokens(read) if token.type not in UNREAD]


def lines_of_code(source: str) -> int:
    return len({token.start[0] for token in tokens(source)})


def pairs(source: str) -> Iterator[int]:
    """Lines that assign several values at once: `a, b = x, y`. Unpacking one value is none."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
            if any(isinstance(target, ast.Tuple) for target in node.targets):
                yield node.lineno


def nested_conditionals(source: str) -> Iterator[int]:
    """Lines of conditional expressions that have another one for a part."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.IfExp):
            parts = (node.test, node.body, node.orelse)
            if any(isinstance(part, ast.IfExp) for part in parts):
                yield node.lineno


def parameters(source: str) -> Iterator[tuple[int, int]]:
    """(line, number of parameters) of every function."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            named = node.args
            yield (
                node.lineno,
                len(named.posonlyargs) + len(named.args) + len(named.kwonlyargs),
            )


@pytest.fixture(scope="module")
def sources():
    assert len(FILES) > 80
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in FILES}


def places(sources, found):
    return [f"{name}:{line}" for name, source in sources.items() for line in found(source)]


def test_a_line_has_few_tokens(sources):
    read = sum(len(tokens(source)) for source in sources.values())
    lines = sum(lines_of_code(source) for source in sources.values())
    assert read / lines < TOKENS_A_LINE, dense(sources)


def dense(sources):
    """The files above the mark, the worst first."""
    files = {name: source for name, source in sources.items() if lines_of_code(source)}
    density = {name: len(tokens(s)) / lines_of_code(s) for name, s in files.items()}
    worst = sorted(density, key=density.get, reverse=True)
    return [f"{name}: {density[name]:.1f}" for name in worst if density[name] > TOKENS_A_LINE]


def test_lines_are_short(sources):
    lengths = [
        len(line) for source in sources.values() for line in source.splitlines() if line.strip()
    ]
    assert np.percentile(lengths, 95) <= LONG


def test_a_line_assigns_one_value(sources):
    found = places(sources, pairs)
    lines = sum(lines_of_code(source) for source in sources.values())
    assert len(found) <= PAIRS / 100 * lines, found


def test_no_conditional_expression_has_another_one_inside(sources):
    assert places(sources, nested_conditionals) == []


def test_a_function_has_few_parameters(sources):
    found = [
        f"{name}:{line}"
        for name, source in sources.items()
        for line, count in parameters(source)
        if count > PARAMETERS
    ]
    assert found == []


def without_encoding(source: str) -> Iterator[int]:
    """Lines that open a file as text and leave its encoding to the machine's locale."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", None))
        words = [word.value for word in node.args if isinstance(word, ast.Constant)]
        binary = any(isinstance(word, str) and "b" in word and len(word) < 4 for word in words)
        named = any(keyword.arg == "encoding" for keyword in node.keywords)
        descriptor = any(keyword.arg == "flags" for keyword in node.keywords)  # os.open
        picture = ast.unparse(node.func) == "Image.open"
        other = named or binary or descriptor or picture
        if name in ("read_text", "write_text", "open") and not other:
            yield node.lineno


def writes(source: str) -> Iterator[int]:
    """Lines that write a file in its place, where a stop would leave a part of it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in ("write_text", "write_bytes", "dump"):
            yield node.lineno


def test_files_are_read_and_written_as_utf_8_by_name():
    read = {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for path in (*FILES, *ROOT.glob("*.py"), *(ROOT / "tests").rglob("*.py"))
    }
    assert places(read, without_encoding) == []


def test_files_are_written_at_once(sources):
    found = [place.split(":")[0] for place in places(sources, writes)]
    # No file but a switch; a copy that slips are planted in; a page that is gone at the end.
    names = ("_alone", "mutants", "mutants", "playground")
    assert found == [f"benchmarks/{name}.py" for name in names]


def test_the_measures_count_what_they_say():
    source = "\n".join(
        [
            '"""a string"""',
            "a, b = 1, 2  # a comment",
            "c, d = divmod(a, b)",
            "e = 1 if a else (2 if b else 3)",
            "def f(x, y, /, z, *rest, w=0, **more): return f'{x}'",
        ]
    )
    assert lines_of_code(source) == 4
    assert [token.string for token in tokens(source)][:7] == ["a", ",", "b", "=", "1", ",", "2"]
    assert list(pairs(source)) == [2]
    assert list(nested_conditionals(source)) == [4]
    assert list(parameters(source)) == [(5, 4)]
    files = "open(a)\nopen(a, 'rb')\na.read_text()\na.write_text(b, encoding='utf-8')"
    assert list(without_encoding(files)) == [1, 3]
    assert list(writes(files)) == [4]
