"""Pictures of results: plain values in, the places of their marks out, in millimetres from the top left corner.

Each module draws one kind of picture and knows nothing of reviews, language or database; the templates in
templates/pictures write the marks as SVG. Whatever shows results hands in what it has, in words of its own.
"""
