"""Exceptions with an owner and an end: read, applied, and looked through for what is stale."""

from scanner.waivers.apply import apply
from scanner.waivers.file import WaiverFile, load, look, parse
from scanner.waivers.lint import Remark, remarks

__all__ = ["Remark", "WaiverFile", "apply", "load", "look", "parse", "remarks"]
