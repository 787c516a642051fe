"""Reading the offices' own Excel ledgers: pure functions, no models, no database.

``rows.read_rows`` is the way in; ``values`` holds the parsers shared with forms and the API.
"""
