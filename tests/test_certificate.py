"""What a certificate says in words: no more than is proved, in each case."""

import re

import numpy as np
import pytest

from helpers import convex, data
from helpers.certificate import Certificate, _number, _percent
from tests.numbers import value_of


def certificate(loss=1.0, local=0.8, best=0.6, bound=0.6, proved=True, lam=0.1):
    return Certificate(
        loss=loss,
        local_optimum=local,
        lower_bound=bound,
        gap=(loss - bound) / loss,
        best=best,
        proved=proved,
        stationarity=0.0,
        too_few_patterns=(local - best) / loss,
        lam=lam,
    )


def test_both_remedies_are_named_with_what_they_gain():
    assert str(certificate(loss=1.2345678, local=0.99, best=0.6, bound=0.5999999)) == (
        "The loss of the network is 1.235. "
        "Proved: no network of any width goes below 0.5999. "
        "At most 52% of the loss can be removed. "
        "More training would help: networks of its own patterns remove 20% of the loss, as "
        "convex.polish does. "
        "Other patterns would help: wider networks, or with neurons elsewhere, remove another 32%, "
        "as convex.solve does."
    )


def test_a_remedy_that_gains_nothing_is_not_named():
    trained = str(certificate(local=1.0))
    assert "More training" not in trained and "Other patterns would help" in trained
    wide = str(certificate(local=0.6))
    assert "Other patterns" not in wide and "More training would help" in wide


def test_the_best_network_is_told_that_nothing_helps():
    said = str(certificate(local=0.9999, best=0.9998, bound=0.9996))
    assert said.endswith(
        "At most 0.04% of the loss can be removed. "
        "Nothing would help: more training and other patterns gain no more than that."
    )
    said = str(certificate(local=1.0, best=1.0, bound=0.99999))
    assert "Under 0.01% of the loss can be removed. Nothing would help" in said


def test_what_is_not_proved_is_called_so():
    said = str(certificate(best=0.6, bound=0.41234, proved=False))
    assert "Proved: no network of any width goes below 0.4123." in said
    assert said.endswith(
        "Not proved: whether the remaining 19% can be removed; more seconds may tell."
    )
    nothing = str(certificate(bound=0.0, proved=False))
    assert "Not proved: any bound on the loss of other networks." in nothing
    assert "Proved: " not in nothing and "At most" not in nothing


def test_without_decay_the_bound_names_its_condition():
    said = str(certificate(lam=0.0))
    assert "goes below 0.6, unless its neurons' outputs are over 10,000 times as long" in said
    assert "unless" not in str(certificate(lam=0.1))


def test_a_loss_of_zero_has_nothing_below_it():
    zero = Certificate(1e-20, 1e-20, 0.0, 0.0, 1e-20, True, 0.0, 0.0, 0.0)
    least = "That is zero, up to rounding: no network can do better."
    assert str(zero) == (f"The loss of the network is 10⁻²⁰. {least}")


def test_bounds_are_rounded_down_and_shares_up():
    rng = np.random.default_rng(0)
    for value in 10 ** rng.uniform(-9, 9, 2000):
        written = value_of(_number(value, down=True))
        assert value * (1 - 1.01e-3) <= written <= value * (1 + 1e-12)
    for share in 10 ** rng.uniform(-4, 0, 2000):
        written = float(_percent(share, up=True)[:-1]) / 100
        assert share * (1 - 1e-9) <= written <= 1.11 * share


@pytest.mark.parametrize("seconds", [60, 0])
def test_the_words_of_a_certificate_follow_its_numbers(seconds):
    S = data.load("teaser")
    found = convex.certify(S.X, S.y, np.array([[0.1, 0.2]]), np.array([0.3]), 1e-3, seconds=seconds)
    assert found.proved == (seconds > 0)
    assert ("Not proved" in str(found)) == (not found.proved)
    shares = found._parts()
    assert sum(shares) == pytest.approx(1)
    assert shares[0] == pytest.approx(found.lower_bound / found.loss)
    assert found.too_little_training == pytest.approx(1 - found.local_optimum / found.loss)


@pytest.mark.parametrize("proved", [True, False])
def test_the_card_holds_the_sentences_and_the_bar_its_parts(proved):
    found = certificate(local=0.9, best=0.5, bound=0.5 if proved else 0.2, proved=proved)
    card = found._repr_html_()
    text = re.sub(r"<[^>]*>", " ", card).replace("&#x27;", "'")
    for sentence in found.sentences():
        assert sentence in text
    widths = [float(width) for width in re.findall(r"flex: ([\d.]+)", card)]
    assert widths == pytest.approx([0.5, 0.4, 0.1] if proved else [0.2, 0.3, 0.4, 0.1])
    assert ("not proved either way" in card) == (not proved)
    (label,) = re.findall("aria-label='([^']*)'", card)
    assert "other patterns remove: 40%" in label
