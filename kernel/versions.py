"""History rows of a model, with the indexes that are asked for and no others, written in one plain statement.

``simple_history`` indexes every foreign key of every version and checks the user of each: eight indexes
on a milestone's history, while all that is ever asked is what an object was on a day. Set-based actions
write many such rows. It also makes a manager class and a model instance anew for every row it writes, which
takes longer than the database does.
"""

from typing import Any

from django.db.models import Index, Model
from simple_history.models import HistoricalRecords

from kernel.bulk import insert_select
from kernel.clock import now


class Versions(HistoricalRecords):
    """``HistoricalRecords`` whose rows are found by object and date; their user is not looked up.

    Nothing is signalled when a row is written, and many-to-many fields are not followed.
    """

    _date_indexing = False

    def __init__(self, **options: Any) -> None:
        super().__init__(user_db_constraint=False, **options)

    def create_history_model(self, model: type[Model], inherited: bool) -> type[Model]:
        self._past: type[Model] = super().create_history_model(model, inherited)
        return self._past

    def copy_fields(self, model: type[Model]) -> dict[str, Any]:
        fields: dict[str, Any] = super().copy_fields(model)
        for field in fields.values():
            field.db_index = False
        return fields

    def get_meta_options(self, model: type[Model]) -> dict[str, Any]:
        options: dict[str, Any] = super().get_meta_options(model)
        return options | {"indexes": [Index(fields=[model._meta.pk.name, "history_date"])]}

    def _get_history_user_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super()._get_history_user_fields()
        for field in fields.values():
            field.db_index = False
        return fields

    def create_historical_record(self, instance: Any, history_type: str, using: str | None = None) -> None:
        """The row that the library would write."""
        by = self.get_history_user(instance)
        said = {field.column: getattr(instance, field.attname) for field in self.fields_included(instance)}
        said |= {
            "history_date": getattr(instance, "_history_date", None) or now(),
            "history_type": history_type,
            "history_user_id": by.pk if by else None,
            "history_change_reason": self.get_change_reason_for_object(instance, history_type, using),
        }
        insert_select(self._past, said, "")
