-- Records an issued report.
INSERT INTO report (campaign, number, month, version, definition_version, issued_at, issuer, actor, figures)
VALUES (
    %(campaign)s, %(number)s, %(month)s, %(version)s, %(definition_version)s, %(issued_at)s, %(issuer)s, %(actor)s, %(figures)s
)
