"""招商专报: a numbered report to the leadership, their instructions on it, and the visits they lead."""
