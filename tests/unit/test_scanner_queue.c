/* The queue keeps what it said it keeps: kill -9, a full disk, another start of the machine. */
#include "core/base/crypto.h"
#include "core/base/file.h"
#include "core/congress/badges/badge_token.h"
#include "core/congress/checkin/scan_seal.h"
#include "scanner/queue/queue.h"
#include "tests/unit/check.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void make_folder(char out[64])
{
    (void)snprintf(out, 64, "/tmp/plenum-queue-XXXXXX");
    if (!mkdtemp(out)) abort();
}

static void remove_folder(const char *folder)
{
    static const char *const names[] = {"queue.db", "queue.db-wal", "queue.db-shm"};
    char path[128];
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(folder);
}

static enum err add(struct queue *queue, const char *token, char id[ID_UUID_SIZE])
{
    struct queued_scan scan = {.token = token, .gate = "main", .direction = "in"};
    return queue_add(queue, &scan, id, NULL);
}

static void test_life(struct check *c)
{
    char folder[64], ids[4][ID_UUID_SIZE];
    struct queue queue = {0};
    struct arena arena = {0};
    struct queued_scan *scans = NULL;
    struct queue_counts counts;
    size_t n;
    bool waits;
    char badge_id[BADGE_TOKEN_ID_SIZE];
    make_folder(folder);
    CHECK(c, queue_open(folder, false, &queue, NULL) == ERR_NOT_FOUND);
    CHECK(c, queue_open(folder, true, &queue, NULL) == OK);
    for (int i = 0; i < 4; i++) {
        char token[17] = "0000000000000000";
        token[15] = (char)('0' + i);
        CHECK(c, add(&queue, token, ids[i]) == OK && id_is_uuid(ids[i]));
    }
    CHECK(c, queue_waiting(&queue, &arena, 64, &scans, &n, NULL) == OK && n == 0); /* nobody was told yet: not to be sent behind our back */
    CHECK(c, queue_tell(&queue, ids[0], "admitted", NULL, 7, NULL) == OK);
    CHECK(c, queue_tell(&queue, ids[1], "refused", "full", 7, NULL) == OK);
    CHECK(c, queue_tell(&queue, ids[2], "ask", NULL, DB_NULL, NULL) == OK);
    CHECK(c, queue_waiting(&queue, &arena, 64, &scans, &n, NULL) == OK && n == 3);
    for (size_t i = 0; i < n; i++) CHECK_TEXT(c, scans[i].scan_id, ids[i]);
    CHECK_TEXT(c, scans[0].told, "admitted");
    CHECK_TEXT(c, scans[1].reason, "full");
    CHECK(c, scans[0].roster == 7 && scans[2].roster == DB_NULL && strcmp(scans[0].token, "0000000000000000") == 0);
    CHECK(c, queue_age_ms(&queue, &scans[0]) >= 0 && queue_age_ms(&queue, &scans[0]) < 60000);
    struct queued_scan other = scans[0];
    other.boot_id = "another start";
    CHECK(c, queue_age_ms(&queue, &other) == -1);
    CHECK(c, queue_waiting(&queue, &arena, 2, &scans, &n, NULL) == OK && n == 2);
    badge_token_id("0000000000000000", badge_id);
    CHECK(c, queue_badge_waits(&queue, badge_id, &waits, NULL) == OK && waits);
    CHECK(c, queue_settle(&queue, ids[0], "admitted", NULL, false, NULL) == OK);
    CHECK(c, queue_badge_waits(&queue, badge_id, &waits, NULL) == OK && !waits);
    CHECK(c, queue_set_aside(&queue, ids[1], "invalid", "malformed", NULL) == OK);
    /* A late second answer does not bring a scan back. */
    CHECK(c, queue_settle(&queue, ids[1], "admitted", NULL, false, NULL) == OK);
    CHECK(c, queue_count(&queue, &counts, NULL) == OK && counts.waiting == 2 && counts.set_aside == 1 && counts.sent == 1);
    /* The scan in hand when everything ended goes as a question. */
    CHECK(c, queue_recover(&queue, NULL) == OK && queue_waiting(&queue, &arena, 64, &scans, &n, NULL) == OK && n == 2);
    CHECK_TEXT(c, scans[1].scan_id, ids[3]);
    CHECK_TEXT(c, scans[1].told, "ask");
    queue_close(&queue);
    char path[128];
    struct stat st;
    (void)snprintf(path, sizeof path, "%s/queue.db", folder);
    CHECK(c, stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
    arena_release(&arena);
    remove_folder(folder);
}

/* Adds scans and reports each one only after the queue said that it is kept. */
static void child_adds(const char *folder, int report)
{
    struct queue queue = {0};
    char id[ID_UUID_SIZE];
    if (queue_open(folder, true, &queue, NULL) != OK) _exit(1);
    for (int i = 0;; i++) {
        if (add(&queue, "0123456789ABCDEF", id) != OK || queue_tell(&queue, id, "admitted", NULL, 1, NULL) != OK) _exit(1);
        if (write(report, id, ID_UUID_SIZE) != ID_UUID_SIZE) _exit(1);
    }
}

static void test_killed(struct check *c)
{
    char folder[64], id[ID_UUID_SIZE];
    static char reported[20000][ID_UUID_SIZE];
    size_t count = 0;
    make_folder(folder);
    for (int round = 0; round < 8; round++) {
        int ends[2];
        if (!CHECK(c, pipe(ends) == 0)) return;
        pid_t child = fork();
        if (child == 0) {
            close(ends[0]);
            child_adds(folder, ends[1]);
        }
        close(ends[1]);
        size_t before = count, want = 3 + (size_t)round * 5;
        while (count < 20000 && read(ends[0], id, sizeof id) == (ssize_t)sizeof id) {
            memcpy(reported[count++], id, sizeof id);
            if (count - before == want) kill(child, SIGKILL);
        }
        close(ends[0]);
        (void)waitpid(child, NULL, 0);
        CHECK(c, count - before >= want);
    }
    struct queue queue = {0};
    struct arena arena = {0};
    struct queued_scan *scans = NULL;
    size_t n = 0, at = 0;
    CHECK(c, queue_open(folder, true, &queue, NULL) == OK && queue_recover(&queue, NULL) == OK);
    CHECK(c, queue_waiting(&queue, &arena, 100000, &scans, &n, NULL) == OK);
    /* All that was reported is there, in order; between them at most one unreported of each kill. */
    for (size_t i = 0; i < n && at < count; i++)
        if (strcmp(scans[i].scan_id, reported[at]) == 0) at++;
    CHECK(c, at == count && n <= count + 8);
    queue_close(&queue);
    arena_release(&arena);
    remove_folder(folder);
}

/* A disk that takes no more: the queue says so, and goes on when there is room again. */
static void test_full(struct check *c)
{
    char folder[64], id[ID_UUID_SIZE];
    struct queue queue = {0};
    struct queue_counts counts;
    struct rlimit unlimited, tight = {.rlim_cur = 300 * 1024};
    make_folder(folder);
    (void)signal(SIGXFSZ, SIG_IGN);
    CHECK(c, getrlimit(RLIMIT_FSIZE, &unlimited) == 0 && queue_open(folder, true, &queue, NULL) == OK);
    tight.rlim_max = unlimited.rlim_max;
    CHECK(c, setrlimit(RLIMIT_FSIZE, &tight) == 0);
    int kept = 0;
    enum err e = OK;
    while (kept < 2000 && (e = add(&queue, "0123456789ABCDEF", id)) == OK) kept++;
    CHECK(c, e != OK && kept > 3);
    CHECK(c, setrlimit(RLIMIT_FSIZE, &unlimited) == 0);
    CHECK(c, add(&queue, "0123456789ABCDEF", id) == OK);
    queue_close(&queue);
    CHECK(c, queue_open(folder, true, &queue, NULL) == OK && queue_count(&queue, &counts, NULL) == OK && counts.waiting == kept + 1);
    queue_close(&queue);
    remove_folder(folder);
}

/* Whether these characters stand in a file of the queue. */
static bool is_on_disk(const char *folder, const char *text)
{
    static const char *const names[] = {"queue.db", "queue.db-wal"};
    struct arena arena = {0};
    bool found = false;
    for (size_t i = 0; i < 2; i++) {
        char *data = NULL;
        size_t length = 0;
        if (file_read(&arena, file_join(&arena, folder, names[i]), 1 << 26, &data, &length, NULL) == OK) found = found || memmem(data, length, text, strlen(text));
    }
    arena_release(&arena);
    return found;
}

/* As soon as the server's key is known no token lies on the disk; what was added before goes as it is. */
static void test_sealed(struct check *c)
{
    char folder[64], ids[2][ID_UUID_SIZE];
    struct queue queue = {0};
    struct arena arena = {0};
    struct queued_scan *scans = NULL;
    struct scan_key key, wrong;
    const char *token = NULL;
    size_t n = 0;
    make_folder(folder);
    crypto_mailbox_make(key.secret);
    crypto_mailbox_make(wrong.secret);
    CHECK(c, queue_open(folder, true, &queue, NULL) == OK);
    CHECK(c, queue_seal_to(&queue, "", NULL) == OK && queue_seal_to(&queue, "AAAA", NULL) == ERR_INPUT);
    CHECK(c, add(&queue, "0123456789ABCDEF", ids[0]) == OK && is_on_disk(folder, "0123456789ABCDEF"));
    CHECK(c, queue_seal_to(&queue, crypto_mailbox_public(&arena, wrong.secret), NULL) == OK);
    CHECK(c, queue_seal_to(&queue, crypto_mailbox_public(&arena, key.secret), NULL) == OK);
    queue_close(&queue);
    CHECK(c, queue_open(folder, true, &queue, NULL) == OK); /* the key is known at the next start, too */
    CHECK(c, add(&queue, "FEDCBA9876543210", ids[1]) == OK && !is_on_disk(folder, "FEDCBA9876543210"));
    CHECK(c, queue_recover(&queue, NULL) == OK && queue_waiting(&queue, &arena, 64, &scans, &n, NULL) == OK && n == 2);
    if (n != 2) return;
    CHECK(c, !scans[0].sealed && scans[1].sealed && !scans[1].token);
    CHECK_TEXT(c, scans[0].token, "0123456789ABCDEF");
    CHECK(c, scan_unseal_token(&arena, &key, ids[1], scans[1].sealed, &token));
    CHECK_TEXT(c, token, "FEDCBA9876543210");
    CHECK(c, !scan_unseal_token(&arena, &wrong, ids[1], scans[1].sealed, &token) && !scan_unseal_token(&arena, &key, ids[0], scans[1].sealed, &token));
    CHECK(c, queue_settle(&queue, ids[1], "admitted", NULL, false, NULL) == OK);
    queue_close(&queue);
    arena_release(&arena);
    remove_folder(folder);
}

/* Paired with another server: its epoch may be lower, the first one's key opens nothing for it, and what the first one has is none of its business. */
static void test_paired_anew(struct check *c)
{
    char folder[64], ids[3][ID_UUID_SIZE];
    struct queue queue = {0};
    struct arena arena = {0};
    struct queued_scan *scans = NULL;
    struct scan_key key, other;
    bool is_other = true;
    int64_t again = 0;
    size_t n = 0;
    make_folder(folder);
    crypto_mailbox_make(key.secret);
    crypto_mailbox_make(other.secret);
    const char *ours = crypto_mailbox_public(&arena, key.secret), *theirs = crypto_mailbox_public(&arena, other.secret);
    const struct queue_server first = {.epoch = "3.Ab", .has_copy = true, .copy_lag_ms = -1}, second = {.epoch = "1.Cd"};
    CHECK(c, queue_open(folder, true, &queue, NULL) == OK && queue_is_of_other(&queue, ours, &is_other, NULL) == OK && !is_other);
    CHECK(c, queue_seal_to(&queue, ours, NULL) == OK && queue_note_server(&queue, &first, &again, NULL) == OK);
    CHECK(c, add(&queue, "0123456789ABCDEF", ids[0]) == OK && queue_settle(&queue, ids[0], "admitted", NULL, false, NULL) == OK);
    CHECK(c, add(&queue, "123456789ABCDEFG", ids[1]) == OK && queue_tell(&queue, ids[1], "admitted", NULL, 1, NULL) == OK);
    CHECK(c, queue_is_of_other(&queue, ours, &is_other, NULL) == OK && !is_other); /* its spare has the same key */
    CHECK(c, queue_is_of_other(&queue, theirs, &is_other, NULL) == OK && is_other);
    CHECK(c, queue_is_of_other(&queue, "", &is_other, NULL) == OK && is_other);
    CHECK(c, queue_note_server(&queue, &second, &again, NULL) == ERR_NETWORK); /* as long as it is not paired anew */
    CHECK(c, queue_forget_server(&queue, NULL) == OK);
    CHECK(c, queue_note_server(&queue, &second, &again, NULL) == OK && again == -1);
    CHECK(c, add(&queue, "FEDCBA9876543210", ids[2]) == OK && queue_recover(&queue, NULL) == OK);
    CHECK(c, queue_waiting(&queue, &arena, 64, &scans, &n, NULL) == OK && n == 2); /* what waited still does; what was acknowledged does not wait again */
    CHECK(c, n == 2 && scans[0].sealed && !scans[1].sealed && strcmp(scans[1].token, "FEDCBA9876543210") == 0);
    queue_close(&queue);
    arena_release(&arena);
    remove_folder(folder);
}

int main(void)
{
    struct check c = {0};
    CHECK(&c, crypto_init() == OK);
    test_life(&c);
    test_killed(&c);
    test_full(&c);
    test_sealed(&c);
    test_paired_anew(&c);
    return check_done(&c, "scanner/queue");
}
