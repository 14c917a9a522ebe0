-- Records a sent reminder; the row belongs to the organisation that sent it.
INSERT INTO sent_reminder (campaign, org, id, month, to_org, channel, text, open_cells, sent_at, logged_at, client)
VALUES (
    %(campaign)s, %(by_org)s, %(id)s, %(month)s, %(org)s, %(channel)s, %(text)s, %(open_cells)s, %(sent_at)s, %(logged_at)s,
    %(client)s
)
