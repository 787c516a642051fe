"""Running slips (手续办理回执单): each department's service and completion, sent to the leader in charge."""
