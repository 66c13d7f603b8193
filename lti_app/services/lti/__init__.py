"""LTI 1.3 on PyLTI1p3, with its gaps closed by subclassing in this one place.

``login`` answers the OIDC login initiation, ``launch`` validates the id_token, ``message`` reads its claims
into a plain value, ``entering`` turns that value into rows and a session.
Specifications: LTI 1.3 Core, 1EdTech Security Framework 1.0, OpenID Connect Core 1.0.
"""
