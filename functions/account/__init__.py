"""The account API: registration, password reissue, and what a citizen does with the citizen's own account."""
