import { createHash } from 'node:crypto';
import { identityVersion } from '../identity/name-data.ts';

/**
 * The tables of the derived index. `result` says where in the JSON lines the results of a cell are, `history` what verdicts need of them, folded up to a place; `answer` has a
 * device's place on an image for lists; devices are numbered in the order of their names, with gaps; `words` finds names as they are typed, its rows are in the order in which hits are shown (see word-rows.ts), `exact_name` whole ones; `identity_*` is what identity matching looks up; `listed*` is what was imported from public lists.
 */
export const indexTables = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE source (id INTEGER PRIMARY KEY, night TEXT NOT NULL UNIQUE, path TEXT NOT NULL, size INTEGER NOT NULL, mtime REAL NOT NULL, end INTEGER NOT NULL, lines INTEGER NOT NULL, tail TEXT NOT NULL, last_offset INTEGER NOT NULL, last_length INTEGER NOT NULL);
CREATE TABLE bad_line (source INTEGER NOT NULL, line INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (source, line)) WITHOUT ROWID;
CREATE TABLE device (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, mtime REAL NOT NULL, vendor TEXT NOT NULL, full TEXT NOT NULL, classes INTEGER NOT NULL, retired TEXT, invented INTEGER NOT NULL, best INTEGER NOT NULL, word_row INTEGER, json TEXT NOT NULL);
CREATE INDEX device_full ON device (full);
CREATE INDEX device_best ON device (best, id);
CREATE INDEX device_vendor ON device (vendor, best, id);
CREATE TABLE image (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, place INTEGER NOT NULL, json TEXT, environment INTEGER, environment_night TEXT NOT NULL DEFAULT '');
CREATE TABLE environment (id INTEGER PRIMARY KEY, json TEXT NOT NULL UNIQUE);
CREATE TABLE cell (id INTEGER PRIMARY KEY, device TEXT NOT NULL, image TEXT NOT NULL, personalities TEXT NOT NULL, dirty INTEGER NOT NULL, UNIQUE (device, image, personalities));
CREATE INDEX cell_dirty ON cell (dirty) WHERE dirty = 1;
CREATE TABLE result (cell INTEGER NOT NULL, source INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL, line INTEGER NOT NULL, PRIMARY KEY (cell, source, offset)) WITHOUT ROWID;
CREATE TABLE history (cell INTEGER PRIMARY KEY, folded INTEGER NOT NULL, source INTEGER NOT NULL, offset INTEGER NOT NULL, json TEXT NOT NULL);
CREATE TABLE answer (device INTEGER NOT NULL, image INTEGER NOT NULL, rank INTEGER NOT NULL, tested INTEGER NOT NULL, level TEXT, scored_at TEXT NOT NULL, environment INTEGER, PRIMARY KEY (device, image)) WITHOUT ROWID;
CREATE INDEX answer_rank ON answer (image, rank, device);
CREATE INDEX answer_any ON answer (rank, device);
CREATE TABLE flaky (image TEXT NOT NULL, test TEXT NOT NULL, device TEXT NOT NULL, family TEXT NOT NULL, PRIMARY KEY (image, device, test)) WITHOUT ROWID;
CREATE INDEX flaky_test ON flaky (image, test, family, device);
CREATE TABLE coverage (device TEXT NOT NULL, image TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (device, image)) WITHOUT ROWID;
CREATE TABLE certificate (device TEXT NOT NULL, image TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (device, image)) WITHOUT ROWID;
CREATE TABLE known_issue (id TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE profile (suite TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5 (text, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2", prefix = '1 2 3 4 5 6 7 8');
CREATE TABLE exact_name (key TEXT NOT NULL, device INTEGER NOT NULL, PRIMARY KEY (key, device)) WITHOUT ROWID;
CREATE INDEX exact_device ON exact_name (device);
CREATE TABLE identity_key (key TEXT NOT NULL, device INTEGER NOT NULL, PRIMARY KEY (key, device)) WITHOUT ROWID;
CREATE INDEX identity_device ON identity_key (device);
CREATE TABLE identity_term (key TEXT NOT NULL, term TEXT NOT NULL, PRIMARY KEY (key, term)) WITHOUT ROWID;
CREATE TABLE listed (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, device INTEGER, entry TEXT NOT NULL, classes TEXT NOT NULL, claims TEXT NOT NULL);
CREATE INDEX listed_device ON listed (device);
CREATE TABLE listed_key (key TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (key, number)) WITHOUT ROWID;
CREATE TABLE listed_term (key TEXT NOT NULL, term TEXT NOT NULL, PRIMARY KEY (key, term)) WITHOUT ROWID;
CREATE VIRTUAL TABLE listed_words USING fts5 (text, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2", prefix = '1 2 3');
`;

/** Counted up when what is put into the tables changes. */
const contents = 4;

/** Changes with the tables and with what is put into them; an index of another version is built anew. */
export const indexVersion = createHash('sha256').update(`${contents}${indexTables}${identityVersion()}`).digest('hex').slice(0, 16);
