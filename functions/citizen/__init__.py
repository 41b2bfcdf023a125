"""The citizen API: what a signed-in citizen does with the citizen's own data."""
