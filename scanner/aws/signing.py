"""A KMS key that signs evidence, with the credentials that the scan starts from."""

from dataclasses import dataclass
from typing import Any

from scanner.aws.clients import Clients
from scanner.aws.pace import Pace
from scanner.aws.permissions import GET_PUBLIC_KEY, SIGN
from scanner.aws.reader import Answer, Fact, Ledger, Reader
from scanner.aws.targets import identify
from scanner.errors import UserError
from scanner.evidence.manifest import Signing
from scanner.evidence.signature import ALGORITHMS, as_pem
from scanner.model.arn import is_arn, parse_arn
from scanner.model.reading import Gap


@dataclass(frozen=True, slots=True)
class Signer:
    signing: Signing
    public_key: bytes
    """As PEM."""
    reader: Reader

    def sign(self, message: bytes) -> bytes:
        """Up to 4096 bytes. Raises UserError where KMS doesn't sign."""
        found = self.reader.read(
            Fact(SIGN, lambda answer: bytes(answer["Signature"])),
            KeyId=self.signing.key,
            Message=message,
            MessageType="RAW",
            SigningAlgorithm=self.signing.algorithm,
        )
        if isinstance(found, Gap):
            raise _unusable(self.signing.key, found)
        return found.value


def signer(key: str, profile: str | None, clients: Clients | None = None) -> Signer:
    """The key, by its id, ARN or alias, ready to sign. Raises UserError where it can't be used."""
    region = parse_arn(key).region if is_arn(key) else None
    clients = clients or Clients(profile=profile, regions=(region,) if region else ())
    _, own = identify(Reader(clients, Ledger(), Pace(), clients.caller, account=""))
    reader = own.at(region)
    found = reader.read(Fact(GET_PUBLIC_KEY, _public_key), KeyId=key)
    if isinstance(found, Gap):
        raise _unusable(key, found)
    arn, der, offered = found.value
    algorithm = next((name for name in ALGORITHMS if name in offered), None)
    if algorithm is None:
        known = ", ".join(map(str, offered)) or "none"
        raise UserError(
            f"--sign-with-kms: {key} knows no algorithm that evidence is signed with ({known})",
            hint=f"take an asymmetric key for one of {', '.join(ALGORITHMS)}",
        )
    return Signer(Signing(key=arn, algorithm=algorithm), as_pem(der), reader)


def _public_key(answer: Answer) -> tuple[str, bytes, tuple[Any, ...]]:
    return answer["KeyId"], bytes(answer["PublicKey"]), tuple(answer.get("SigningAlgorithms") or ())


def _unusable(key: str, gap: Gap) -> UserError:
    return UserError(
        f"--sign-with-kms: {key} can't be used: {gap.detail}",
        hint="the caller needs kms:GetPublicKey and kms:Sign on an asymmetric key that signs",
    )
