"""The inbox of an organisation, and the workload of all."""
