"""Who a citizen is to the platform: the profile, the tokens that prove a sign-in, the record of each look."""
