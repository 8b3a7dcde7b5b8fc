"""The engine that needs no key: tables and text from the words and rules of a page."""
