"""惠企政策精准推送 (三(四)8): what of the plan concerns a project reaches its enterprise by itself, and what
an office publishes beside the plan."""
