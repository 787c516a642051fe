"""The plan of a project (两单一表, 倒排工期表): made from the pack's preset, counted backwards, sealed,
followed.
"""
