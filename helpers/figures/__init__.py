"""Drawing: ``style`` the article's palette · ``player`` animations to pause and scrub · one module per section."""
