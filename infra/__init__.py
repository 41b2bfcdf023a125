"""What exists on AWS: the CDK app, its stacks and constructs."""
