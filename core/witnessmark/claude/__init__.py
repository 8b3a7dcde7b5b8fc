"""Sends plans to Claude, or to any endpoint that speaks its API."""
