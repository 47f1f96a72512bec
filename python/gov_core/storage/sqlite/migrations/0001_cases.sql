-- Numbers of a case (case_no) and of a command (first) are the position of the first event of each: they
-- grow as the store got to know them, and say where to look.

CREATE TABLE store (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id TEXT NOT NULL,
    listed INTEGER NOT NULL -- `lists` holds what commands up to this position have made of the cases
) STRICT;

CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    case_no INTEGER NOT NULL,
    version INTEGER NOT NULL,
    command INTEGER NOT NULL, -- commands.first
    type TEXT NOT NULL,
    schema INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    data BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX events_of_case ON events (case_no, version);

CREATE TABLE commands (
    first INTEGER PRIMARY KEY,
    last INTEGER NOT NULL,
    case_no INTEGER NOT NULL,
    recorded_us INTEGER NOT NULL,
    command_id TEXT NOT NULL UNIQUE,
    digest BLOB NOT NULL,
    mark BLOB NOT NULL -- checksum of this row and of the hash of its last event
) STRICT;

-- The head of each case, its row for lists (all NULL before an append gives one) and its clocks.
CREATE TABLE cases (
    case_no INTEGER PRIMARY KEY,
    case_id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    hash BLOB NOT NULL,
    state TEXT,
    open INTEGER,
    procedure TEXT,
    matter TEXT,
    grade TEXT,
    place TEXT,
    path TEXT,
    unit TEXT,
    opened_us INTEGER,
    yellow_us INTEGER,
    due_us INTEGER,
    sensitive INTEGER,
    clocks TEXT NOT NULL, -- JSON: [[clock, fires_us, due_us], …]
    mark BLOB NOT NULL -- checksum of the row and the clocks
) STRICT;

-- What is due: the clocks of all cases by the time they fire.
CREATE TABLE due (
    fires_us INTEGER NOT NULL,
    case_no INTEGER NOT NULL,
    clock TEXT NOT NULL,
    due_us INTEGER NOT NULL,
    PRIMARY KEY (fires_us, case_no, clock)
) STRICT, WITHOUT ROWID;

-- Lists of cases: one run for each unit, matter, place and facet, in each of three orders. They follow
-- `cases` in strides, as keeping a dozen indexes with every append would cost more than the append itself.
-- Behind its order each index has what else a filter asks of, so that what it keeps out costs no look-up.
CREATE TABLE names (no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE places (
    no INTEGER PRIMARY KEY, place TEXT NOT NULL, path TEXT NOT NULL, UNIQUE (path, place)
) STRICT;
CREATE TABLE facets (
    no INTEGER PRIMARY KEY,
    procedure TEXT NOT NULL,
    state TEXT NOT NULL,
    open INTEGER NOT NULL,
    sensitive INTEGER NOT NULL,
    judged INTEGER NOT NULL, -- by a clock: whether there is a time to turn yellow or red
    UNIQUE (procedure, state, open, sensitive, judged)
) STRICT;
CREATE TABLE lists (
    case_no INTEGER PRIMARY KEY,
    facet INTEGER NOT NULL,
    unit INTEGER NOT NULL,
    matter INTEGER NOT NULL,
    place INTEGER NOT NULL,
    opened_us INTEGER NOT NULL,
    due_us INTEGER NOT NULL, -- 2^63 - 1 for none
    yellow_us INTEGER NOT NULL -- the same
) STRICT, WITHOUT ROWID;
CREATE INDEX lists_facet_due ON lists (facet, due_us, case_no, yellow_us, opened_us, place);
-- By how long, in digits, a clock stays yellow.
CREATE INDEX lists_span ON lists (
    length(due_us - yellow_us), yellow_us, case_no, due_us, facet, opened_us, place
);
CREATE INDEX lists_facet_opened ON lists (facet, opened_us, case_no, due_us, yellow_us, place);
CREATE INDEX lists_facet ON lists (facet, case_no, due_us, yellow_us, place);
CREATE INDEX lists_unit_due ON lists (unit, due_us, case_no, yellow_us, facet, matter, place);
CREATE INDEX lists_unit_opened ON lists (unit, opened_us, case_no, due_us, yellow_us, facet, matter, place);
CREATE INDEX lists_unit ON lists (unit, case_no, due_us, yellow_us, facet, matter, place);
CREATE INDEX lists_matter_due ON lists (matter, due_us, case_no, yellow_us, facet, place);
CREATE INDEX lists_matter_opened ON lists (matter, opened_us, case_no, due_us, yellow_us, facet, place);
CREATE INDEX lists_matter ON lists (matter, case_no, due_us, yellow_us, facet, place);
CREATE INDEX lists_place_due ON lists (place, due_us, case_no, yellow_us, facet);
CREATE INDEX lists_place_opened ON lists (place, opened_us, case_no, due_us, yellow_us, facet);
CREATE INDEX lists_place ON lists (place, case_no, due_us, yellow_us, facet);

CREATE TABLE personal (
    commitment BLOB PRIMARY KEY,
    subject TEXT NOT NULL,
    sealed BLOB NOT NULL,
    mark BLOB NOT NULL -- checksum of the row
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshots (
    case_id TEXT NOT NULL,
    schema INTEGER NOT NULL,
    version INTEGER NOT NULL,
    data BLOB NOT NULL,
    mark BLOB NOT NULL, -- the same
    PRIMARY KEY (case_id, schema)
) STRICT;

CREATE TABLE checkpoints (
    name TEXT PRIMARY KEY,
    store TEXT NOT NULL,
    position INTEGER NOT NULL,
    mark BLOB NOT NULL -- the same
) STRICT;

CREATE TABLE seals (
    number INTEGER PRIMARY KEY,
    position INTEGER NOT NULL,
    events INTEGER NOT NULL,
    root BLOB NOT NULL,
    previous BLOB NOT NULL,
    sealed_us INTEGER NOT NULL,
    peaks BLOB NOT NULL -- of the Merkle tree, so that the next seal goes on from here
) STRICT;
