"""The whole database in one file, and back: what is in it (contents), the file (archive), and each kind of database."""
