"""An app with a command that says what it is told, for the tests of run_command."""
