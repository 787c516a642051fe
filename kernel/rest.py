"""What REST shares: fast JSON, pages by cursor (never by offset), days that are not to come."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.pagination import CursorPagination
from rest_framework.renderers import JSONRenderer

from kernel.clock import today


class OrjsonRenderer(JSONRenderer):
    """JSON in UTF-8; decimals and unknown types as text, so that no figure passes through a float."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else orjson.dumps(data, default=str, option=orjson.OPT_NON_STR_KEYS)


class Anything(OrjsonRenderer):
    """For an address that hands out files of any kind, whatever the caller accepts; problems stay JSON."""

    media_type = "*/*"
    format = ""


class NewestFirst(CursorPagination):
    """Newest first by primary key: the thousandth page costs what the first does."""

    ordering: Any = "-pk"
    page_size_query_param = "page_size"
    max_page_size = 200

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        """Raises NotFound also for a cursor whose mark is no value of the ordered field."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, OverflowError) as error:
            raise exceptions.NotFound(self.invalid_cursor_message) from error


class BusinessDay(serializers.DateField):
    """A business date (Asia/Shanghai) that is not to come: what forms ask of a day, too."""

    def to_internal_value(self, value: Any) -> date:
        day: date = super().to_internal_value(value)
        if day > today():
            raise serializers.ValidationError(
                _("日期不能晚于今天（%(today)s）") % {"today": today()}, "future"
            )
        return day
