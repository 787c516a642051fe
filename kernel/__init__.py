"""Words every app shares: refusals, money, the clock, conditions. No models; imports nothing of ours."""
