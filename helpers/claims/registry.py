"""What a claim is, and how its verdict is decided: by its computation, never by hand.

A check is a function without arguments that returns a Finding: three truth values, computed.
They fix the verdict; `check` raises Contradiction where the verdict stated, or the statement put
in the claim's place, says otherwise.
"""

import inspect
import re
import textwrap
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

HOLDS = "holds"
IF = "holds if"
FAILS = "does not hold"
MARK = {HOLDS: "✓ holds", IF: "◐ holds if", FAILS: "✗ does not hold"}
BEGIN = {HOLDS: "✓ Holds.", IF: "◐ Holds if", FAILS: "✗ Does not hold."}
ARTICLE = "The article"
SECTIONS = {  # modules of checks, in reading order, each with the number of its page
    "overview": "01",
    "small_example": "02",
    "second_layer": "03",
    "convex_program": "04",
    "equivalence": "05",
    "activation_patterns": "06",
    "extensions": "06b",
    "solving": "07",
    "moving_patterns": "08",
    "large_initialisation": "09",
    "small_initialisation": "10",
    "conclusion": "11",
    "local_minima": "12",
    "theorems": "13",
}

_CLAIMS = {}


class Contradiction(AssertionError):
    """A computation that does not bear out what is said of its claim."""


@dataclass(frozen=True)
class Finding:
    """What a check found.

    printed: the claim is true as the article prints it; shown: the numbers, in a sentence;
    conditioned: it is true under the condition stated (None where none is stated);
    corrected: the statement put in its place is true.
    """

    printed: bool
    shown: str
    conditioned: bool | None = None
    corrected: bool = True

    @property
    def verdict(self) -> str:
        """HOLDS, IF or FAILS, as the truth values decide."""
        if self.printed:
            return HOLDS
        return IF if self.conditioned else FAILS


@dataclass(frozen=True)
class Claim:
    """One claim of the article.

    number: its stable name; place: where it stands in the article; says: its words, or ours for
    them; instead: the condition it needs, or what is true in its place; heading: that of the page,
    where one stands above this claim; speaker: who says it, as the entry begins.
    """

    number: str
    title: str
    place: str
    says: str
    verdict: str
    instead: str
    compute: Callable[[], Finding]
    heading: str = ""
    speaker: str = ARTICLE

    @property
    def section(self) -> str:
        """The name that its module shares with its section's notebook, figures and tests."""
        return self.compute.__module__.rsplit(".", 1)[1]

    @property
    def page(self) -> str:
        """Name of the notebook that shows it."""
        return page_name(self.section)

    @property
    def source(self) -> str:
        """The computation as Python text, without the decorator that states the claim."""
        text = textwrap.dedent(inspect.getsource(self.compute))
        return text[text.index("def ") :].rstrip()


@dataclass(frozen=True)
class Entry:
    """A claim that has been checked: what a page shows of it, as Markdown."""

    claim: Claim
    finding: Finding

    def _repr_markdown_(self) -> str:
        c = self.claim
        return (
            f"**{c.speaker}** ({c.place}). {_as_formulas(c.says)}\n\n"
            f"**{BEGIN[c.verdict]}** {_as_formulas(c.instead)}\n\n"
            f"*Computed.* {_as_formulas(self.finding.shown)}\n\n"
            f"<details><summary>The computation</summary>\n\n"
            f"```python\n{c.source}\n```\n\n</details>\n"
        )

    def __repr__(self) -> str:
        return f"{self.claim.number}: {self.claim.verdict}. {self.finding.shown}"


def _as_formulas(text):
    """Markdown in which numbers as 1e-06 are powers of ten, and keep the full stop behind them.

    Those of five digits and more have commas.
    """
    parts = re.split(r"(\$[^$]+\$)", text)
    parts[::2] = [re.sub(r"(-?\d(?:\.\d+)?)e([+-]?\d+)", _power, part) for part in parts[::2]]
    parts[::2] = [re.sub(r"(?<![\d.,])\d{5,}(?!\d|\.\d)", _grouped, part) for part in parts[::2]]
    return re.sub(r"\$([^$]+)\$([.,]?)", r"$\1\2$", "".join(parts))


def _grouped(number):
    """An integer with commas."""
    return f"{int(number[0]):,}"


def _power(number):
    """The formula of a number in Python's notation."""
    factor = "" if number[1] == "1" else rf"{number[1]} \cdot "
    return f"${factor}10^{{{int(number[2])}}}$"


def page_name(section: str) -> str:
    """Name of the notebook that shows the claims of a section."""
    return f"{SECTIONS[section]}_{section}_checked"


@lru_cache
def stated(file: str) -> dict:
    """What the file `file`.toml here says: its table `page` and, of a section, the list `claim`."""
    return tomllib.loads(Path(__file__).with_name(f"{file}.toml").read_text(encoding="utf-8"))


def claim(number: str) -> Callable:
    """Decorator: the function below it checks the claim of that number.

    The claim is stated in the .toml file beside the function's module. Raises ValueError when it
    is not, or already has a check.
    """

    def register(compute):
        told = {c["number"]: c for c in stated(Path(inspect.getfile(compute)).stem)["claim"]}
        if number not in told or number in _CLAIMS:
            known = ", ".join(told)
            raise ValueError(f"number must be one of {known} and have no check yet; got {number!r}")
        words = {key: " ".join(text.split()) for key, text in told[number].items()}
        _CLAIMS[number] = Claim(**words, compute=compute)
        return compute

    return register


def claims(section: str | None = None) -> list[Claim]:
    """The claims of a section, or (None) all of them, in reading order.

    Raises ValueError if there is no such section.
    """
    if section not in (None, *SECTIONS):
        raise ValueError(f"section must be one of {', '.join(SECTIONS)}; got {section!r}")
    return [c for c in _CLAIMS.values() if section in (None, c.section)]


def judge(claim: Claim) -> Entry:
    """Run the check of a claim. Raises Contradiction when it does not bear out what is stated."""
    found = claim.compute()
    if found.verdict != claim.verdict:
        raise Contradiction(
            f"claim {claim.number} is said to be '{claim.verdict}', but its computation finds "
            f"'{found.verdict}': {found.shown}"
        )
    if not found.corrected:
        raise Contradiction(
            f"claim {claim.number}: what is said instead is not borne out: {found.shown}"
        )
    return Entry(claim, found)


def check(number: str) -> Entry:
    """Check the claim of that number. Raises ValueError if there is none, and as `judge`."""
    if str(number) not in _CLAIMS:
        raise ValueError(f"number must be one of {', '.join(_CLAIMS)}; got {number!r}")
    return judge(_CLAIMS[str(number)])


class Summary:
    """The claims of a section, or (None) all of them, checked when this is made.

    Shown as the counts of the verdicts and a table with a link to each entry: of all claims with
    their place in the article, of a section's with what was computed. Raises as `claims` and
    `judge`.
    """

    def __init__(self, section: str | None = None):
        self.section = section
        self.entries = [judge(c) for c in claims(section)]
        self.counts = {v: sum(e.claim.verdict == v for e in self.entries) for v in MARK}

    def _repr_markdown_(self) -> str:
        column = "place" if self.section is None else "computed"
        lines = [
            f"**{self!r}**\n",
            f"| | claim | {column} | verdict |",
            "| --- | --- | --- | --- |",
        ]
        lines += [self._row(entry) for entry in self.entries]
        return "\n".join(lines)

    def _row(self, entry):
        c = entry.claim
        link = f"[{c.number}](#claim-{c.number})"
        mark = MARK[c.verdict].replace(" ", "\N{NO-BREAK SPACE}", 1)
        place = c.place.replace("section ", "§ ")
        third = place if self.section is None else _as_formulas(entry.finding.shown)
        return f"| {link} | {c.title} | {third} | {mark} |"

    def __repr__(self) -> str:
        others = sum(e.claim.speaker != ARTICLE for e in self.entries)
        theirs = f" ({others} of them theorems that the article leans on)" if others else ""
        return (
            f"{len(self.entries)} claims checked{theirs}: {self.counts[HOLDS]} hold, "
            f"{self.counts[IF]} hold under a condition, {self.counts[FAILS]} do not hold."
        )
