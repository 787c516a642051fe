"""History rows of a model, with the indexes that are asked for and no others.

``simple_history`` indexes every foreign key of every version and checks the user of each: eight indexes
on a milestone's history, of which two are ever read. Set-based actions write many such rows.
"""

from typing import Any

from django.db.models import Model
from simple_history.models import HistoricalRecords


class Versions(HistoricalRecords):
    """``HistoricalRecords`` whose rows are found by object and by date; their user is not looked up."""

    def __init__(self, **options: Any) -> None:
        super().__init__(user_db_constraint=False, **options)

    def copy_fields(self, model: type[Model]) -> dict[str, Any]:
        fields: dict[str, Any] = super().copy_fields(model)
        own = model._meta.pk.name
        for name, field in fields.items():
            field.db_index = field.db_index and name == own
        return fields

    def _get_history_user_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super()._get_history_user_fields()
        for field in fields.values():
            field.db_index = False
        return fields
