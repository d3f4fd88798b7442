"""The published comparison of solvers, run again: its protocol, its methods, its table."""
