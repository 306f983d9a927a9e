"""One attribute of moto and what takes its place."""

from typing import NamedTuple


class Replacement(NamedTuple):
    owner: object
    name: str
    value: object
