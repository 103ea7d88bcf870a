-- A unit that is no more: it stays in the tree with its past, and nobody comes into it (docs/decisions/0064-register-by-hand.md).
ALTER TABLE unit ADD COLUMN closed_day TEXT; -- the first day without it; NULL: it goes on
