"""Pictures of the sections, one module a section under its name; what they share is `drawing`."""
