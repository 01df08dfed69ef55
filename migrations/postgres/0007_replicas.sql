-- Several replicas serve from one database; each has a number, and holds an advisory lock of that number for as long as it lives.
CREATE SEQUENCE replica_number AS INTEGER CYCLE;

-- Which replica carries out a lane of effects. A lane without effects has no row.
CREATE TABLE lane (
    name    TEXT PRIMARY KEY,
    replica BIGINT NOT NULL
);
CREATE INDEX effect_lane ON effect (lane) WHERE died IS NULL;
