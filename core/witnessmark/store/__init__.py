"""What was paid for, kept: answers, uploads, money, documents that cannot be read."""
