"""Helpers of the book: what the notebooks import, and what a reader can use on data of their own.

``loss`` the network and its loss · ``train`` gradient descent and Adam · ``patterns`` activation patterns ·
``convex`` the convex program and its certificates · ``gated`` its relaxation · ``data`` and ``experiments`` the
article's data sets and runs · ``figures`` drawing · ``claims`` the article, checked · ``playground`` figures to move.

Inside: ``arrangement``, ``cells``, ``vertices``, ``lines``, ``chain``, ``bits`` and ``exact`` list patterns;
``workingset``, ``newton``, ``cones``, ``kernels``, ``pricing``, ``adaptive``, ``conic``, ``units``, ``solution`` and
``mapping`` solve the program. Every other module computes what one section of the book shows.
"""
