"""Lambda functions: one folder each, a thin handler around the domain."""
