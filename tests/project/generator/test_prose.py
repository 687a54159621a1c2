"""Lines added to pages."""

from project.generator.prose import with_change


def test_a_line_of_the_changelog_is_the_last_that_is_added() -> None:
    changelog = "# C\n\n## [Unreleased]\n\n### Added\n\n- One.\n  More.\n\n### Fixed\n\n- F.\n\n## [0.1]\n"

    assert "- One.\n  More.\n- Two.\n\n### Fixed" in with_change(changelog, "Two.")
    assert with_change(changelog.partition("\n\n### Fixed")[0] + "\n", "Two.").endswith("More.\n- Two.\n")
