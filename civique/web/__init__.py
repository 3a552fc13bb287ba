"""Everything HTTP that modules share: pages, forms, sign-in, shells."""
