"""Of all values that a caller may carry under a condition key, those that matter.

They are what the policy's conditions name, one value for each of their patterns, and one that none of
them names. A stranger has just those that don't take somebody else's account, organization or network.
"""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from itertools import combinations, product

from scanner.access.conditions import ADDRESSES, NUMBERS, PATTERNS, TEXTS
from scanner.access.globs import filled, is_pattern, like, meet
from scanner.access.parse import Condition, arn_of
from scanner.model.arn import is_account_id


def candidates(
    key: str, conditions: Sequence[Condition], *, shape: str | None, strange: bool
) -> tuple[str, ...]:
    """Values for the key that tell all conditions on it apart, each once.

    `shape` is a pattern that all of them match, with an empty partition (`arn::iam::*:*`) filled in from the
    conditions. `strange`: only what a stranger can have.
    """
    kinds = {condition.operator for condition in conditions}
    texts: list[str] = []
    if kinds & NUMBERS.keys():
        texts.extend(_numbers(conditions))
    if kinds & ADDRESSES.keys():
        texts.extend(_addresses(conditions, strange=strange))
    if "bool" in kinds:
        texts.extend(("true", "false"))
    if kinds - (NUMBERS.keys() | ADDRESSES.keys() | {"bool"}):
        shapes = _shapes(shape, conditions)
        texts.extend(filled(one) for one in shapes)
        texts.extend(text for text in _texts(key, conditions, shapes, strange=strange) if _fits(text, shapes))
    return tuple(dict.fromkeys(texts))


def open_to_strangers(key: str, pattern: str) -> bool:
    """Whether a stranger can have a value that the pattern matches, after what S3 calls public: a fixed
    account, organization or name is somebody's, a wildcard in its place is anybody's.
    """
    if not is_pattern(pattern):
        return False
    if key == "aws:userid":  # the id of a role, then the session's name
        return is_pattern(pattern.split(":", 1)[0])
    if key.endswith("orgpaths"):
        return is_pattern(pattern.split("/", 1)[0])
    arn = arn_of(pattern)
    # A wildcard within a name may be met by a name of anybody's, unless the account is fixed.
    return arn is None or not is_account_id(arn.account)


def _shapes(shape: str | None, conditions: Sequence[Condition]) -> list[str]:
    if shape is None:
        return ["*"]
    arns = [arn_of(text) for condition in conditions for text in condition.values]
    partitions = {arn.partition for arn in arns if arn is not None and not is_pattern(arn.partition)}
    return [shape.replace("arn:", f"arn:{one}", 1) for one in sorted(partitions or {"aws"})]


def _fits(text: str, shapes: Sequence[str]) -> bool:
    return any(like(shape, text) for shape in shapes)


def _texts(
    key: str, conditions: Sequence[Condition], shapes: Sequence[str], *, strange: bool
) -> Iterator[str]:
    def attainable(condition: Condition) -> list[str]:
        return [text for text in condition.values if not strange or open_to_strangers(key, text)]

    patterns = [attainable(condition) for condition in conditions if condition.operator in PATTERNS]
    for ones, others in (*combinations(patterns, 2), *((ones, shapes) for ones in patterns)):
        yield from (both for pair in product(ones, others) if (both := meet(*pair)) is not None)
    if not strange:
        # What these operators compare with knows no wildcard: a literal, which is somebody's.
        for condition in conditions:
            yield from condition.values if condition.operator in TEXTS else ()


def _numbers(conditions: Sequence[Condition]) -> Iterator[str]:
    """Each bound, and a number on either side of it."""
    for condition in conditions:
        for text in condition.values if condition.operator in NUMBERS else ():
            try:
                bound = float(text)
            except ValueError:
                continue
            # Close enough to lie between two versions of TLS.
            yield from (str(bound - 0.01), str(bound), str(bound + 0.01))


WIDEST_V4, WIDEST_V6 = 8, 32
"""Ranges broader than these aren't anybody's network (S3 User Guide, "The meaning of public")."""

_ELSEWHERE = ("198.51.100.1", "2001:db8::1")


def _addresses(conditions: Sequence[Condition], *, strange: bool) -> Iterator[str]:
    """The edges of each range, and what lies just outside; for a stranger, outside of each narrow range."""
    ranges = [
        network
        for condition in conditions
        if condition.operator in ADDRESSES
        for text in condition.values
        if (network := _network(text)) is not None
    ]
    closed = [network for network in ranges if strange and not _is_broad(network)]
    for text in (*_ELSEWHERE, *(edge for network in ranges for edge in _edges(network))):
        address = ip_address(text)
        if not any(address in network for network in closed):
            yield text


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _is_broad(network: IPv4Network | IPv6Network) -> bool:
    return network.prefixlen < (WIDEST_V4 if network.version == 4 else WIDEST_V6)  # noqa: PLR2004


def _edges(network: IPv4Network | IPv6Network) -> Iterator[str]:
    first, last = int(network.network_address), int(network.broadcast_address)
    kind = type(network.network_address)
    for number in (first, last, first - 1, last + 1):
        if 0 <= number < 2**network.max_prefixlen:
            yield str(kind(number))
