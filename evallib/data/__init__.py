"""The one door between disk and records: files in, checked records out, workbooks to fill in or to read. No page is made."""
