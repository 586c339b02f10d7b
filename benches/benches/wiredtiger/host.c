/*
 * A WiredTiger host that the bench times: one thread puts records, reads all, reads some, changes some.
 *
 *   bench-host FOLDER SETTINGS RECORDS SOME PASSES
 *
 * FOLDER is empty, SETTINGS are added to those of wiredtiger_open; without words nothing is done. Prints WiredTiger's version, then of
 * each piece of work one line: its name, the processor time of all threads of this process and the wall
 * time, in nanoseconds. Ends with 1 and a sentence when a call fails or another value comes back.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <wiredtiger.h>

enum { VALUE_LEN = 1000 };

static const char *const TABLE = "table:records";
static WT_CONNECTION *connection;
static WT_SESSION *session;
static WT_CURSOR *cursor;
static uint64_t seed = 0x2545f4914f6cdd1d;

static void end(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static void must(const char *what, int code)
{
    if (code != 0)
        end(what, wiredtiger_strerror(code));
}

/* xorshift64: the same numbers in every run. */
static uint64_t next(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* A value that begins with its key; nothing in it can be compressed. */
static void put(int64_t key)
{
    uint64_t words[VALUE_LEN / 8];
    WT_ITEM item = {.data = words, .size = sizeof words};
    words[0] = (uint64_t)key;
    for (size_t at = 1; at < VALUE_LEN / 8; at++)
        words[at] = next();
    cursor->set_key(cursor, key);
    cursor->set_value(cursor, &item);
    must("put", cursor->insert(cursor));
}

static void check(int64_t key)
{
    WT_ITEM item;
    must("get_value", cursor->get_value(cursor, &item));
    if (item.size != VALUE_LEN || memcmp(item.data, &key, sizeof key) != 0)
        end("read", "another value than was put");
}

static void load(int64_t records)
{
    for (int64_t key = 0; key < records; key++)
        put(key);
    must("checkpoint", session->checkpoint(session, NULL));
}

static void scan(int64_t records, int64_t passes)
{
    for (int64_t pass = 0; pass < passes; pass++) {
        int64_t key, seen = 0;
        while (cursor->next(cursor) == 0) {
            must("get_key", cursor->get_key(cursor, &key));
            check(key);
            seen++;
        }
        if (seen != records)
            end("scan", "another number of records than was put");
    }
}

static void read_some(int64_t records, int64_t some)
{
    while (some-- > 0) {
        int64_t key = (int64_t)(next() % (uint64_t)records);
        cursor->set_key(cursor, key);
        must("search", cursor->search(cursor));
        check(key);
    }
    must("reset", cursor->reset(cursor));
}

static void update_some(int64_t records, int64_t some)
{
    while (some-- > 0)
        put((int64_t)(next() % (uint64_t)records));
    must("checkpoint", session->checkpoint(session, NULL));
}

static void open_all(const char *folder, const char *settings)
{
    char config[4096];
    snprintf(config, sizeof config,
             "create,cache_size=50MB,log=(enabled=true),checkpoint_sync=false,"
             "transaction_sync=(enabled=false),%s", settings);
    must("wiredtiger_open", wiredtiger_open(folder, NULL, config, &connection));
    must("open_session", connection->open_session(connection, NULL, NULL, &session));
    must("create", session->create(session, TABLE, "key_format=q,value_format=u,leaf_page_max=32KB"));
    must("open_cursor", session->open_cursor(session, TABLE, NULL, NULL, &cursor));
}

static int64_t clock_of(clockid_t which)
{
    struct timespec time;
    clock_gettime(which, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int64_t cpu_before, wall_before;

static void begin(void)
{
    cpu_before = clock_of(CLOCK_PROCESS_CPUTIME_ID);
    wall_before = clock_of(CLOCK_MONOTONIC);
}

static void tell(const char *name)
{
    int64_t cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID), wall = clock_of(CLOCK_MONOTONIC);
    printf("%s %lld %lld\n", name, (long long)(cpu - cpu_before), (long long)(wall - wall_before));
}

int main(int count, char **words)
{
    puts(wiredtiger_version(NULL, NULL, NULL));
    if (count == 1)
        return 0;
    if (count != 6)
        end("bench-host", "FOLDER SETTINGS RECORDS SOME PASSES");
    int64_t records = atoll(words[3]), some = atoll(words[4]), passes = atoll(words[5]);
    open_all(words[1], words[2]);
    begin();
    load(records);
    tell("load");
    /* Nothing of it is in the cache any more. */
    must("close", connection->close(connection, NULL));
    open_all(words[1], words[2]);
    begin();
    scan(records, passes);
    tell("scan");
    begin();
    read_some(records, some);
    tell("read");
    begin();
    update_some(records, some);
    tell("update");
    must("close", connection->close(connection, NULL));
    return 0;
}
