"""Evidence: which readings a verdict rests on, a folder that holds them all, proof that nobody changed it."""

from scanner.evidence.checking import Difference, check, load
from scanner.evidence.citing import cited
from scanner.evidence.folder import Folder, require_free
from scanner.evidence.manifest import Manifest, Signing
from scanner.evidence.program import describe_program
from scanner.evidence.sampling import draw

__all__ = (
    "Difference",
    "Folder",
    "Manifest",
    "Signing",
    "check",
    "cited",
    "describe_program",
    "draw",
    "load",
    "require_free",
)
