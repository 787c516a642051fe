"""Versions as ETags: If-Match guards a write, If-None-Match spares a read."""

from dataclasses import dataclass

import pytest
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from kernel.etags import PreconditionRequired, demand_match, etag_of, not_modified, tagged, unchanged
from kernel.problems import PreconditionFailed


@dataclass
class Row:
    pk: int = 12
    version: int = 7


def asking(**headers: str) -> Request:
    return Request(
        APIRequestFactory().patch("/", headers={k.replace("_", "-"): v for k, v in headers.items()})
    )


def test_the_tag_names_the_row_and_its_version() -> None:
    assert etag_of(Row()) == '"12.7"'
    assert tagged(Response(), Row())["ETag"] == '"12.7"'


@pytest.mark.parametrize("header", ['"12.7"', '"12.6", "12.7"', "*", ""])
def test_a_write_on_the_current_version_passes(header: str) -> None:
    demand_match(asking(If_Match=header), Row())


@pytest.mark.parametrize("header", ['"12.6"', 'W/"12.7"', "12.7", '"13.7"'])
def test_a_write_on_any_other_version_is_refused(header: str) -> None:
    with pytest.raises(PreconditionFailed):
        demand_match(asking(If_Match=header), Row())


def test_a_write_that_must_name_its_version_is_asked_to() -> None:
    with pytest.raises(PreconditionRequired):
        demand_match(asking(), Row(), required=True)


@pytest.mark.parametrize(
    ("header", "same"), [('"12.7"', True), ('W/"12.7"', True), ("*", True), ('"12.6"', False)]
)
def test_a_read_of_a_known_version_is_spared(header: str, same: bool) -> None:
    assert unchanged(asking(If_None_Match=header), Row()) is same


def test_not_modified_carries_the_tag_and_no_body() -> None:
    answer = not_modified(Row())
    assert (answer.status_code, answer["ETag"], answer.data) == (304, '"12.7"', None)
