"""A paper named by its key is one of the case; of any other nothing is told, not even its name."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from documents.models import Attachment
from kernel.refusals import Refused


def require_of_case(paper: Attachment | None, case_id: int, field: str = "paper") -> None:
    """Raises Refused (invalid): in the same words for a paper of another case, withdrawn or unknown."""
    if paper is not None and (paper.case_id != case_id or paper.withdrawn_on is not None):
        raise Refused.invalid(field, _("所选材料不在本档案中，或已撤回"))


class PaperKey(serializers.PrimaryKeyRelatedField[Attachment]):
    """The key of a paper of the case. An unknown key gives a paper of no case, which the action then refuses
    as it does that of another: who asks does not learn which keys there are."""

    def __init__(self, **options: Any) -> None:
        if not options.get("read_only"):
            options.setdefault("queryset", Attachment.objects.all())
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> Attachment:
        try:
            return super().to_internal_value(data)
        except serializers.ValidationError as error:
            if error.get_codes() != ["does_not_exist"]:
                raise
            return Attachment()
