/* The note of a mirror, and epochs. */
#include "core/congress/store/mirror.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FORMAT "plenum-mirror/1"
#define SECTOR 512

static int64_t time_at(const json_t *value, const char *key)
{
    const char *text = json_string_value(json_object_get(value, key));
    int64_t ms = 0;
    return text && clock_parse(text, &ms) == OK ? ms : 0;
}

enum err mirror_note_read(const char *folder, struct mirror_note *ret, struct fault *fault)
{
    struct arena arena = {0};
    char *text, *path = file_join(&arena, folder, MIRROR_NOTE);
    size_t length;
    json_t *value = NULL;
    enum err e = path ? file_read(&arena, path, 65536, &text, &length, fault) : fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK) e = json_read(text, length, &value, NULL);
    if (e == ERR_INPUT) e = fault_set(fault, e, "%s: cannot be read", path);
    if (e == OK) {
        const char *format = json_string_value(json_object_get(value, "format")), *server = json_string_value(json_object_get(value, "server"));
        const char *epoch = json_string_value(json_object_get(value, "epoch"));
        *ret = (struct mirror_note){.beat = json_integer_value(json_object_get(value, "beat")), .through_ms = time_at(value, "through"),
                                    .missing = json_integer_value(json_object_get(value, "missing")), .took_over_ms = time_at(value, "took_over")};
        if (!format || strcmp(format, FORMAT) != 0 || !server || !mirror_epoch_number(epoch)) e = fault_set(fault, ERR_INPUT, "%s: is not the note of a copy", path);
        else {
            (void)snprintf(ret->server, sizeof ret->server, "%s", server);
            (void)snprintf(ret->epoch, sizeof ret->epoch, "%s", epoch);
        }
    }
    json_decref(value);
    arena_release(&arena);
    return e;
}

enum err mirror_note_write(const char *folder, const struct mirror_note *note, struct fault *fault)
{
    char path[4096], text[SECTOR + 1], through[CLOCK_TEXT_SIZE] = "", took[CLOCK_TEXT_SIZE] = "";
    (void)snprintf(path, sizeof path, "%.4000s/" MIRROR_NOTE, folder);
    if (note->through_ms) (void)clock_format(note->through_ms, through);
    if (note->took_over_ms) (void)clock_format(note->took_over_ms, took);
    int n = snprintf(text, sizeof text,
                     "{\"format\":\"" FORMAT "\",\"server\":\"%s\",\"epoch\":\"%s\",\"beat\":%lld,\"missing\":%lld,\"through\":\"%s\",\"took_over\":\"%s\"}",
                     note->server, note->epoch, (long long)note->beat, (long long)note->missing, through, took);
    if (n < 0 || n >= SECTOR) return fault_set(fault, ERR_BUG, "the note of a copy is too long");
    memset(text + n, ' ', (size_t)(SECTOR - n));
    text[SECTOR - 1] = '\n';
    if (!file_exists(path)) return file_write_atomic(path, text, SECTOR, 0600, fault);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool good = fd >= 0 && pwrite(fd, text, SECTOR, 0) == SECTOR && fdatasync(fd) == 0;
    int number = errno;
    if (fd >= 0) close(fd);
    return good ? OK : fault_set(fault, err_from_errno(number), "%s: %s", path, strerror(number));
}

int64_t mirror_epoch_number(const char *epoch)
{
    if (!epoch || strlen(epoch) >= MIRROR_NAME_SIZE) return 0;
    size_t digits = strspn(epoch, "0123456789");
    if (digits == 0 || digits > 9 || epoch[digits] != '.' || epoch[strspn(epoch, "0123456789.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_")]) return 0;
    return strtoll(epoch, NULL, 10);
}

static enum err make_when_missing(struct db *db, struct arena *arena, const char *name, const char *before, char out[MIRROR_NAME_SIZE])
{
    const char *value = NULL;
    enum err e = setting_read(db, arena, name, &value);
    if (e == OK && !value) {
        const char *chance = crypto_random_text(arena, 12);
        value = chance ? arena_printf(arena, "%s%s", before, chance) : NULL;
        e = value ? setting_write(db, name, value) : ERR_NOMEM;
    }
    if (e == OK) (void)snprintf(out, MIRROR_NAME_SIZE, "%s", value);
    return e;
}

enum err mirror_identity(struct db *db, char server[MIRROR_NAME_SIZE], char epoch[MIRROR_NAME_SIZE])
{
    struct arena arena = {0};
    enum err e = make_when_missing(db, &arena, "server_id", "", server);
    if (e == OK) e = make_when_missing(db, &arena, "epoch", "1.", epoch);
    arena_release(&arena);
    return e;
}
