"""Reading what the stacks made."""

from dataclasses import fields

import pytest

from local.deployed import Deployed, read_deployed
from local.failure import PlatformFailure


def outputs() -> dict[str, str]:
    return {
        "".join(part.capitalize() for part in field.name.split("_")): field.name
        for field in fields(Deployed)
        if not field.name.startswith("partner_")
    }


def test_outputs_are_found_by_their_names_whatever_else_there_is() -> None:
    deployed = read_deployed({**outputs(), "ExportsOutputRef": "x"})

    assert deployed.api_id == "api_id"
    assert deployed.portal_distribution_domain == "portal_distribution_domain"


def test_partners_are_found_by_the_names_of_their_outputs() -> None:
    deployed = read_deployed(
        {**outputs(), "PartnerClientIdKencom": "client", "PartnerSecretKencom": "secret-name"}
    )

    assert deployed.partner_client_ids == {"kencom": "client"}
    assert deployed.partner_secrets == {"kencom": "secret-name"}


def test_a_missing_output_is_named() -> None:
    incomplete = outputs()
    del incomplete["ImportBucket"]

    with pytest.raises(PlatformFailure, match="lack the outputs ImportBucket"):
        read_deployed(incomplete)
