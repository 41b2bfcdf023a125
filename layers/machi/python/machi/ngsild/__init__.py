"""The NGSI-LD broker's domain (ETSI GS CIM 009 V1.9.1): plain Python, no AWS, no HTTP."""
