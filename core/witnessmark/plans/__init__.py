"""What would be sent to a model, as values: priced, explained and run from one place."""
