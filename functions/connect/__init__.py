"""The front door: partners' sign-in, the consent page, sign-out, and what clients configure from."""
