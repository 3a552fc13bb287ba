"""Links and codes that let somebody without an account do one thing: answer an invitation, use a voucher, give an opinion."""
