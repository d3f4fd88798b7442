"""How far a network is from the best one: the numbers, and what they say in words.

Words claim what is proved. Bounds are written rounded down, what can still be lost is rounded up,
and where the search was stopped it says "not proved".
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context
from html import escape

from .drawing import words

# Shares of the loss below this are not worth a training.
NOTHING = 1e-3

DIGITS = 4  # of a loss in words

PARTS = (  # of a loss, from its bottom up: what they are, and their colour in the card
    ("no network can remove", "#7a7a7a"),
    ("not proved either way", "#c27d00"),
    ("other patterns remove", "#3f6dfb"),
    ("its own patterns remove", "#e61d00"),
)


@dataclass(frozen=True)
class Certificate:
    """How far a network is from the best one; printed, a few sentences, in a notebook a card.

    loss: its own (eq. 1).
    local_optimum: the optimum of the convex program restricted to its own patterns.
    lower_bound: what no network of any width can beat.
    gap: (loss - lower_bound) / loss.
    best: the loss of the best network known.
    proved: `best` is the least loss of all, to the tolerance asked.
    stationarity: the length of the shortest subgradient.
    too_few_patterns: the share of the loss that only other patterns than its own can remove.
    lam: the decay. With lam = 0 lower_bound holds where the neurons' outputs are at most 1e4 times
    as long as y, added up.
    """

    loss: float
    local_optimum: float
    lower_bound: float
    gap: float
    best: float
    proved: bool
    stationarity: float
    too_few_patterns: float
    lam: float

    @property
    def too_little_training(self) -> float:
        """The share of the loss that networks of its own patterns can remove."""
        return self._share(self.loss - self.local_optimum)

    @property
    def undecided(self) -> float:
        """The share of the loss between the best network known and the bound."""
        return self._share(self.best - self.lower_bound)

    def _share(self, part):
        return max(0.0, part / self.loss) if self.gap > 0 else 0.0

    def __str__(self) -> str:
        return " ".join(self.sentences())

    def sentences(self) -> list[str]:
        """What the network's loss is, what is proved, and what would help: a sentence each."""
        loss = f"The loss of the network is {_number(self.loss)}."
        if self.gap <= 0 and self.lower_bound <= 0:
            return [loss, "That is zero, up to rounding: no network can do better."]
        if self.lower_bound <= 0:
            return [loss, "Not proved: any bound on the loss of other networks.", *self._help()]
        return [loss, self._bound(), self._gap(), *self._help()]

    def _bound(self):
        proved = (
            f"Proved: no network of any width goes below {_number(self.lower_bound, down=True)}"
        )
        if self.lam > 0:
            return f"{proved}."
        return (
            f"{proved}, unless its neurons' outputs are over 10,000 times as long as the labels, "
            "added up."
        )

    def _gap(self):
        if self.gap < 1e-4:
            return "Under 0.01% of the loss can be removed."
        return f"At most {_percent(self.gap, up=True)} of the loss can be removed."

    def _help(self):
        if self.gap < NOTHING:
            return ["Nothing would help: more training and other patterns gain no more than that."]
        advice = []
        if self.too_little_training >= NOTHING:
            share = _percent(self.too_little_training)
            advice.append(
                f"More training would help: networks of its own patterns remove {share} of the "
                "loss, as convex.polish does."
            )
        if self.too_few_patterns >= NOTHING:
            share = _percent(self.too_few_patterns)
            advice.append(
                f"Other patterns would help: wider networks, or with neurons elsewhere, remove "
                f"another {share}, as convex.solve does."
            )
        if not self.proved:
            share = _percent(self.undecided, up=True)
            advice.append(
                f"Not proved: whether the remaining {share} can be removed; more seconds may tell."
            )
        return advice

    def _repr_html_(self) -> str:
        """The sentences, below a bar of the loss in its parts."""
        parts = zip(PARTS, self._parts(), strict=True)
        shown = [(name, colour, share) for (name, colour), share in parts if share >= NOTHING]
        bar = "".join(_segment(colour, share) for _, colour, share in shown)
        label = "; ".join(f"{name}: {_percent(share)}" for name, _, share in shown)
        key = " ".join(_entry(name, colour) for name, colour, _ in shown)
        text = "".join(f"<p style='margin: 0.3em 0'>{escape(s)}</p>" for s in self.sentences())
        return (
            "<div style='max-width: 36em; padding: 0.6em 1em; border: 1px solid #7a7a7a; "
            f"border-radius: 6px'><div role='img' aria-label='The loss in parts. {escape(label)}.' "
            f"style='display: flex; height: 0.8em; margin: 0.3em 0'>{bar}</div>"
            f"<div style='font-size: 0.85em'>{key}</div>{text}</div>"
        )

    def _parts(self):
        """The shares of the loss that PARTS names."""
        removed = [self.undecided, self.too_few_patterns, self.too_little_training]
        return [max(0.0, 1 - sum(removed)), *removed]


def _segment(colour, share):
    return f"<span style='flex: {share:.4f}; background: {colour}'></span>"


def _entry(name, colour):
    square = f"<span aria-hidden='true' style='color: {colour}'>■</span>"
    return f"<span style='margin-right: 1em; white-space: nowrap'>{square} {name}</span>"


def _number(value, down=False):
    """A loss in words; down: nothing above `value` is written."""
    rounding = ROUND_FLOOR if down else ROUND_HALF_EVEN
    return words.plain(_rounded(value, DIGITS, rounding))


def _percent(share, up=False):
    """A share in per cent, of two digits; up: nothing below it is written."""
    percent = _rounded(100 * share, 2, ROUND_CEILING if up else ROUND_HALF_EVEN)
    if percent < 0.01:
        return "0.01%" if up else "0%"
    return f"{min(100.0, percent):g}%"


def _rounded(value, digits, rounding):
    """The number of so many digits next to `value`, what computing has rounded taken off."""
    return float(Context(digits, rounding).create_decimal(f"{value:.12g}"))
