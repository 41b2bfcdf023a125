"""The directory of users, as a Cognito user pool: the only place that speaks its API."""
