"""What every REST list shares: fast JSON, and pages by cursor (never by offset)."""

from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework.pagination import CursorPagination
from rest_framework.renderers import JSONRenderer


class OrjsonRenderer(JSONRenderer):
    """JSON in UTF-8; decimals and unknown types as text, so that no figure passes through a float."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else orjson.dumps(data, default=str, option=orjson.OPT_NON_STR_KEYS)


class NewestFirst(CursorPagination):
    """Newest first by primary key: the thousandth page costs what the first does."""

    ordering: Any = "-pk"
    page_size_query_param = "page_size"
    max_page_size = 200
