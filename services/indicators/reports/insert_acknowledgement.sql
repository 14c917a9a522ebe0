-- Records an acknowledgement; inserts nothing if the organisation has already acknowledged the report.
INSERT INTO report_acknowledgement (campaign, org, number, note, actor, at)
VALUES (%(campaign)s, %(org)s, %(number)s, %(note)s, %(actor)s, %(at)s)
ON CONFLICT (campaign, org, number) DO NOTHING
