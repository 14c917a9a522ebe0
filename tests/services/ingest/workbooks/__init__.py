"""Tests of the worker that reads workbooks."""
