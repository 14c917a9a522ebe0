-- Inserts the next revision of an explanation.
INSERT INTO finding_explanation (campaign, org, month, finding_id, revision, text, actor, at)
VALUES (%(campaign)s, %(org)s, %(month)s, %(finding_id)s, %(revision)s, %(text)s, %(actor)s, %(at)s)
