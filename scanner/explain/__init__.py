"""Whether one event would be recorded: by which trail or event data store and which of its selectors, or
which field of which selector refuses it.

The answer is that of `scanner.coverage`, asked about the class of events that agree with all that was said;
what wasn't said stays open. Nothing here decides what a selector matches.
"""

from scanner.explain.answer import explain
from scanner.explain.question import Question, require_sound

__all__ = ["Question", "explain", "require_sound"]
