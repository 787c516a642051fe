"""`make bench`: the product's speed on a PostgreSQL of its own, as one table of figures and targets.

``places`` makes databases and starts web servers, ``app`` is what they serve (the product and, beside it, bare
views), ``load`` asks them, ``web`` and ``inside`` are the measurements, ``table`` prints.
"""  # noqa: E501
