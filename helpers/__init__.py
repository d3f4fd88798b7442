"""Helpers of the book: what the notebooks import, and what a reader can use on data of their own.

``loss`` the network and its loss · ``patterns`` activation patterns · ``convex`` the convex program and its
certificates · ``train`` gradient descent and Adam · ``data`` the article's data sets ·
``playground`` figures to move.
"""
