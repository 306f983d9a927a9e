"""What changed between runs, and why: since a baseline, and over any number of runs."""

from scanner.compare.baseline import held, since
from scanner.compare.comparing import compare
from scanner.compare.sight import Sight

__all__ = ["Sight", "compare", "held", "since"]
