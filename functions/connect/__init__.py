"""The front door: partners' sign-in, the consent page, sign-out, and the documents that clients configure from."""
