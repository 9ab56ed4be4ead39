"""What the parts say to each other: records, operations, events and refusals. Knows no library but msgspec."""
