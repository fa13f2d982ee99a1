"""What a school's electronic diary says of absences, beside what АСП says of them."""
