"""Helpers of the book: what the notebooks import, and what a reader can use on data of their own.

In front stands the library:

``loss``, ``train``        the network, its loss and gradient; gradient descent and Adam
``patterns``               activation patterns, of a network and all that data allow
``convex``, ``gated``      the convex program and its certificates; its relaxation
``certificate``, ``models``  what a certificate says in words; models of PyTorch as networks
``dual``                   the dual curve, its points and bounds; the neuron that is missing
``minima``                 all local minima of a narrow network
``networks``               convex neurons as a network and back
``data``, ``experiments``  the article's data sets and training runs by name
``real_data``              real data sets by name, read from packages that carry them
``checks``, ``doubles``    the gate for arguments; numbers near the ends of their range
``compiling``, ``files``   what is compiled, and when; how files are written and found

``enumeration`` is how patterns are listed, ``solver`` how the program is solved, ``drawing`` how
pictures are drawn. ``extensions``: convex programs of other networks. ``profile``: the published
comparison of solvers, its protocol, methods and table. One section of the article each, under its
name: ``sections`` its numbers, ``figures`` its pictures, ``claims`` what it says, checked.
``playground``: figures to move.
"""
