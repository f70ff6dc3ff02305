// The peer of the ledger's benchmark: what SQLite itself costs, in a C loop with nothing around it.
//
//   rawloop copy SOURCE TARGET [ROWS [BATCH]]
//                                inserts SOURCE's event rows into a table of the same columns and
//                                the same unique index, ROWS (1) in a statement, in batches of BATCH
//                                (16,384), durable as a ledger's (WAL, synchronous FULL): no triggers,
//                                no foreign keys, no hashes.
//   rawloop scan SOURCE          steps over the event rows and adds up the columns that a
//                                hydration reads.
//   rawloop fold SOURCE          reads the segments of the replay index, and the last rows, which no
//                                segment has, and folds the bowls' counts and last times by device and
//                                click, as bowl-totals does; checks nothing. Its seconds are the
//                                processor's.
//
// Prints one line: rows and seconds (and the sum, so that nothing is optimised away). Reading the source is not part of the time of a copy.
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

// The processor time of this process: what a busy machine does not change.
static double spentByCPU(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void check(int code, sqlite3 *db, const char *what) {
    if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
    fprintf(stderr, "rawloop: %s: %s\n", what, sqlite3_errmsg(db));
    exit(74);
}

typedef struct {
    int64_t time, content, device, lag, leaf;
    unsigned char id[16];
} row;

// An insert of so many rows; the caller frees it.
static char *insertion(int rows) {
    const char *begin = "INSERT OR FAIL INTO event VALUES ", *row = "(?, ?, ?, ?, ?, ?, ?)";
    char *sql = malloc(strlen(begin) + rows * (strlen(row) + 2) + 1);
    strcpy(sql, begin);
    char *end = sql + strlen(begin);
    for (int i = 0; i < rows; i++) end += sprintf(end, "%s%s", i ? ", " : "", row);
    return sql;
}

static int copy(const char *source, const char *target, int many, int batch) {
    sqlite3 *from, *to;
    check(sqlite3_open_v2(source, &from, SQLITE_OPEN_READONLY, NULL), from, "open source");
    check(sqlite3_open(target, &to), to, "open target");
    check(sqlite3_exec(to,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;"
        "CREATE TABLE event (sequence INTEGER PRIMARY KEY, time INTEGER NOT NULL,"
        " content INTEGER NOT NULL, device INTEGER, lag INTEGER NOT NULL, leaf INTEGER NOT NULL,"
        " id ANY NOT NULL UNIQUE) STRICT", NULL, NULL, NULL), to, "make table");
    sqlite3_stmt *read, *group, *single;
    check(sqlite3_prepare_v2(from,
        "SELECT sequence, time, content, device, lag, leaf, id FROM event ORDER BY sequence", -1,
        &read, NULL), from, "prepare read");
    char *sql = insertion(many);
    check(sqlite3_prepare_v2(to, sql, -1, &group, NULL), to, "prepare write");
    free(sql);
    check(sqlite3_prepare_v2(to, sql = insertion(1), -1, &single, NULL), to, "prepare write");
    free(sql);
    row *rows = malloc(batch * sizeof(row));
    int64_t sequence = 0;
    double spent = 0;
    int more = 1;
    while (more) {
        int count = 0;
        while (count < batch && (more = sqlite3_step(read) == SQLITE_ROW)) {
            row *r = &rows[count++];
            r->time = sqlite3_column_int64(read, 1);
            r->content = sqlite3_column_int64(read, 2);
            r->device = sqlite3_column_int64(read, 3);
            r->lag = sqlite3_column_int64(read, 4);
            r->leaf = sqlite3_column_int64(read, 5);
            if (sqlite3_column_bytes(read, 6) != 16) {
                fprintf(stderr, "rawloop: ids of 16 bytes only\n");
                return 65;
            }
            memcpy(r->id, sqlite3_column_blob(read, 6), 16);
        }
        double begin = now();
        check(sqlite3_exec(to, "BEGIN IMMEDIATE", NULL, NULL, NULL), to, "begin");
        for (int i = 0; i < count;) {
            int size = count - i >= many ? many : 1, place = 1;
            sqlite3_stmt *write = size == many ? group : single;
            for (int end = i + size; i < end; i++) {
                row *r = &rows[i];
                sqlite3_bind_int64(write, place++, ++sequence);
                sqlite3_bind_int64(write, place++, r->time);
                sqlite3_bind_int64(write, place++, r->content);
                sqlite3_bind_int64(write, place++, r->device);
                sqlite3_bind_int64(write, place++, r->lag);
                sqlite3_bind_int64(write, place++, r->leaf);
                sqlite3_bind_blob(write, place++, r->id, 16, SQLITE_STATIC);
            }
            check(sqlite3_step(write), to, "insert");
            sqlite3_reset(write);
        }
        check(sqlite3_exec(to, "COMMIT", NULL, NULL, NULL), to, "commit");
        spent += now() - begin;
    }
    sqlite3_finalize(read);
    sqlite3_finalize(group);
    sqlite3_finalize(single);
    free(rows);
    double begin = now();
    check(sqlite3_close(to), to, "close");
    spent += now() - begin;
    sqlite3_close(from);
    printf("%lld %.6f\n", (long long)sequence, spent);
    return 0;
}

static int scan(const char *source) {
    sqlite3 *db;
    check(sqlite3_open_v2(source, &db, SQLITE_OPEN_READONLY, NULL), db, "open");
    double begin = now();
    sqlite3_stmt *read;
    check(sqlite3_prepare_v2(db,
        "SELECT time, content, device FROM event WHERE sequence >= 1 ORDER BY sequence", -1,
        &read, NULL), db, "prepare");
    int64_t rows = 0, sum = 0;
    while (sqlite3_step(read) == SQLITE_ROW) {
        rows++;
        sum += sqlite3_column_int64(read, 0) + sqlite3_column_int64(read, 1)
            + sqlite3_column_int64(read, 2);
    }
    sqlite3_finalize(read);
    double spent = now() - begin;
    sqlite3_close(db);
    printf("%lld %.6f %lld\n", (long long)rows, spent, (long long)sum);
    return 0;
}

typedef struct {
    int64_t time;
    uint32_t device, content;
} record;

typedef struct {
    int64_t counts[3], latest[3];
} clicks;

// The click of each content, or 3 for what is no press.
static unsigned char *meanings(sqlite3 *db, int64_t *count) {
    sqlite3_stmt *read;
    check(sqlite3_prepare_v2(db, "SELECT max(code) FROM content", -1, &read, NULL), db, "prepare");
    check(sqlite3_step(read), db, "count contents");
    *count = sqlite3_column_int64(read, 0) + 1;
    sqlite3_finalize(read);
    unsigned char *clicks = malloc(*count);
    memset(clicks, 3, *count);
    check(sqlite3_prepare_v2(db, "SELECT code, detail ->> '$.click-type' FROM content", -1, &read,
        NULL), db, "prepare");
    while (sqlite3_step(read) == SQLITE_ROW) {
        const char *word = (const char *)sqlite3_column_text(read, 1);
        unsigned char click = 3;
        if (word && strcmp(word, "SINGLE") == 0) click = 0;
        if (word && strcmp(word, "DOUBLE") == 0) click = 1;
        if (word && strcmp(word, "LONG") == 0) click = 2;
        clicks[sqlite3_column_int64(read, 0)] = click;
    }
    sqlite3_finalize(read);
    return clicks;
}

enum { devices = 1 << 16 };

// Counts one record; false where its codes are not the ledger's.
static inline int count(clicks *table, const unsigned char *meaning, int64_t contents, record r) {
    if (r.content >= contents || r.device >= devices) return 0;
    unsigned click = meaning[r.content];
    if (click > 2) return 1;
    clicks *place = &table[r.device];
    place->counts[click]++;
    if (r.time > place->latest[click]) place->latest[click] = r.time;
    return 1;
}

// Counts the rows that no segment has, as a hydration does, and returns how many; -1 for bad codes.
static int64_t countRest(sqlite3 *db, clicks *table, const unsigned char *meaning,
    int64_t contents) {
    sqlite3_stmt *read;
    check(sqlite3_prepare_v2(db,
        "SELECT time, device, content FROM event"
        " WHERE sequence > (SELECT coalesce(max(last), 0) FROM segment)", -1, &read, NULL),
        db, "prepare");
    int64_t rows = 0;
    while (rows >= 0 && sqlite3_step(read) == SQLITE_ROW) {
        record r = {sqlite3_column_int64(read, 0), sqlite3_column_int(read, 1),
            sqlite3_column_int(read, 2)};
        rows = count(table, meaning, contents, r) ? rows + 1 : -1;
    }
    sqlite3_finalize(read);
    return rows;
}

static int fold(const char *source) {
    enum { size = 65536 };
    sqlite3 *db;
    check(sqlite3_open_v2(source, &db, SQLITE_OPEN_READONLY, NULL), db, "open");
    check(sqlite3_exec(db, "PRAGMA mmap_size = 2147418112", NULL, NULL, NULL), db, "mmap");
    int64_t contents;
    unsigned char *meaning = meanings(db, &contents);
    clicks *table = calloc(devices, sizeof(clicks));
    for (int i = 0; i < devices; i++)
        for (int c = 0; c < 3; c++) table[i].latest[c] = INT64_MIN;
    record *records = malloc(size * sizeof(record));
    double begin = spentByCPU();
    sqlite3_stmt *numbers;
    check(sqlite3_prepare_v2(db, "SELECT number FROM segment ORDER BY number", -1, &numbers, NULL),
        db, "prepare");
    sqlite3_blob *blob = NULL;
    int64_t rows = 0;
    while (sqlite3_step(numbers) == SQLITE_ROW) {
        int64_t number = sqlite3_column_int64(numbers, 0);
        check(blob ? sqlite3_blob_reopen(blob, number)
            : sqlite3_blob_open(db, "main", "segment", "records", number, 0, &blob), db, "blob");
        int bytes = sqlite3_blob_bytes(blob);
        if (bytes > size * (int)sizeof(record)) return 65;
        check(sqlite3_blob_read(blob, records, bytes, 0), db, "read");
        int found = bytes / sizeof(record);
        for (int i = 0; i < found; i++)
            if (!count(table, meaning, contents, records[i])) return 65;
        rows += found;
    }
    int64_t rest = countRest(db, table, meaning, contents);
    if (rest < 0) return 65;
    rows += rest;
    sqlite3_finalize(numbers);
    sqlite3_blob_close(blob);
    // Closing gives the mapping back, which a hydration does, too.
    sqlite3_close(db);
    double spent = spentByCPU() - begin;
    int64_t left = 0, right = 0;
    for (int i = 0; i < devices; i++) {
        left += table[i].counts[0] + table[i].counts[2];
        right += table[i].counts[1] + table[i].counts[2];
    }
    printf("%lld %.6f left %lld right %lld\n", (long long)rows, spent, (long long)left,
        (long long)right);
    return 0;
}

int main(int count, char **words) {
    if (count >= 4 && count <= 6 && strcmp(words[1], "copy") == 0) {
        int many = count > 4 ? atoi(words[4]) : 1, batch = count > 5 ? atoi(words[5]) : 16384;
        if (many >= 1 && many <= 4096 && batch >= 1 && batch <= 1 << 24)
            return copy(words[2], words[3], many, batch);
    }
    if (count == 3 && strcmp(words[1], "scan") == 0) return scan(words[2]);
    if (count == 3 && strcmp(words[1], "fold") == 0) return fold(words[2]);
    fprintf(stderr,
        "usage: rawloop copy SOURCE TARGET [ROWS [BATCH]] | rawloop scan SOURCE | rawloop fold SOURCE\n");
    return 64;
}
