"""Helpers of the book: what the notebooks import, and what a reader can use on data of their own.

``loss`` the network and its loss · ``train`` gradient descent and Adam · ``patterns`` activation patterns ·
``convex`` the convex program and its certificates · ``minima`` all local minima of a narrow network · ``gated`` its
relaxation · ``data`` and ``experiments`` the
article's data sets and runs · ``figures`` drawing · ``claims`` the article, checked · ``playground`` figures to move.

Inside: ``enumeration`` lists patterns, ``solver`` solves the convex program; ``solution``, ``mapping`` and ``conic`` are
its result, its translation to networks, and its statement in cvxpy. Every other module computes what one section shows.
"""
