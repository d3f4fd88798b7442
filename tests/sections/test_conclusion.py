"""The article's conclusion: where narrow networks come to rest."""

from helpers.sections import conclusion


def test_every_local_minimum_is_the_optimum_of_its_patterns_and_signs():
    minima = conclusion.local_minima(runs=4)
    assert len(minima.loss) == 12
    assert (minima.loss < minima.own * (1 + 1e-3)).all()
    assert (minima.own > minima.best * (1 - 1e-6)).all()
    assert (minima.loss > minima.best * (1 + 1e-3)).any()
