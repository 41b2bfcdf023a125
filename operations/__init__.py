"""What an operator does to a stage that stands: commands that know both the city file and the domain."""
