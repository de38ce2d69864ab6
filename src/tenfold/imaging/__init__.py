"""From any picture to lines of ink and 28 x 28 digits."""
