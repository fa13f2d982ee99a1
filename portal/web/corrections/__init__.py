"""Late corrections: the institution asks, the regional office and the operator answer."""
