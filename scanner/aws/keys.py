"""KMS: the keys that trails name."""

from dataclasses import replace

from scanner.aws.buckets import policy_document
from scanner.aws.permissions import DESCRIBE_KEY, GET_KEY_POLICY, GET_KEY_ROTATION_STATUS
from scanner.aws.reader import Answer, Fact, Reader
from scanner.model.arn import is_arn, parse_arn
from scanner.model.key import Key, KeyMetadata
from scanner.model.reading import Gap, Known, not_read


def read_key(reader: Reader, key_id: str, needs: frozenset[str]) -> Key:
    """Reads what `needs` names; the reader's region must be the key's.

    A key of another account: KMS hides whether it exists, and its policy can't be read at all.
    """
    owner = parse_arn(key_id).account if is_arn(key_id) else reader.account
    foreign = owner != reader.account
    describe = replace(_METADATA, absent={}) if foreign else _METADATA
    metadata = (
        reader.read(describe, KeyId=key_id) if DESCRIBE_KEY.action in needs else not_read(DESCRIBE_KEY.action)
    )
    if metadata == Known(None):
        return Key(id=key_id, metadata=metadata, policy=Known(None), rotation=Known(None))
    # The policy is not found by alias.
    arn = metadata.value.arn if isinstance(metadata, Known) and metadata.value is not None else key_id
    return Key(
        id=key_id,
        metadata=metadata,
        policy=(
            not_read(GET_KEY_POLICY.action)
            if GET_KEY_POLICY.action not in needs
            else _policy_of_another(owner)
            if foreign
            else reader.read(_POLICY, KeyId=arn, PolicyName="default")
        ),
        rotation=(
            reader.read(_ROTATION, KeyId=arn)
            if GET_KEY_ROTATION_STATUS.action in needs
            else not_read(GET_KEY_ROTATION_STATUS.action)
        ),
    )


def _policy_of_another(owner: str) -> Gap:
    return Gap(
        f"the policy of a key of account {owner} can only be read in that account",
        operation=None,
        code="OwnerOutOfScope",
        account=owner,
    )


def _metadata(answer: Answer) -> KeyMetadata:
    key = answer["KeyMetadata"]
    return KeyMetadata(
        arn=key["Arn"],
        state=key["KeyState"],
        manager=key["KeyManager"],
        spec=key["KeySpec"],
        origin=key["Origin"],
    )


def _rotation(answer: Answer) -> bool:
    rotated = answer["KeyRotationEnabled"]
    if not isinstance(rotated, bool):
        raise TypeError("KeyRotationEnabled is neither true nor false")
    return rotated


_METADATA: Fact[KeyMetadata | None] = Fact(DESCRIBE_KEY, _metadata, absent={"NotFoundException": None})
_POLICY = Fact(GET_KEY_POLICY, policy_document)
_ROTATION: Fact[bool | None] = Fact(
    GET_KEY_ROTATION_STATUS, _rotation, absent={"UnsupportedOperationException": None}
)
