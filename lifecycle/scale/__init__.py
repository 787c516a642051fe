"""A district of any size in seconds: projects made by SQL, for measuring and for trying things out.

``words`` are the names, ``life`` what a pack lays down as rows, ``rows`` the statements (``serving`` those
after the signing), ``tables`` how they are run; ``seeding.seed`` puts them together.
"""
