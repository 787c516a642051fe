"""推荐、流转、移交: units are proposed with reasons and answer; one takes the project or hands it on."""
