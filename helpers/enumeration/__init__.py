"""How `helpers.patterns` lists the cells of an arrangement of hyperplanes.

`arrangement` brings data into shape: rows without `parallel` ones, full rank, well spread by
`whitening`; `tolerance` says what counts as zero there. `cells` lists the cells in blocks of
packed rows: in the plane by a `turn`, from three dimensions on by their lowest vertices. These
are found by `vertices`, with `chain` (rows restricted to where others vanish), `lines` (rows
along a line) and `bits` (signs as words). `inside` finds a weight vector in each cell.

Four layers decide whether a row depends on others, and on which side it is. Floats do, where the
sine between them is above its error. Of integers, `residues` modulo primes bear out that a smaller
one is zero. Cells that this leaves open, `verified` decides in floats with a closer bound of their
error, and what is left then `integers`, with Python's own.

The forms of a pattern of n points, and where each lives:

===============  =====================  =====================================================
form             shape and type         where
===============  =====================  =====================================================
booleans         (P, n) bool            `helpers.patterns`, and what is given to the solver
packed           (P, ceil(n / 8)) uint8 `packed=True`, `iterate_patterns`, `cells`; the solver's
                                        lists
words            (P, ceil(n / 64)) int64  the kernels of `vertices`: eight packed bytes each
signs            (P, n) float, +-1      where they multiply rows: `inside`, the solver's cones
zeros and ones   (P, n) float           the solver's blocks: D X is one product
===============  =====================  =====================================================

True, a bit that is set, and +1 say that the point is active, ``w' x >= 0``.
"""
