"""Files that people take away: CSV in the export folder."""
