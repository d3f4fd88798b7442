"""How `helpers.convex` solves the convex program.

`problem` is what is asked: data, decay and the `sources` of patterns, checked once and brought to
the units of `scaling`. `workingset` chooses the `blocks` to solve for, `newton` solves for them,
and `interior` where it is lost. `cones`, with the loops in `kernels`, projects on them; `pricing`
bounds what the other patterns could add. Where there is no list, `walks` goes to new patterns, and
`everywhere` proves that none is left, by the search of `branching` through cones of directions,
bounded in `nodes`. `limits` says when to stop, `solution` is the answer, `conic` states the program
to cvxpy.
"""
