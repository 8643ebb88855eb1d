"""The front door: what `import evallib` offers. Results of a year, of years, of a county, frames of them, what-if, own formulas.

Nothing is computed here: what is asked for is fetched from inside, put into frames, and shown. The names stand in `evallib/__init__.py`.
"""
