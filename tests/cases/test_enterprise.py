"""An enterprise has one credit code or says why it has none."""

import pytest
from django.db import IntegrityError, transaction

from cases.models import Enterprise
from tests import factories as make

pytestmark = pytest.mark.django_db
CODE = "91500102MA5U4XU15P"


def test_a_credit_code_stands_once() -> None:
    make.enterprise(credit_code=CODE)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.enterprise(credit_code=CODE)


def test_several_may_have_none_but_each_says_why() -> None:
    make.enterprise()
    make.enterprise(no_code_reason="境外企业")
    with pytest.raises(IntegrityError), transaction.atomic():
        Enterprise.objects.create(name="无码企业")


def test_names_are_compared_by_their_normal_form() -> None:
    row = make.enterprise("重庆（涪陵）新材料 有限公司")
    assert row.normalized_name == "重庆涪陵新材料有限公司"
