"""Slips that a hand may make in Python or JavaScript, each a replacement in the text of a module.

A comparison is turned round, or shifted by one where an integer stands beside it; sums become
differences, products quotients, `and` becomes `or`, the largest the smallest; a minus, a `not`, an
absolute value is lost; a number is changed, a condition negated, a call left out. Left alone are
messages, types, the constants at the head of a module, `strict` of a zip, what is only a look (a
figure's size, widths, dashes), and floats that are small or stand in a comparison: tolerances.
"""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple


class Slip(NamedTuple):
    """text[begin:end] is replaced by `new`."""

    begin: int
    end: int
    new: str


REVERSED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "!=", "!=": "=="}
SHIFTED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
OPERATORS = {"+": "-", "-": "+", "*": "/", "/": "*", "//": "/", "**": "*", "%": "//"}
OPERATORS |= {"&": "|", "|": "&", "<<": ">>", ">>": "<<"}
WORDS = {"and": "or", "or": "and", "in": "not in", "not in": "in", "is": "is not", "is not": "is"}
SWAPPED = {
    "min": "max",
    "any": "all",
    "argmin": "argmax",
    "minimum": "maximum",
    "zeros": "ones",
    "floor": "ceil",
    "vstack": "hstack",
    "some": "every",
}
SWAPPED |= {new: old for old, new in SWAPPED.items()}
SMALL = 1e-2
# Keywords whose values a picture or a guard would show, and no number.
LOOKS = ("dash", "dashes", "dpi", "length", "lw", "mew", "ms", "ncols", "strict", "zorder")
SIZED = ("figure",)  # calls whose first two arguments are a size
LOST = ("abs", "sqrt", "ravel", "copy")  # calls that may be forgotten


def replaced(text: str, slip: Slip) -> str:
    """The text with the slip planted."""
    return text[: slip.begin] + slip.new + text[slip.end :]


def python_slips(text: str) -> list[Slip]:
    """All slips in a Python module, in their order."""
    finder = _Finder(text)
    finder.visit(ast.parse(text))
    return sorted(set(finder.slips))


class _Finder(ast.NodeVisitor):
    """Collects `slips` in the text of a Python module."""

    def __init__(self, text):
        self.text = text
        self.slips = []
        lines = text.splitlines(keepends=True)
        self.starts = [0]
        for line in lines:
            self.starts.append(self.starts[-1] + len(line))
        self.lines = lines

    def place(self, line, column):
        """The offset of an ast position, whose columns count bytes."""
        before = self.lines[line - 1].encode("utf-8")[:column]
        return self.starts[line - 1] + len(before.decode("utf-8"))

    def span(self, node):
        begin = self.place(node.lineno, node.col_offset)
        return begin, self.place(node.end_lineno, node.end_col_offset)

    def between(self, left, right, table):
        """A slip of the operator that stands between two nodes."""
        begin = self.span(left)[1]
        gap = self.text[begin : self.span(right)[0]]
        found = re.search(r"\b(not in|is not|and|or|in|is)\b|[-+*/%&|<>=!]+", gap)
        if found and found[0] in table:
            self.slips.append(Slip(begin + found.start(), begin + found.end(), table[found[0]]))

    def around(self, node, before, after=")"):
        begin, end = self.span(node)
        self.slips.append(Slip(begin, end, before + self.text[begin:end] + after))

    # What is left alone.

    def visit_Raise(self, node):
        pass

    visit_JoinedStr = visit_Assert = visit_Raise

    def visit_Module(self, node):
        for child in node.body:
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                self.visit(child)

    def visit_ClassDef(self, node):
        for child in node.body:
            if isinstance(child, ast.FunctionDef):
                self.visit(child)

    def visit_FunctionDef(self, node):
        if node.name != "__repr__":
            for child in (*node.args.defaults, *node.args.kw_defaults, *node.body):
                if child is not None:
                    self.visit(child)

    def visit_AnnAssign(self, node):
        if node.value is not None:
            self.visit(node.value)

    # What is changed.

    def visit_Compare(self, node):
        sides = [node.left, *node.comparators]
        whole = any(_is_integer(side) for side in sides)
        for left, right in zip(sides, sides[1:], strict=False):
            self.between(left, right, (SHIFTED if whole else {}) | WORDS)
            if not whole:
                self.between(left, right, REVERSED)
        for side in sides:
            if not (isinstance(side, ast.Constant) and isinstance(side.value, float)):
                self.visit(side)

    def visit_BinOp(self, node):
        self.between(node.left, node.right, OPERATORS)
        self.generic_visit(node)

    def visit_BoolOp(self, node):
        for left, right in zip(node.values, node.values[1:], strict=False):
            self.between(left, right, WORDS)
        self.generic_visit(node)

    def visit_UnaryOp(self, node):
        if isinstance(node.op, ast.Not | ast.USub | ast.Invert):
            begin, end = self.span(node)
            self.slips.append(Slip(begin, end, self.text[slice(*self.span(node.operand))]))
        self.generic_visit(node)

    def visit_AugAssign(self, node):
        begin = self.span(node.target)[1]
        found = re.search(r"[-+*/]+(?==)", self.text[begin : self.span(node.value)[0]])
        if found and found[0] in OPERATORS:
            end = begin + found.end()
            self.slips.append(Slip(begin + found.start(), end, OPERATORS[found[0]]))
        self.visit(node.value)

    def visit_Constant(self, node):
        if isinstance(node.value, bool):
            self.slips.append(Slip(*self.span(node), str(not node.value)))
        elif isinstance(node.value, int):
            self.slips.append(Slip(*self.span(node), str(node.value + 1)))
        elif isinstance(node.value, float) and not 0 < node.value < SMALL:
            self.slips.append(Slip(*self.span(node), str(2 * node.value or 1.0)))

    def visit_If(self, node):
        self.around(node.test, "not (")
        self.generic_visit(node)

    def visit_IfExp(self, node):
        self.around(node.test, "not (")
        self.generic_visit(node)

    def visit_Expr(self, node):
        if isinstance(node.value, ast.Call):
            self.slips.append(Slip(*self.span(node), "pass"))
        if not isinstance(node.value, ast.Constant):  # a docstring
            self.generic_visit(node)

    def visit_Call(self, node):
        function = node.func
        name = getattr(function, "attr", getattr(function, "id", ""))
        end = self.span(function)[1]
        if name in SWAPPED:
            self.slips.append(Slip(end - len(name), end, SWAPPED[name]))
        if name in LOST and len(node.args) == 1 and not node.keywords:
            self.slips.append(Slip(*self.span(function), ""))
        sized = name in SIZED
        for child in (function, *node.args[2 * sized :]):
            self.visit(child)
        drawn = {keyword.arg for keyword in node.keywords} & {"color", "ms", "lw", "mew"}
        for keyword in node.keywords:
            opaque = keyword.arg == "alpha" and drawn
            if not (keyword.arg in LOOKS or opaque):
                self.visit(keyword)


def _is_integer(node):
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", "") == "len"
    return isinstance(node, ast.Constant) and type(node.value) is int


# Strings, comments and what is imported; the rest of the text is code.
_JS_OTHER = re.compile(
    r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`"
    r"|^import[^;]*;|(?<=[=(,:] )/(?:\\.|[^/\\\n])+/\w*",
    re.DOTALL | re.MULTILINE,
)
_JS_SLIPS = (
    (re.compile(r" (===|!==) "), {"===": "!==", "!==": "==="}),
    (re.compile(r" (<=|>=|<|>) (?=\d+\b(?!\.))"), SHIFTED),
    (re.compile(r" (<=|>=|<|>) (?!\d+\b(?!\.))"), REVERSED),
    (re.compile(r" (\+|-|\*|/) "), OPERATORS),
    (re.compile(r"(\+|-|\*)(?==)"), OPERATORS),
    (re.compile(r" (&&|\|\|) "), {"&&": "||", "||": "&&"}),
    (re.compile(r"\b(true|false)\b"), {"true": "false", "false": "true"}),
    (re.compile(r"(?<=Math\.)(min|max|floor|ceil)(?=\()"), SWAPPED),
    (re.compile(r"(?<=\.)(some|every)(?=\()"), SWAPPED),
    (re.compile(r"(?<=Math\.)(abs)(?=\()"), {"abs": "cbrt"}),
    (re.compile(r"(?<=[(,=] )(-)(?=\w)|(?<=\()(-)(?=\w)"), {"-": ""}),
    (re.compile(r"(!)(?=[\w(])"), {"!": ""}),
)
_JS_NUMBER = re.compile(r"(?<![\w.$])(\d+(?:\.\d+)?)(?![\w.])")
_JS_CONSTANT = re.compile(r"^(?:export )?const [A-Z_]+ = [^;]*;", re.MULTILINE)
_JS_IF = re.compile(r"\bif \(")


def javascript_slips(text: str) -> list[Slip]:
    """All slips in a JavaScript module, in their order."""
    code = _JS_OTHER.sub(lambda other: " " * len(other[0]), text)
    code = _JS_CONSTANT.sub(lambda constant: " " * len(constant[0]), code)
    return sorted(set(_found(code)))


def _found(code) -> Iterator[Slip]:
    for pattern, table in _JS_SLIPS:
        for found in pattern.finditer(code):
            group = found.lastindex
            yield Slip(*found.span(group), table[found[group]])
    for found in _JS_NUMBER.finditer(code):
        yield Slip(*found.span(), f"{float(found[0]) + 1:g}")
    for found in _JS_IF.finditer(code):
        begin = found.end()
        end = _closing(code, begin)
        yield Slip(begin, end, f"!({code[begin:end]})")


def _closing(code, begin):
    """Where the bracket that is open at `begin` closes."""
    depth = 1
    for k in range(begin, len(code)):
        depth += {"(": 1, ")": -1}.get(code[k], 0)
        if depth == 0:
            return k
    return len(code)
