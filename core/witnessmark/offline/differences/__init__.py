"""What differs between two documents: their texts aligned, and each change as small as a person would cite it."""
