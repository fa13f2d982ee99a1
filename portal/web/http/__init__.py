"""What every page needs: guards, CSRF, cookies, headers, htmx, errors, forms."""
