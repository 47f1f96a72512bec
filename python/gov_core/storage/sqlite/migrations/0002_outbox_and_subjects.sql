-- clock_us: the latest time that was given to anything but a command or a seal. numbered: the last message.
ALTER TABLE store ADD COLUMN clock_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE store ADD COLUMN numbered INTEGER NOT NULL DEFAULT 0;

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

-- What is kept of subjects. Rows of these two tables are only ever added at the end, and what is erased is
-- overwritten with as many zeros where it stands: so no row is ever moved to another page. One that is moved
-- leaves a copy in the unused part of the page it comes from, which deleting it later does not find.
ALTER TABLE personal RENAME TO personal_by_commitment;
CREATE TABLE personal (
    no INTEGER PRIMARY KEY,
    commitment BLOB NOT NULL,
    subject TEXT NOT NULL,
    live INTEGER NOT NULL, -- 0: erased
    sealed BLOB NOT NULL,
    mark BLOB NOT NULL -- checksum of the row
) STRICT;
INSERT INTO personal (commitment, subject, live, sealed, mark)
SELECT commitment, subject, 1, sealed, mark FROM personal_by_commitment ORDER BY commitment;
DROP TABLE personal_by_commitment;
CREATE UNIQUE INDEX personal_of_commitment ON personal (commitment) WHERE live;
CREATE INDEX personal_of_subject ON personal (subject) WHERE live;
CREATE TABLE keys (
    no INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    live INTEGER NOT NULL, -- 0: erased, or wrapped anew in another row
    wrapped BLOB NOT NULL,
    mark BLOB NOT NULL -- the same
) STRICT;
CREATE UNIQUE INDEX keys_of_subject ON keys (subject) WHERE live;

CREATE TABLE subject_cases (
    subject TEXT NOT NULL,
    case_no INTEGER NOT NULL,
    mark BLOB NOT NULL, -- the same, with the id of the case
    PRIMARY KEY (subject, case_no)
) STRICT, WITHOUT ROWID;
CREATE TABLE holds (
    subject TEXT NOT NULL,
    basis TEXT NOT NULL,
    until_us INTEGER, -- NULL: until it is released
    mark BLOB NOT NULL, -- the same
    PRIMARY KEY (subject, basis)
) STRICT, WITHOUT ROWID;
CREATE TABLE erasures (
    no INTEGER PRIMARY KEY,
    subject TEXT NOT NULL UNIQUE,
    command_id TEXT NOT NULL UNIQUE,
    basis TEXT NOT NULL,
    erased_us INTEGER NOT NULL,
    values_gone INTEGER NOT NULL,
    keys_gone INTEGER NOT NULL,
    mark BLOB NOT NULL -- the same
) STRICT;
CREATE TABLE accesses (
    number INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    commitment BLOB NOT NULL,
    case_id TEXT NOT NULL,
    reader TEXT NOT NULL,
    purpose TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    mark BLOB NOT NULL -- the same
) STRICT;
CREATE INDEX accesses_of_subject ON accesses (subject);
