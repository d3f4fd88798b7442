"""How `helpers.patterns` lists the cells of an arrangement of hyperplanes.

`arrangement` brings data into shape (rows without duplicates, full rank, well spread by `whitening`); `cells` lists the
cells in blocks of packed rows, in the plane by a turn, from three dimensions on by their lowest vertices: `vertices`,
with `chain` (rows restricted to where others vanish), `lines` (rows along a line) and `bits` (signs as words). `exact`
decides in integers.
"""
