"""Pure functions of an atlas and a date; no files, no printing."""
