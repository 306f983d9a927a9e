"""The proof of log files: layout, digests, signatures, chains, and the objects that they are read from.

Reaches no boto3: who signs and which keys hold come in by the door. The only room that imports
cryptography.
"""
