"""Solvers of one program, and the proof of what they give."""
