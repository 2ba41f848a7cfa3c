"""The study file as typed contract, one section a file."""
