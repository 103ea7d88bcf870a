-- A browser that scans is a device as well: of the account that signed it in, and good only as long as that may do so. NULL: paired with a code.

ALTER TABLE device ADD COLUMN account_id BIGINT REFERENCES account(id);
