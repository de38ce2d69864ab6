"""Figures and the HTML page; reads saved runs, never trains."""
