-- Keeps a piece of the body of a push.
INSERT INTO import_part (campaign, org, import_id, number, content)
VALUES (%(campaign)s, %(org)s, %(import_id)s, %(number)s, %(content)s)
