"""How numbers, dates and times are written, where it is not as Django has it for the language."""
