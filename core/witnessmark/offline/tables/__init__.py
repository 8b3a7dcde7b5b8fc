"""Tables from words and rules, as a pipeline of pure functions; `find.py` names the steps."""
