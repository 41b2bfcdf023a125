"""What a new platform holds: applications with keys, made-up people, and the city's real open data."""
