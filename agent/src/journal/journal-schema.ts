// The tables of the agent's journal. Versioned by `user_version`; a journal of a newer agent is refused rather than misread.

export const journalVersion = 1;

export const journalSchema = `
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row an attempt id ever seen. The row is what makes it run once.
CREATE TABLE attempt (
  id TEXT PRIMARY KEY,
  -- Of the newest receipt, whose JSON is beside it; the receipts table is this one, since only the newest counts.
  seq INTEGER NOT NULL,
  state TEXT NOT NULL,
  receipt TEXT NOT NULL,
  -- Null once it has ended.
  attempt_order TEXT,
  boot_id TEXT NOT NULL,
  recorded_ms INTEGER NOT NULL,
  cancel_kill_after_ms INTEGER,
  -- Bytes of output kept in files, and whether the manager has all of them. Zero while it runs.
  output_bytes INTEGER NOT NULL DEFAULT 0,
  output_done INTEGER NOT NULL DEFAULT 0,
  -- Whether its folder may still be there.
  has_folder INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX attempt_by_seq ON attempt (seq);
CREATE INDEX attempt_open ON attempt (id) WHERE attempt_order IS NOT NULL;
CREATE INDEX attempt_with_folder ON attempt (recorded_ms) WHERE has_folder = 1;
`;
