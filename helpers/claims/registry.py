"""What a claim is, and how its verdict is decided: by its computation, never by hand.

A check is a function without arguments that returns a Finding: three truth values, computed. They fix the verdict;
`check` raises Contradiction where the verdict stated, or the statement put in the claim's place, says otherwise.
"""

import inspect
import re
import textwrap
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HOLDS, IF, FAILS = "holds", "holds if", "does not hold"
MARK = {HOLDS: "✓ holds", IF: "◐ holds if", FAILS: "✗ does not hold"}
SECTIONS = (  # modules of checks, in reading order; the notebook of each is NN_<name>_checked
    "overview",
    "small_example",
    "second_layer",
    "convex_program",
    "equivalence",
    "activation_patterns",
    "solving",
    "moving_patterns",
    "large_initialisation",
    "small_initialisation",
    "conclusion",
    "theorems",
)

_CLAIMS = {}


class Contradiction(AssertionError):
    """A computation that does not bear out what is said of its claim."""


@dataclass(frozen=True)
class Finding:
    """What a check found.

    printed, whether the claim is true as the article prints it; conditioned, whether it is under the condition stated
    (None: no condition is stated); corrected, whether the statement put in its place is true; shown, the numbers.
    """

    printed: bool
    shown: str
    conditioned: bool | None = None
    corrected: bool = True

    @property
    def verdict(self):
        return HOLDS if self.printed else IF if self.conditioned else FAILS


@dataclass(frozen=True)
class Claim:
    """One claim: number (its stable name), title, place in the article, what it says, verdict, what is true instead."""

    number: str
    title: str
    place: str
    says: str
    verdict: str
    instead: str
    compute: Callable[[], Finding]

    @property
    def section(self):
        """The name that its module shares with its section's notebook, figures and tests."""
        return self.compute.__module__.rsplit(".", 1)[1]

    @property
    def page(self):
        """Name of the notebook that shows it."""
        return f"{SECTIONS.index(self.section) + 1:02}_{self.section}_checked"

    @property
    def source(self):
        """The computation as Python text, without the decorator that states the claim."""
        text = textwrap.dedent(inspect.getsource(self.compute))
        return text[text.index("def ") :].rstrip()


@dataclass(frozen=True)
class Entry:
    """A claim that has been checked: what a page shows of it, as Markdown."""

    claim: Claim
    finding: Finding

    def _repr_markdown_(self):
        c = self.claim
        verdict = {HOLDS: "✓ Holds.", IF: "◐ Holds if", FAILS: "✗ Does not hold."}[c.verdict]
        return (
            f"**The article** ({c.place}). {_unbroken(c.says)}\n\n**{verdict}** {_unbroken(c.instead)}\n\n"
            f"*Computed.* {_unbroken(self.finding.shown)}\n\n"
            f"<details><summary>The computation</summary>\n\n```python\n{c.source}\n```\n\n</details>\n"
        )

    def __repr__(self):
        return f"{self.claim.number}: {self.claim.verdict}. {self.finding.shown}"


def _unbroken(text):
    """Markdown whose lines break neither between a formula and its full stop or comma, nor within a number as 1e-06."""
    text = re.sub(r"\$([^$]+)\$([.,]?)", r"$\1\2$", text)
    return re.sub(r"(?<=\de)-(?=\d)", "\N{NON-BREAKING HYPHEN}", text)


def claim(number):
    """Decorator: the function below it checks the claim `number`, stated in the .toml file beside its module.

    Raises ValueError when there is no such claim there, or it already has a check.
    """

    def register(compute):
        stated = tomllib.loads(Path(inspect.getfile(compute)).with_suffix(".toml").read_text())[
            "claim"
        ]
        told = {
            c.pop("number"): {key: " ".join(text.split()) for key, text in c.items()}
            for c in stated
        }
        if number not in told or number in _CLAIMS:
            raise ValueError(
                f"number must be one of {', '.join(told)} and have no check yet; got {number!r}"
            )
        _CLAIMS[number] = Claim(number, **told[number], compute=compute)
        return compute

    return register


def claims():
    """Every Claim, in reading order."""
    return list(_CLAIMS.values())


def judge(claim):
    """Run the check of a Claim: an Entry. Raises Contradiction when what it computes does not bear out the verdict."""
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


def check(number):
    """Check the claim of that number: an Entry. Raises ValueError if there is none, Contradiction as `judge`."""
    if str(number) not in _CLAIMS:
        raise ValueError(f"number must be one of {', '.join(_CLAIMS)}; got {number!r}")
    return judge(_CLAIMS[str(number)])


class Summary:
    """All the claims, checked when this is made: counts of the verdicts, and a table with a link to each entry."""

    def __init__(self):
        self.entries = [judge(c) for c in claims()]
        self.counts = {v: sum(e.claim.verdict == v for e in self.entries) for v in MARK}

    def _repr_markdown_(self):
        rows = []
        for c in (entry.claim for entry in self.entries):
            place, mark = (
                c.place.replace("section ", "§ "),
                MARK[c.verdict].replace(" ", "\N{NO-BREAK SPACE}", 1),
            )
            rows.append(f"| [{c.number}](#claim-{c.number}) | {c.title} | {place} | {mark} |")
        return "\n".join(
            [f"**{self!r}**\n", "| | claim | place | verdict |", "| --- | --- | --- | --- |", *rows]
        )

    def __repr__(self):
        return (
            f"{len(self.entries)} claims checked: {self.counts[HOLDS]} hold, "
            f"{self.counts[IF]} hold under a condition, {self.counts[FAILS]} do not hold."
        )
