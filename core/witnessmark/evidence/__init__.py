"""Where each value stands on the page, or that it stands nowhere. Looks values up in the pages' words; asks nobody."""
