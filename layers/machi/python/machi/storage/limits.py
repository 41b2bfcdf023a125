"""What DynamoDB can hold of one entity; beyond it a client gets a clear refusal."""

MAX_ID_BYTES = 900
"""Of an entity's id: an entry's sort key has 1,024."""

MAX_TYPE_BYTES = 1_000
"""Of a type's IRI: a partition key has 2,048."""

MAX_ENTRIES = 45
"""Index entries of one entity: a change may replace all of them, and a transaction holds 100 items."""

MAX_ATTRIBUTES = 5_000
"""Of one entity: each entry carries a token of nine bytes for each."""
