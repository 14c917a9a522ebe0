"""What several services need to agree on: pure, with the `.sql` it reads by."""
