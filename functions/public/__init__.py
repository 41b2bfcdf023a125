"""What anybody may ask, with or without a credential."""
