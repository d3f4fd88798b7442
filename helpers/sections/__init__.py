"""Numbers of the sections, one module a section under its name; what two need is library."""
