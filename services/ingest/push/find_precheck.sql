-- The definition in force; and the last applied import of the same request, if no change since then could give it another result:
-- a new definition, an import of the same organisation, a change of one of its submissions. Rows that refer to rows of other
-- organisations may also have another result after any organisation's import.
SELECT c.definition_version, same.id, same.counts
FROM campaign c
LEFT JOIN LATERAL (
    SELECT i.id, i.counts, i.version
    FROM import i
    WHERE i.campaign = %(campaign)s AND i.org = %(org)s AND i.request_sha256 = %(request)s AND i.state = 'applied'
        AND i.counts ->> 'rejected' = '0'
    ORDER BY i.id DESC
    LIMIT 1
) same ON NOT EXISTS (
    SELECT FROM ledger l
    WHERE l.campaign = %(campaign)s AND l.version > same.version
        AND (l.kind = 'definition' OR (l.org = %(org)s AND l.kind IN ('import', 'submission')) OR (%(refers)s AND l.kind = 'import'))
)
WHERE c.campaign = %(campaign)s
