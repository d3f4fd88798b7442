"""How `helpers.convex` solves the convex program.

`problem` is what is asked: data, decay and the `sources` of patterns, checked once and brought
to the units of `scaling`. `workingset` chooses the `blocks` to solve for, `newton` solves for
them. `cones`, with the loops in `kernels`, projects on them; `pricing` bounds what the other
patterns could add; `walks` goes to new ones where there is no list. `solution` is the answer,
`conic` states the program to cvxpy, a second opinion.
"""
