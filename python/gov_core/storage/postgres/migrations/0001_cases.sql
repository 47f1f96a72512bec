-- `gov.` stands for the schema of the store. Texts compare by code point everywhere (COLLATE "C"). The number of
-- a case (case_no) is the position of its first event: it grows as the store got to know them.

CREATE TABLE gov.gov_core_schema (version integer NOT NULL);

-- One row. Who has locked it has the turn to write, which makes positions without gaps, in the order of commits.
CREATE TABLE gov.store (
    one boolean PRIMARY KEY CHECK (one),
    id text COLLATE "C" NOT NULL,
    position bigint NOT NULL, -- of the newest event
    recorded_us bigint NOT NULL, -- the latest time given to an event, a seal or a receipt
    message bigint NOT NULL, -- number of the newest message of the outbox
    room bigint NOT NULL, -- events up to this position have a table
    width bigint NOT NULL -- positions of one of these tables
) WITH (fillfactor = 20);

-- Partitioned by position, so that old months can be detached as tables that are whole in themselves: each event
-- has its case, command and time with it. Uniqueness over all of them is kept by `commands` and `cases`.
CREATE TABLE gov.events (
    position bigint NOT NULL,
    case_no bigint NOT NULL,
    recorded_us bigint NOT NULL,
    at_us bigint NOT NULL,
    version integer NOT NULL,
    schema integer NOT NULL,
    case_id text COLLATE "C" NOT NULL,
    command_id text COLLATE "C" NOT NULL,
    digest bytea NOT NULL,
    type text COLLATE "C" NOT NULL,
    hash bytea NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY (position)
) PARTITION BY RANGE (position);

CREATE TABLE gov.commands (
    command_id text COLLATE "C" PRIMARY KEY,
    first bigint NOT NULL,
    last bigint NOT NULL,
    recorded_us bigint NOT NULL,
    case_no bigint NOT NULL,
    version integer NOT NULL, -- of the case after it
    digest bytea NOT NULL,
    hash bytea NOT NULL -- the same
);

-- The head of each case, its row for lists (all NULL before an append gives one) and its clocks.
CREATE TABLE gov.cases (
    case_no bigint PRIMARY KEY,
    last bigint NOT NULL, -- position of its newest event
    version integer NOT NULL,
    case_id text COLLATE "C" NOT NULL UNIQUE,
    hash bytea NOT NULL,
    state text COLLATE "C",
    open boolean,
    procedure text COLLATE "C",
    matter text COLLATE "C",
    grade text COLLATE "C",
    place text COLLATE "C",
    path text COLLATE "C",
    unit text COLLATE "C",
    opened_us bigint,
    yellow_us bigint, -- 2^63 - 1 for none
    due_us bigint, -- the same
    sensitive boolean,
    clocks text COLLATE "C" NOT NULL, -- JSON: [[clock, fires_us, due_us], …]
    mark bytea NOT NULL -- checksum of the row and the clocks
) WITH (fillfactor = 85);

CREATE INDEX cases_due ON gov.cases (due_us, case_no) WHERE state IS NOT NULL;
CREATE INDEX cases_opened ON gov.cases (opened_us, case_no) WHERE state IS NOT NULL;
CREATE INDEX cases_unit_due ON gov.cases (unit, due_us, case_no) WHERE state IS NOT NULL;
CREATE INDEX cases_unit_opened ON gov.cases (unit, opened_us, case_no) WHERE state IS NOT NULL;
CREATE INDEX cases_matter_due ON gov.cases (matter, due_us, case_no) WHERE state IS NOT NULL;
-- The ids of a place and of all above it; `_listing` asks with the same words.
CREATE INDEX cases_place ON gov.cases USING gin (
    (CASE WHEN path = '' THEN ARRAY['', place] ELSE string_to_array(path, '/') || place END)
) WHERE state IS NOT NULL;

-- What is due: the clocks of all cases by the time they fire.
CREATE TABLE gov.due (
    fires_us bigint NOT NULL,
    case_no bigint NOT NULL,
    due_us bigint NOT NULL,
    clock text COLLATE "C" NOT NULL,
    PRIMARY KEY (fires_us, case_no, clock)
);

CREATE TABLE gov.snapshots (
    case_id text COLLATE "C" NOT NULL,
    schema bigint NOT NULL,
    version bigint NOT NULL,
    data bytea NOT NULL,
    mark bytea NOT NULL, -- checksum of the row
    PRIMARY KEY (case_id, schema)
);

CREATE TABLE gov.checkpoints (
    name text COLLATE "C" PRIMARY KEY,
    store text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    mark bytea NOT NULL -- the same
);

CREATE TABLE gov.seals (
    number bigint PRIMARY KEY,
    position bigint NOT NULL,
    events bigint NOT NULL,
    root bytea NOT NULL,
    previous bytea NOT NULL,
    sealed_us bigint NOT NULL,
    peaks bytea NOT NULL -- of the Merkle tree, so that the next seal goes on from here
);

-- Messages. `head` says that nothing of its lane (case and endpoint) has to go before it.
CREATE TABLE gov.outbox (
    number bigint PRIMARY KEY,
    ready_us bigint NOT NULL,
    written_us bigint NOT NULL,
    settled_us bigint,
    delay_us bigint NOT NULL,
    token bigint NOT NULL,
    attempts integer NOT NULL,
    head boolean NOT NULL,
    state text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL UNIQUE,
    case_id text COLLATE "C" NOT NULL,
    endpoint text COLLATE "C" NOT NULL,
    error text COLLATE "C" NOT NULL,
    worker text COLLATE "C" NOT NULL,
    body bytea NOT NULL,
    mark bytea NOT NULL -- checksum of what was to be told
) WITH (fillfactor = 70);
CREATE INDEX outbox_ready ON gov.outbox (ready_us, number) WHERE head;
CREATE INDEX outbox_ready_at ON gov.outbox (endpoint, ready_us, number) WHERE head;
CREATE INDEX outbox_lane ON gov.outbox (case_id, endpoint, number) WHERE state IN ('waiting', 'leased');
CREATE INDEX outbox_settled ON gov.outbox (settled_us) WHERE state = 'sent';

-- Personal data. To erase is to write what stays into new files (TRUNCATE makes them), since a row that is deleted
-- lies in its page until something else happens to be put there; hence many small tables instead of a large one.
CREATE SEQUENCE gov.arrivals;
CREATE TABLE gov.personal (
    number bigint NOT NULL DEFAULT nextval('gov.arrivals'), -- as it came in
    subject text COLLATE "C" NOT NULL,
    commitment bytea NOT NULL,
    sealed bytea NOT NULL,
    mark bytea NOT NULL, -- checksum of the row
    PRIMARY KEY (subject, commitment)
) PARTITION BY HASH (subject);
CREATE INDEX personal_of ON gov.personal (commitment);
CREATE TABLE gov.subject_keys (
    subject text COLLATE "C" NOT NULL PRIMARY KEY,
    wrapped bytea NOT NULL,
    mark bytea NOT NULL -- the same
) PARTITION BY HASH (subject);
-- What the server samples for its planner it writes into tables of its own.
ALTER TABLE gov.personal ALTER COLUMN sealed SET STATISTICS 0, ALTER COLUMN mark SET STATISTICS 0;
ALTER TABLE gov.subject_keys ALTER COLUMN wrapped SET STATISTICS 0, ALTER COLUMN mark SET STATISTICS 0;
DO $$
BEGIN
    FOR part IN 0..15 LOOP
        EXECUTE format(
            'CREATE TABLE gov.personal_%1$s PARTITION OF gov.personal FOR VALUES WITH (MODULUS 16, REMAINDER %1$s)', part
        );
        EXECUTE format(
            'CREATE TABLE gov.subject_keys_%1$s PARTITION OF gov.subject_keys'
            ' FOR VALUES WITH (MODULUS 16, REMAINDER %1$s)', part
        );
        EXECUTE format('ALTER TABLE gov.personal_%s ALTER COLUMN sealed SET STATISTICS 0', part);
        EXECUTE format('ALTER TABLE gov.subject_keys_%s ALTER COLUMN wrapped SET STATISTICS 0', part);
    END LOOP;
END $$;

CREATE TABLE gov.subject_links (
    subject text COLLATE "C" NOT NULL,
    case_no bigint NOT NULL,
    case_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (subject, case_no)
);

CREATE TABLE gov.erasures (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject text COLLATE "C" NOT NULL UNIQUE,
    command_id text COLLATE "C" NOT NULL,
    basis text COLLATE "C" NOT NULL,
    erased_us bigint NOT NULL,
    values bigint NOT NULL,
    keys bigint NOT NULL,
    mark bytea NOT NULL -- checksum of the row
);
CREATE UNIQUE INDEX erasures_by ON gov.erasures (command_id);

CREATE TABLE gov.holds (
    subject text COLLATE "C" NOT NULL,
    basis text COLLATE "C" NOT NULL,
    until_us bigint, -- NULL for no end
    mark bytea NOT NULL, -- checksum of the row
    PRIMARY KEY (subject, basis)
);

CREATE TABLE gov.accesses (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at_us bigint NOT NULL,
    subject text COLLATE "C" NOT NULL,
    commitment bytea NOT NULL,
    case_id text COLLATE "C" NOT NULL,
    reader text COLLATE "C" NOT NULL,
    purpose text COLLATE "C" NOT NULL,
    mark bytea NOT NULL -- checksum of the row
);
CREATE INDEX accesses_about ON gov.accesses (subject, number);

-- Refuse to write what the server might lose. This can be changed while a store is open, for a role, a database or
-- the whole server.
CREATE FUNCTION gov.check_durable() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF 'off' IN (current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'))
    THEN
        RAISE EXCEPTION 'fsync, full_page_writes and synchronous_commit have to be on' USING ERRCODE = 'GV001';
    END IF;
END $$;

-- The time for whoever has the turn: that of the server if none is given, and never before `latest_us`.
CREATE FUNCTION gov.time_us(clock_us bigint, latest_us bigint) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    RETURN greatest(coalesce(clock_us, floor(extract(epoch FROM clock_timestamp()) * 1000000)::bigint), latest_us);
END $$;

-- Take the turn to write, and what the writer goes on from.
CREATE FUNCTION gov.turn(clock_us bigint, OUT "position" bigint, OUT now_us bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    own gov.store;
BEGIN
    PERFORM gov.check_durable();
    -- Plans are kept while tables grow from nothing to millions of rows: none may be made to read a whole table.
    PERFORM set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
        set_config('enable_mergejoin', 'off', true);
    SELECT * INTO STRICT own FROM gov.store FOR UPDATE;
    position := own.position;
    now_us := gov.time_us(clock_us, own.recorded_us);
END $$;

-- What items need to know before they are decided, as JSON; bytes are in hex.
CREATE FUNCTION gov.known(
    of_commands text[], of_cases text[], of_subjects text[], of_values bytea[], of_messages text[]
) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    told json[];
BEGIN
    SELECT array_agg(part) INTO told FROM (
        SELECT json_agg(json_build_array(
            command_id, encode(digest, 'hex'), version, encode(hash, 'hex'), first, last
        )) FROM gov.commands WHERE command_id = ANY(of_commands)
    ) AS parts(part);
    told := told || (
        SELECT json_agg(json_build_array(case_id, case_no, version, encode(hash, 'hex'), clocks))
        FROM gov.cases WHERE case_id = ANY(of_cases)
    );
    IF cardinality(of_subjects) > 0 THEN
        told := told || (SELECT json_agg(subject) FROM gov.erasures WHERE subject = ANY(of_subjects));
    ELSE
        told := told || NULL::json;
    END IF;
    IF cardinality(of_values) > 0 THEN
        told := told || (
            SELECT json_agg(encode(commitment, 'hex')) FROM gov.personal WHERE commitment = ANY(of_values)
        );
    ELSE
        told := told || NULL::json;
    END IF;
    IF cardinality(of_messages) > 0 THEN
        told := told || (SELECT json_agg(id) FROM gov.outbox WHERE id = ANY(of_messages));
    ELSE
        told := told || NULL::json;
    END IF;
    RETURN to_json(told);
END $$;

-- Write what appends bring along that is not of a case; where it has no number of a case, it is `this_case`.
CREATE FUNCTION gov.write_beside(told json, this_case bigint, now_us bigint) RETURNS void
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    part json;
    one record;
BEGIN
    part := told -> 'personal';
    IF part IS NOT NULL THEN
        INSERT INTO gov.personal
        SELECT nextval('gov.arrivals'), x.subject, decode(x.commitment, 'hex'), decode(x.sealed, 'hex'),
            decode(x.mark, 'hex')
        FROM json_to_recordset(part) AS x(subject text, commitment text, sealed text, mark text);
    END IF;
    part := told -> 'links';
    IF part IS NOT NULL THEN
        INSERT INTO gov.subject_links
        SELECT x.subject, coalesce(x.case_no, this_case), x.case_id
        FROM json_to_recordset(part) AS x(subject text, case_no bigint, case_id text)
        ON CONFLICT DO NOTHING;
    END IF;
    part := told -> 'messages';
    IF part IS NOT NULL THEN
        FOR one IN
            SELECT * FROM json_to_recordset(part) AS x(
                number bigint, delay_us bigint, id text, case_id text, endpoint text, body text, mark text
            ) ORDER BY x.number
        LOOP
            INSERT INTO gov.outbox
            SELECT s.message - json_array_length(part) + one.number, write_beside.now_us + one.delay_us,
                write_beside.now_us, NULL, one.delay_us, 0, 0,
                NOT EXISTS (
                    SELECT FROM gov.outbox o WHERE o.case_id = one.case_id AND o.endpoint = one.endpoint
                    AND o.state IN ('waiting', 'leased')
                ),
                'waiting', one.id, one.case_id, one.endpoint, '', '', decode(one.body, 'hex'), decode(one.mark, 'hex')
            FROM gov.store s;
        END LOOP;
    END IF;
END $$;

-- Write what was decided.
CREATE FUNCTION gov.write(told json, now_us bigint, news text) RETURNS void
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    part json;
    one record;
BEGIN
    part := told -> 'events';
    IF part IS NOT NULL THEN
        INSERT INTO gov.events
        SELECT x.position, x.case_no, write.now_us, x.at_us, x.version, x.schema,
            x.case_id, x.command_id, decode(x.digest, 'hex'), x.type, decode(x.hash, 'hex'), decode(x.data, 'hex')
        FROM json_to_recordset(part) AS x(
            position bigint, case_no bigint, at_us bigint, version integer, schema integer,
            case_id text, command_id text, digest text, type text, hash text, data text
        );
    END IF;
    part := told -> 'commands';
    IF part IS NOT NULL THEN
        INSERT INTO gov.commands
        SELECT x.command_id, x.first, x.last, write.now_us, x.case_no, x.version,
            decode(x.digest, 'hex'), decode(x.hash, 'hex')
        FROM json_to_recordset(part) AS x(
            command_id text, first bigint, last bigint, case_no bigint, version integer, digest text, hash text
        );
    END IF;
    part := told -> 'opened';
    IF part IS NOT NULL THEN
        INSERT INTO gov.cases
        SELECT x.case_no, x.last, x.version, x.case_id, decode(x.hash, 'hex'),
            x.state, x.open, x.procedure, x.matter, x.grade, x.place, x.path, x.unit,
            x.opened_us, x.yellow_us, x.due_us, x.sensitive, x.clocks, decode(x.mark, 'hex')
        FROM json_to_recordset(part) AS x(
            case_no bigint, last bigint, version integer, case_id text, hash text, state text, open boolean,
            procedure text, matter text, grade text, place text, path text, unit text,
            opened_us bigint, yellow_us bigint, due_us bigint, sensitive boolean, clocks text, mark text
        );
    END IF;
    part := told -> 'moved'; -- without a new row
    IF part IS NOT NULL THEN
        UPDATE gov.cases c SET last = x.last, version = x.version, hash = decode(x.hash, 'hex')
        FROM json_to_recordset(part) AS x(case_no bigint, last bigint, version integer, hash text)
        WHERE c.case_no = x.case_no;
    END IF;
    part := told -> 'changed'; -- with one
    IF part IS NOT NULL THEN
        FOR one IN
            SELECT x.case_no AS case_no, c.clocks::json AS clocks
            FROM json_to_recordset(part) AS x(case_no bigint, clocks text)
            JOIN gov.cases c ON c.case_no = x.case_no AND c.clocks <> x.clocks
        LOOP
            DELETE FROM gov.due d USING json_array_elements(one.clocks) k
            WHERE d.fires_us = (k ->> 1)::bigint AND d.case_no = one.case_no AND d.clock = k ->> 0;
        END LOOP;
        -- A clock that stays as it was is found there, or has just been taken away and comes again.
        INSERT INTO gov.due
        SELECT (k ->> 1)::bigint, c.case_no, (k ->> 2)::bigint, k ->> 0
        FROM json_to_recordset(part) AS x(case_no bigint, clocks text)
        JOIN gov.cases c ON c.case_no = x.case_no AND c.clocks <> x.clocks
        CROSS JOIN LATERAL json_array_elements(x.clocks::json) k;
        UPDATE gov.cases c SET last = x.last, version = x.version, hash = decode(x.hash, 'hex'),
            state = x.state, open = x.open, procedure = x.procedure, matter = x.matter, grade = x.grade,
            place = x.place, path = x.path, unit = x.unit, opened_us = x.opened_us, yellow_us = x.yellow_us,
            due_us = x.due_us, sensitive = x.sensitive, clocks = x.clocks, mark = decode(x.mark, 'hex')
        FROM json_to_recordset(part) AS x(
            case_no bigint, last bigint, version integer, hash text, state text, open boolean,
            procedure text, matter text, grade text, place text, path text, unit text,
            opened_us bigint, yellow_us bigint, due_us bigint, sensitive boolean, clocks text, mark text
        ) WHERE c.case_no = x.case_no;
    END IF;
    part := told -> 'due'; -- of cases that are new
    IF part IS NOT NULL THEN
        INSERT INTO gov.due
        SELECT x.fires_us, x.case_no, x.due_us, x.clock
        FROM json_to_recordset(part) AS x(fires_us bigint, case_no bigint, due_us bigint, clock text);
    END IF;
    UPDATE gov.store SET position = (told ->> 'position')::bigint, recorded_us = write.now_us,
        message = message + coalesce(json_array_length(told -> 'messages'), 0);
    PERFORM gov.write_beside(told, NULL, now_us);
    IF news <> '' THEN
        PERFORM pg_notify(news, '');
    END IF;
END $$;

-- Whether what an append brings along is neither there already nor of an erased subject.
CREATE FUNCTION gov.nothing_against(beside json) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (
        SELECT FROM json_to_recordset(beside -> 'personal') AS x(subject text, commitment text)
        WHERE EXISTS (SELECT FROM gov.erasures e WHERE e.subject = x.subject)
        OR EXISTS (SELECT FROM gov.personal p WHERE p.commitment = decode(x.commitment, 'hex'))
    ) AND NOT EXISTS (
        SELECT FROM json_to_recordset(beside -> 'messages') AS x(id text) JOIN gov.outbox o ON o.id = x.id
    )
$$;

-- An append with nothing in its way, in one go: behind which position it stands, or NULL where somebody has to
-- look closer. Its values come by their kind, as three arrays are read several times faster than forty arguments,
-- and those faster than JSON. `n` counts events and clocks.
--   numbers: clock_us, wait_ms, expected version, opened, yellow, due, then at_us and schema of each event, then
--            fires_us and due_us of each clock
--   texts:   case, command, channel for news, state, procedure, matter, grade, place, path, unit, clocks, then the
--            type of each event, then the name of each clock
--   bytes:   digest, hash before, hash after, mark, then hash and data of each event
CREATE FUNCTION gov.take(
    n integer[], numbers bigint[], texts text[], bytes bytea[], is_open boolean, is_sensitive boolean, beside json
) RETURNS bigint LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    num bigint[] := numbers;
    txt text[] := texts;
    byt bytea[] := bytes;
    events integer := n[1];
    known gov.cases;
    base bigint;
    now_us bigint;
    room bigint;
    no bigint;
    fits boolean;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RETURN NULL; -- a role may have another by default, in which what others wrote cannot be seen
    END IF;
    PERFORM set_config('lock_timeout', num[2]::text, true), gov.check_durable();
    UPDATE gov.store SET position = position + events, recorded_us = gov.time_us(num[1], recorded_us),
        message = message + coalesce(json_array_length(beside -> 'messages'), 0)
    RETURNING position - events, recorded_us, room INTO base, now_us, room;
    SELECT * INTO known FROM gov.cases WHERE case_id = txt[1];
    no := coalesce(known.case_no, base + 1);
    fits := base + events <= room AND coalesce(known.version, 0) = num[3]
        AND coalesce(known.hash, byt[2]) = byt[2] AND (beside IS NULL OR gov.nothing_against(beside));
    IF fits THEN
        INSERT INTO gov.commands VALUES (
            txt[2], base + 1, base + events, now_us, no, num[3] + events, byt[1], byt[3]
        ) ON CONFLICT DO NOTHING;
        fits := FOUND;
    END IF;
    IF NOT fits THEN
        UPDATE gov.store SET position = base, message = message - coalesce(json_array_length(beside -> 'messages'), 0);
        RETURN NULL;
    END IF;
    FOR i IN 1..events LOOP
        INSERT INTO gov.events VALUES (
            base + i, no, now_us, num[5 + 2 * i], num[3] + i, num[6 + 2 * i],
            txt[1], txt[2], byt[1], txt[11 + i], byt[3 + 2 * i], byt[4 + 2 * i]
        );
    END LOOP;
    IF known.case_no IS NULL THEN
        INSERT INTO gov.cases VALUES (
            no, base + events, events, txt[1], byt[3], txt[4], is_open, txt[5], txt[6], txt[7], txt[8], txt[9],
            txt[10], num[4], num[5], num[6], is_sensitive, txt[11], byt[4]
        );
    ELSIF txt[4] IS NULL THEN
        UPDATE gov.cases SET last = base + events, version = num[3] + events, hash = byt[3] WHERE case_no = no;
    ELSE
        UPDATE gov.cases SET last = base + events, version = num[3] + events, hash = byt[3],
            state = txt[4], open = is_open, procedure = txt[5], matter = txt[6], grade = txt[7], place = txt[8],
            path = txt[9], unit = txt[10], opened_us = num[4], yellow_us = num[5], due_us = num[6],
            sensitive = is_sensitive, clocks = txt[11], mark = byt[4]
        WHERE case_no = no;
        IF known.clocks <> txt[11] THEN
            DELETE FROM gov.due d USING json_array_elements(known.clocks::json) k
            WHERE d.fires_us = (k ->> 1)::bigint AND d.case_no = no AND d.clock = k ->> 0;
        END IF;
    END IF;
    IF known.clocks IS DISTINCT FROM txt[11] THEN
        FOR i IN 1..n[2] LOOP
            INSERT INTO gov.due VALUES (
                num[5 + 2 * (n[1] + i)], no, num[6 + 2 * (n[1] + i)], txt[11 + n[1] + i]
            );
        END LOOP;
    END IF;
    IF beside IS NOT NULL THEN
        PERFORM gov.write_beside(beside, no, now_us);
    END IF;
    IF txt[3] <> '' THEN
        PERFORM pg_notify(txt[3], '');
    END IF;
    RETURN base;
END $$;

-- Make tables for events, so that there are some up to a position and well beyond it. In the turn to write.
-- They are attached when they are whole, which keeps no reader waiting.
CREATE FUNCTION gov.make_room(upto bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    own gov.store;
    part text;
BEGIN
    SELECT * INTO STRICT own FROM gov.store FOR UPDATE;
    WHILE own.room < upto + own.width / 4 LOOP
        part := 'events_' || lpad((own.room + 1)::text, 19, '0');
        EXECUTE format('CREATE TABLE gov.%I (LIKE gov.events INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
        EXECUTE format('CREATE UNIQUE INDEX ON gov.%I (case_no, version)', part);
        EXECUTE format(
            'ALTER TABLE gov.events ATTACH PARTITION gov.%I FOR VALUES FROM (%s) TO (%s)',
            part, own.room + 1, own.room + own.width + 1
        );
        own.room := own.room + own.width;
        UPDATE gov.store SET room = own.room;
    END LOOP;
END $$;

-- Say anew which message of a lane goes first. In the turn to write.
CREATE FUNCTION gov.heads(this_case text, this_endpoint text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    foremost bigint;
BEGIN
    SELECT number INTO foremost FROM gov.outbox
    WHERE case_id = this_case AND endpoint = this_endpoint AND state IN ('waiting', 'leased')
    ORDER BY number LIMIT 1;
    UPDATE gov.outbox SET head = false
    WHERE case_id = this_case AND endpoint = this_endpoint AND state IN ('waiting', 'leased')
    AND head AND number <> foremost;
    UPDATE gov.outbox SET head = true WHERE number = foremost AND NOT head;
END $$;
