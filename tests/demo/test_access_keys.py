import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.iam.utils import generate_access_key_id_from_account_id

from scanner.demo.access_keys import access_key_id, account_of

accounts = st.text("0123456789", min_size=12, max_size=12)


@given(accounts)
def test_an_access_key_id_tells_its_account(account: str) -> None:
    assert account_of(access_key_id(account)) == account


@given(accounts)
def test_the_packing_is_that_of_moto(account: str) -> None:
    assert account_of(generate_access_key_id_from_account_id(account, "ASIA")) == account


@pytest.mark.parametrize("key", ["", "AKIA", "AKIAlowercase1234567", "AKIAAAAAAAAAAEXAMPLE"])
def test_a_key_that_packs_no_account_tells_none(key: str) -> None:
    assert account_of(key) is None
