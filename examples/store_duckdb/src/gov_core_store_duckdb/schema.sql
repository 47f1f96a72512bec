-- No keys and no constraints: one process writes, behind one lock, and has looked before it writes. DuckDB
-- finds a case in a column of a million in about a millisecond without an index.

CREATE TABLE IF NOT EXISTS store (
    id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    clock_us BIGINT NOT NULL, -- the latest time that a claim or a settlement was given
    numbered BIGINT NOT NULL -- the last message that there was when messages were forgotten
);

CREATE TABLE IF NOT EXISTS events (
    position BIGINT NOT NULL,
    case_id VARCHAR NOT NULL,
    version BIGINT NOT NULL,
    recorded_us BIGINT NOT NULL,
    command_id VARCHAR NOT NULL,
    digest BLOB NOT NULL,
    type VARCHAR NOT NULL,
    schema INTEGER NOT NULL,
    at_us BIGINT NOT NULL,
    data BLOB NOT NULL,
    hash BLOB NOT NULL
);

-- The head of each case, and its row for lists; `listed` is false until an append gives one.
CREATE TABLE IF NOT EXISTS cases (
    arrival BIGINT NOT NULL, -- position of its first event
    head_version BIGINT NOT NULL,
    head_hash BLOB NOT NULL,
    listed BOOLEAN NOT NULL,
    case_id VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    open BOOLEAN NOT NULL,
    procedure VARCHAR NOT NULL,
    matter VARCHAR NOT NULL,
    grade VARCHAR NOT NULL,
    place VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    opened_us BIGINT NOT NULL,
    yellow_us BIGINT,
    due_us BIGINT,
    sensitive BOOLEAN NOT NULL
);

CREATE TABLE IF NOT EXISTS clocks (
    arrival BIGINT NOT NULL,
    clock VARCHAR NOT NULL,
    fires_us BIGINT NOT NULL,
    due_us BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS snapshots (
    case_id VARCHAR NOT NULL, version BIGINT NOT NULL, schema BIGINT NOT NULL, data BLOB NOT NULL
);

CREATE TABLE IF NOT EXISTS checkpoints (name VARCHAR NOT NULL, store VARCHAR NOT NULL, position BIGINT NOT NULL);

CREATE TABLE IF NOT EXISTS seals (
    store VARCHAR NOT NULL,
    number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    events BIGINT NOT NULL,
    root BLOB NOT NULL,
    previous BLOB NOT NULL,
    sealed_us BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS outbox (
    number BIGINT NOT NULL,
    id VARCHAR NOT NULL,
    endpoint VARCHAR NOT NULL,
    body BLOB NOT NULL,
    delay_us BIGINT NOT NULL,
    case_id VARCHAR NOT NULL,
    written_us BIGINT NOT NULL,
    state VARCHAR NOT NULL,
    attempts BIGINT NOT NULL,
    ready_us BIGINT NOT NULL,
    settled_us BIGINT,
    error VARCHAR NOT NULL,
    token BIGINT NOT NULL,
    worker VARCHAR NOT NULL
);
