"""Claims about other networks, decided on their programs and on networks that were trained."""

import numpy as np

from ..sections import descent_limits, layer_by_layer
from .registry import Finding, claim


@claim("95")
def only_layer_by_layer():
    problem = layer_by_layer.twelve_points()
    training = problem.train(3)
    objectives = [stage.objective for stage in training.stages]
    scaled = [stage.objective for stage in problem.train(3, "features").stages]
    deeper = training.stages[1:]
    # ten runs, one of them from the network that was trained layer by layer
    reached = [
        layer_by_layer.together(problem, stage.network, runs=10, steps=600).best for stage in deeper
    ]
    lower = [best / stage.objective for best, stage in zip(reached, deeper, strict=True)]
    proved = max(stage.gap for stage in training.stages) < 1e-5
    return Finding(
        printed=min(lower) > 1 - 1e-4,
        corrected=proved
        and max(lower) < 0.99
        and max(np.diff(objectives)) <= 0 < max(np.diff(scaled)),
        shown=(
            "Twelve random points in space, one, two and three layers of ReLUs: layer by layer"
            f" {', '.join(f'{value:.3f}' for value in objectives)}, each stage proved to one part"
            " in 100,000; with features of length 1 instead of weights"
            f" {', '.join(f'{value:.3f}' for value in scaled)}. Adam on all layers at once, from"
            " what was trained in turn and from nine random starts, ends more than 1% below."
        ),
    )


@claim("96")
def infinite_width():
    scales = (1, 10, 30)
    pairs = [descent_limits.apart_from_linearised(scale, mirrored=True) for scale in scales]
    drawn = [descent_limits.apart_from_linearised(scale, mirrored=False) for scale in scales]
    widths = (2, 8, 64)
    both = descent_limits.success(widths, positive=False, runs=20)
    positive = descent_limits.success(widths, positive=True, runs=20)
    return Finding(
        printed=positive[-1] > 0.9 and drawn[-1] < 0.01,
        conditioned=max(np.diff(pairs)) < 0 and pairs[-1] < 1e-3 and both[-1] > 0.9,
        corrected=both[0] < 0.1 and max(positive) == 0 and min(drawn) > 0.05,
        shown=(
            f"From opposite pairs of scale {', '.join(map(str, scales))} the article's network ends"
            f" {', '.join(f'{100 * v:.1g}%' for v in pairs)} of the output's range from its"
            f" linearisation, as drawn {', '.join(f'{100 * v:.0f}%' for v in drawn)}. Five points,"
            f" {', '.join(map(str, widths))} neurons:"
            f" {', '.join(f'{100 * v:.0f}%' for v in both)} of 20 descents end within 1% of the"
            " best loss of any width if neurons of both signs look everywhere;"
            f" {', '.join(f'{100 * v:.0f}%' for v in positive)} if all are positive."
        ),
    )
