"""The drawing kit: what the figures of several sections share.

``style`` the article's palette and figures, ``player`` animations to pause and scrub, ``explore``
figures with sliders, ``runs`` a training run on a line, ``dual`` the dual curve, ``sketch`` the
article's sketches, ``table`` a table as the value of a cell, ``page`` how they all live in a page.
"""
