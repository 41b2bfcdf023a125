"""The broker's operations (clause 5) as services over repositories, free of HTTP and AWS.

One module for each group: provision, batch, purge, consumption, discovery, entity maps. A route of
`functions.broker` reads a request, calls one method here and writes down what it returns.
"""
