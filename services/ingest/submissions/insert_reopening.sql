-- Enters a request for reopening a month.
INSERT INTO reopening (campaign, org, id, month, state, cells, reason, asked_at, asked_by)
VALUES (%(campaign)s, %(org)s, %(id)s, %(month)s, 'open', %(cells)s, %(reason)s, %(at)s, %(actor)s)
