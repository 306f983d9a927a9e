"""Frameworks: what checks say of their controls, and for how long they want logs kept.

A file holds one version of one framework and names, for each control, the checks that are evidence for a
part of it (`files`). No check meets a control alone; one without evidence is not assessed (`assess`).
"""

from scanner.frameworks.assess import assess_frameworks
from scanner.frameworks.files import (
    ALL_FRAMEWORKS,
    FrameworkFile,
    Preset,
    choose,
    find,
    is_file,
    preset,
)

__all__ = [
    "ALL_FRAMEWORKS",
    "FrameworkFile",
    "Preset",
    "assess_frameworks",
    "choose",
    "find",
    "is_file",
    "preset",
]
