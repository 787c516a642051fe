"""The service team of a project: which posts the plan asks for, who fills them, what is still missing."""
