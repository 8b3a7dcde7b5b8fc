"""Words of natural languages that several rooms of the core judge texts by."""
