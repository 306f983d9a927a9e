"""The only room that talks to AWS: from a scope to a posture, reading and never writing.

Importing the package imports nothing; `scanner.aws.collect` brings the SDK.
"""
