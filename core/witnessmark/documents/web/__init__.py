"""Documents from the web: which URLs are taken, which addresses are public, and how a file is fetched."""
