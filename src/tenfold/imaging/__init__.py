"""From any picture to 28 x 28 digits."""
