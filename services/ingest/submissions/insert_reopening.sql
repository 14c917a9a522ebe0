-- Inserts a reopening request.
INSERT INTO reopening (campaign, org, id, month, state, cells, registers, reason, asked_at, asked_by)
VALUES (%(campaign)s, %(org)s, %(id)s, %(month)s, 'open', %(cells)s, %(registers)s, %(reason)s, %(at)s, %(actor)s)
