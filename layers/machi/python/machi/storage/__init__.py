"""DynamoDB repositories: the only code that knows the keys of the tables."""
