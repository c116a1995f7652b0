"""The instruments: scales as data, their arithmetic and their validation."""
