"""推荐、流转、移交: units are proposed for a project with reasons, answer, and one takes it or hands it on."""
