"""A framework as a workbook: laid out to be changed, and taken in again as a framework file."""
