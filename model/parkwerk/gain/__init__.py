"""What each company gains: coalitions valued, the gain divided, contracts, risks."""
