-- Stores a report in one format.
INSERT INTO report_file (campaign, number, ending, sha256, content)
VALUES (%(campaign)s, %(number)s, %(ending)s, %(sha256)s, %(content)s)
