"""What the four market programs share: bars, features, models, and the way to the server."""
