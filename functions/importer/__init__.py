"""Takes in open data that the city uploads: reads, checks, loads, reports. No HTTP."""
