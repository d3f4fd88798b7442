"""How `helpers.convex` solves the convex program.

`units` scales it; `workingset` chooses the patterns, `newton` solves for their blocks; `cones`, with the loops in
`kernels`, projects on them; `pricing` bounds what the other patterns could add; `adaptive` walks to new ones where there
is no list.
"""
