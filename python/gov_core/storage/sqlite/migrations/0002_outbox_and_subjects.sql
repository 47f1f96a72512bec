ALTER TABLE store ADD COLUMN clock_us INTEGER NOT NULL DEFAULT 0; -- no time that was given is later; but those of commands and seals
ALTER TABLE store ADD COLUMN numbered INTEGER NOT NULL DEFAULT 0; -- the last message

-- Messages, one lane for each case and endpoint. What may be claimed is read off the lanes, so that a claim
-- costs what it gives, however many messages wait behind others or have been sent.
CREATE TABLE lanes (
    lane INTEGER PRIMARY KEY,
    case_no INTEGER NOT NULL,
    endpoint TEXT NOT NULL,
    head INTEGER, -- its first message that is neither sent nor buried; NULL if none is
    ready_us INTEGER, -- when that may be claimed: not while somebody has another one of the lane
    claimed INTEGER, -- the message of it that was claimed last
    UNIQUE (case_no, endpoint)
) STRICT;
CREATE INDEX lanes_ready ON lanes (ready_us, head) WHERE head IS NOT NULL;
CREATE INDEX lanes_of_endpoint ON lanes (endpoint, ready_us, head) WHERE head IS NOT NULL;

-- What is to be told, which never changes, apart from how far it has come: bodies are written once.
CREATE TABLE messages (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    lane INTEGER NOT NULL,
    delay_us INTEGER NOT NULL,
    written_us INTEGER NOT NULL,
    body BLOB NOT NULL,
    mark BLOB NOT NULL -- checksum of the row, with case and endpoint
) STRICT;
CREATE INDEX messages_of_lane ON messages (lane);
CREATE TABLE deliveries (
    number INTEGER PRIMARY KEY,
    lane INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    ready_us INTEGER NOT NULL,
    settled_us INTEGER, -- NULL while it waits or is leased
    error TEXT NOT NULL,
    token INTEGER NOT NULL,
    worker TEXT NOT NULL,
    mark BLOB NOT NULL -- the same
) STRICT;
CREATE INDEX deliveries_of_lane ON deliveries (lane) WHERE settled_us IS NULL;
CREATE INDEX deliveries_unsent ON deliveries (number) WHERE state <> 'sent';
CREATE INDEX deliveries_sent ON deliveries (settled_us) WHERE state = 'sent';
