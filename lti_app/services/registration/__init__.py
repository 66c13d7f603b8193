"""Dynamic registration (LTI Dynamic Registration 1.0): a platform is added by one pasted address.

``invitations`` admits it once, ``configuration`` reads what the platform says of itself and writes
what we ask for, ``registering`` exchanges the two and stores the platform.
"""
