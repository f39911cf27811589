"""Reading files of other programs into this one: one file per kind of row, checked whole before anything is written."""
