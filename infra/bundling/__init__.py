"""How source becomes what Lambda unpacks: copied, stripped, compiled, the same every time, without Docker."""
