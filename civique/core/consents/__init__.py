"""What people agree to: that their image is used, by medium; that a minor takes part, given by who has authority."""
