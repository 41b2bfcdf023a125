"""City staff: who they are to the platform, and what their groups let them do."""
