"""What Hearth's own recipes share: each recipe's code travels with this folder beside it."""
