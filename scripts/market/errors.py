"""The one error that a program shows to people as it stands."""


class MarketError(Exception):
    """Something that the person who started the program can mend; its text is a whole sentence."""
