"""From a source to a document: bytes by hash, media type by content, pages, words with boxes."""
