"""The API: what programs call, in JSON and signed in by a token. docs/api.md says how."""
