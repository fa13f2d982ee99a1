"""What a person can do: one function and one transaction each."""
