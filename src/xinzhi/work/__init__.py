"""Remembering finished work in a plain folder."""
