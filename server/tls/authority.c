#include "server/tls/authority.h"

#include "core/base/crypto.h"
#include "core/base/file.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define PEM_LONGEST (256u * 1024u)
#define LOCK_WAIT_MS 5000

/* What lies in DIR/tls. */
struct room {
    const struct tls_wish *wish;
    struct arena *arena;
    char *authority_key_path, *authority_path, *server_key_path, *server_path;
    char *authority_key, *authority_pem, *server_key, *server_pem; /* NULL: not there */
    struct tls_certificate authority, server;
    char server_pin[TLS_PIN_SIZE];
    bool made, renewed, due;
};

char *tls_path(struct arena *arena, const char *data_folder, const char *name)
{
    char *folder = file_join(arena, data_folder, "tls");
    return folder ? file_join(arena, folder, name) : NULL;
}

bool tls_is_renewal_due(const struct tls_certificate *server, const struct tls_names *wanted, int64_t now_ms)
{
    return now_ms < server->not_before_ms || now_ms >= server->not_after_ms - TLS_RENEW_DAYS * CLOCK_DAY || !tls_names_cover(&server->names, wanted);
}

static const char *day_of(int64_t ms, char out[CLOCK_TEXT_SIZE])
{
    clock_format(ms, out);
    out[10] = '\0';
    return out;
}

/* The file's text, or NULL in *ret when there is none. A key that others may read is closed to them: copies over USB sticks lose modes. */
static enum err read_file(struct arena *arena, const char *path, bool secret, char **ret, struct fault *fault)
{
    size_t length;
    struct stat st;
    *ret = NULL;
    enum err e = file_read(arena, path, PEM_LONGEST, ret, &length, fault);
    if (e == ERR_NOT_FOUND) return OK;
    if (e) return e;
    if (secret && stat(path, &st) == 0 && (st.st_mode & 077)) (void)chmod(path, 0600);
    return strlen(*ret) == length ? OK : fault_set(fault, ERR_INPUT, "%s: not a PEM file, or damaged", path);
}

static enum err write_file(const char *path, const char *text, unsigned mode, struct fault *fault)
{
    return file_write_atomic(path, text, strlen(text), mode, fault);
}

static enum err room_read(struct room *room, struct fault *fault)
{
    const char *folder = room->wish->data_folder;
    room->authority_key_path = tls_path(room->arena, folder, "authority.key");
    room->authority_path = tls_path(room->arena, folder, "authority.crt");
    room->server_key_path = tls_path(room->arena, folder, "server.key");
    room->server_path = tls_path(room->arena, folder, "server.crt");
    if (!room->authority_key_path || !room->authority_path || !room->server_key_path || !room->server_path)
        return fault_set(fault, ERR_NOMEM, "not enough memory");
    enum err e = read_file(room->arena, room->authority_key_path, true, &room->authority_key, fault);
    if (e == OK) e = read_file(room->arena, room->authority_path, false, &room->authority_pem, fault);
    if (e == OK) e = read_file(room->arena, room->server_key_path, true, &room->server_key, fault);
    if (e == OK) e = read_file(room->arena, room->server_path, false, &room->server_pem, fault);
    return e;
}

/* "Plenum local authority 3F9A": four hex digits made from the key, so that two laptops can be told apart in a phone's list. */
static void name_authority(const char *pin, char out[48])
{
    uint8_t hash[CRYPTO_HASH_BYTES];
    crypto_sha256(pin, strlen(pin), hash);
    (void)snprintf(out, 48, "Plenum local authority %02X%02X", hash[0], hash[1]);
}

static enum err authority_make(struct room *room, struct fault *fault)
{
    char pin[TLS_PIN_SIZE], name[48], day[CLOCK_TEXT_SIZE];
    int64_t now = room->wish->now_ms;
    if (now < TLS_EARLIEST_MS)
        return fault_set(fault, ERR_INPUT, "the clock of this machine says %s: set it first, certificates carry the date", day_of(now, day));
    enum err e = OK;
    if (!room->authority_key) {
        e = tls_key_make(room->arena, &room->authority_key, fault);
        if (e == OK) e = write_file(room->authority_key_path, room->authority_key, 0600, fault);
    }
    if (e == OK) e = tls_key_pin(room->authority_key, pin, fault);
    if (e) return e;
    name_authority(pin, name);
    int64_t from = now - CLOCK_DAY; /* for phones whose clocks are behind */
    e = tls_authority_make(room->arena, room->authority_key, name, from, from + TLS_AUTHORITY_DAYS * CLOCK_DAY, &room->authority_pem, fault);
    if (e == OK) e = write_file(room->authority_path, room->authority_pem, 0644, fault);
    room->made = e == OK;
    return e;
}

/* Which files may be missing. A server's certificate is the witness that there was an authority. */
static enum err check_missing(const struct room *room, struct fault *fault)
{
    const char *restore = "put it back from a backup, or move the folder away to begin anew (then scanners and phones must be paired again)";
    if (room->authority_key && room->authority_pem) {
        if (room->server_pem && !room->server_key) return fault_set(fault, ERR_INPUT, "%s is missing: %s", room->server_key_path, restore);
        return OK;
    }
    if (room->server_pem || room->authority_pem)
        return fault_set(fault, ERR_INPUT, "%s is missing: %s", room->authority_key ? room->authority_path : room->authority_key_path, restore);
    if (room->wish->may_write) return OK;
    return fault_set(fault, ERR_NOT_FOUND, "%s: no certificates yet; `plenum tls init` or the first `plenum serve` makes them", room->wish->data_folder);
}

static enum err check_clock(const struct room *room, struct fault *fault)
{
    char now[CLOCK_TEXT_SIZE], from[CLOCK_TEXT_SIZE], until[CLOCK_TEXT_SIZE];
    if (room->wish->now_ms >= room->authority.not_before_ms && room->wish->now_ms < room->authority.not_after_ms) return OK;
    return fault_set(fault, ERR_INPUT,
                     "the clock of this machine says %s, but %s is good from %s to %s: set the clock; if the clock is right, remove authority.key, "
                     "authority.crt and server.crt there, and a new authority is made (paired scanners stay, phones install it again)",
                     day_of(room->wish->now_ms, now), room->authority_path, day_of(room->authority.not_before_ms, from),
                     day_of(room->authority.not_after_ms, until));
}

static enum err authority_check(struct room *room, struct fault *fault)
{
    char pin[TLS_PIN_SIZE];
    enum err e = tls_key_pin(room->authority_key, pin, fault);
    if (e) {
        fault_prefix(fault, "%s", room->authority_key_path);
        return e;
    }
    e = tls_certificate_read(room->arena, room->authority_pem, &room->authority, fault);
    if (e) {
        fault_prefix(fault, "%s", room->authority_path);
        return e;
    }
    if (strcmp(pin, room->authority.pin) != 0)
        return fault_set(fault, ERR_INPUT, "%s does not belong to %s: one of the two is of another machine", room->authority_key_path, room->authority_path);
    if (!room->authority.is_authority) return fault_set(fault, ERR_INPUT, "%s: not the certificate of an authority", room->authority_path);
    return check_clock(room, fault);
}

static enum err server_key_load(struct room *room, struct fault *fault)
{
    enum err e = OK;
    if (!room->server_key) {
        if (!room->wish->may_write) return fault_set(fault, ERR_NOT_FOUND, "%s: not made yet; `plenum tls init` makes it", room->server_key_path);
        e = tls_key_make(room->arena, &room->server_key, fault);
        if (e == OK) e = write_file(room->server_key_path, room->server_key, 0600, fault);
        if (e) return e;
    }
    e = tls_key_pin(room->server_key, room->server_pin, fault);
    if (e) fault_prefix(fault, "%s", room->server_key_path);
    return e;
}

static enum err server_check(struct room *room, struct fault *fault)
{
    const char *anew = "remove it, and it is made anew without any scanner or phone noticing";
    enum err e = tls_certificate_read(room->arena, room->server_pem, &room->server, fault);
    if (e == ERR_INPUT) return fault_set(fault, e, "%s: not a certificate in PEM form, or damaged: %s", room->server_path, anew);
    if (e) return e;
    if (strcmp(room->server.pin, room->server_pin) != 0)
        return fault_set(fault, ERR_INPUT, "%s does not belong to %s: put the right key back; if the key is right, remove the certificate and it is made anew",
                         room->server_path, room->server_key_path);
    if (!tls_certificate_is_signed_by(room->server_pem, room->authority_pem))
        return fault_set(fault, ERR_INPUT, "%s was not signed by %s: %s", room->server_path, room->authority_path, anew);
    return OK;
}

static enum err server_renew(struct room *room, struct fault *fault)
{
    const struct tls_signer signer = {room->authority_key, room->authority_pem};
    int64_t from = room->wish->now_ms - CLOCK_DAY, until = from + TLS_SERVER_DAYS * CLOCK_DAY;
    if (from < room->authority.not_before_ms) from = room->authority.not_before_ms;
    if (until > room->authority.not_after_ms) until = room->authority.not_after_ms;
    enum err e = tls_server_make(room->arena, &signer, room->server_key, room->wish->names, from, until, &room->server_pem, fault);
    if (e == OK) e = write_file(room->server_path, room->server_pem, 0644, fault);
    if (e == OK) e = tls_certificate_read(room->arena, room->server_pem, &room->server, fault);
    room->renewed = e == OK;
    return e;
}

static enum err server_load(struct room *room, struct fault *fault)
{
    enum err e = server_key_load(room, fault);
    if (e == OK && room->server_pem) e = server_check(room, fault);
    if (e) return e;
    if (room->server_pem && !tls_is_renewal_due(&room->server, room->wish->names, room->wish->now_ms)) return OK;
    if (room->wish->may_write) return server_renew(room, fault);
    room->due = true;
    return room->server_pem ? OK : fault_set(fault, ERR_NOT_FOUND, "%s: not made yet; `plenum tls init` makes it", room->server_path);
}

static enum err lock_folder(const struct tls_wish *wish, struct arena *arena, int *ret_fd, struct fault *fault)
{
    char *folder = file_join(arena, wish->data_folder, "tls"), *path = tls_path(arena, wish->data_folder, "lock");
    if (!folder || !path) return fault_set(fault, ERR_NOMEM, "not enough memory");
    enum err e = file_make_directories(folder, fault);
    if (e) return e;
    int64_t end = clock_steady_ms() + LOCK_WAIT_MS;
    while ((e = file_lock(path, ret_fd, fault)) == ERR_BUSY && clock_steady_ms() < end) clock_sleep_ms(50);
    return e;
}

/* Copies what the caller keeps out of the room, whose arena dies with the authority's key in it. */
static enum err material_fill(const struct room *room, struct tls_material *material, struct fault *fault)
{
    struct arena *arena = &material->arena;
    material->certificate_pem = arena_printf(arena, "%s%s", room->server_pem, room->authority_pem);
    material->key_pem = arena_strdup(arena, room->server_key);
    material->authority_pem = arena_strdup(arena, room->authority_pem);
    material->authority_name = arena_strdup(arena, room->authority.common_name);
    material->names.count = room->server.names.count;
    bool good = material->certificate_pem && material->key_pem && material->authority_pem && material->authority_name;
    for (size_t i = 0; i < room->server.names.count; i++) {
        material->names.items[i] = arena_strdup(arena, room->server.names.items[i]);
        good = good && material->names.items[i];
    }
    memcpy(material->pin, room->server_pin, sizeof material->pin);
    memcpy(material->fingerprint, room->authority.fingerprint, sizeof material->fingerprint);
    material->not_after_ms = room->server.not_after_ms;
    material->authority_not_after_ms = room->authority.not_after_ms;
    material->made = room->made;
    material->renewed = room->renewed;
    material->due = room->due;
    return good ? OK : fault_set(fault, ERR_NOMEM, "not enough memory");
}

static enum err load_local(const struct tls_wish *wish, struct tls_material *material, struct fault *fault)
{
    struct arena arena = {0};
    struct room room = {.wish = wish, .arena = &arena};
    int lock = -1;
    enum err e = wish->may_write ? lock_folder(wish, &arena, &lock, fault) : OK;
    if (e == OK) e = room_read(&room, fault);
    if (e == OK) e = check_missing(&room, fault);
    if (e == OK && !room.authority_pem) e = authority_make(&room, fault);
    if (e == OK) e = authority_check(&room, fault);
    if (e == OK) e = server_load(&room, fault);
    if (e == OK) e = material_fill(&room, material, fault);
    if (lock >= 0) file_unlock(lock);
    if (room.authority_key) explicit_bzero(room.authority_key, strlen(room.authority_key));
    if (room.server_key) explicit_bzero(room.server_key, strlen(room.server_key));
    arena_release(&arena);
    return e;
}

static enum err read_own(struct arena *arena, const char *path, char **ret, struct fault *fault)
{
    size_t length;
    enum err e = file_read(arena, path, PEM_LONGEST, ret, &length, fault);
    if (e == OK && strlen(*ret) != length) e = fault_set(fault, ERR_INPUT, "%s: not a PEM file", path);
    return e;
}

static enum err load_own(const struct tls_wish *wish, struct tls_material *material, struct fault *fault)
{
    struct tls_certificate own;
    char now[CLOCK_TEXT_SIZE], from[CLOCK_TEXT_SIZE], until[CLOCK_TEXT_SIZE];
    if (!wish->cert_file || !wish->key_file) return fault_set(fault, ERR_USAGE, "--tls-cert and --tls-key belong together: give both");
    enum err e = read_own(&material->arena, wish->cert_file, &material->certificate_pem, fault);
    if (e == OK) e = read_own(&material->arena, wish->key_file, &material->key_pem, fault);
    if (e) return e;
    e = tls_certificate_read(&material->arena, material->certificate_pem, &own, fault);
    if (e) fault_prefix(fault, "%s", wish->cert_file);
    if (e) return e;
    e = tls_key_pin(material->key_pem, material->pin, fault);
    if (e) fault_prefix(fault, "%s", wish->key_file);
    if (e) return e;
    if (strcmp(own.pin, material->pin) != 0)
        return fault_set(fault, ERR_INPUT, "%s does not belong to the first certificate in %s (the server's own certificate comes first, then the chain)",
                         wish->key_file, wish->cert_file);
    if (wish->now_ms < own.not_before_ms || wish->now_ms >= own.not_after_ms)
        return fault_set(fault, ERR_INPUT, "%s is good from %s to %s, and the clock of this machine says %s: renew it, or set the clock", wish->cert_file,
                         day_of(own.not_before_ms, from), day_of(own.not_after_ms, until), day_of(wish->now_ms, now));
    memcpy(material->fingerprint, own.fingerprint, sizeof material->fingerprint);
    material->not_after_ms = own.not_after_ms;
    material->names = own.names; /* in material->arena */
    return OK;
}

enum err tls_material_load_wish(const struct tls_wish *wish, struct tls_material *ret, struct fault *fault)
{
    struct tls_material material = {0};
    enum err e = wish->cert_file || wish->key_file ? load_own(wish, &material, fault) : load_local(wish, &material, fault);
    if (e == OK) *ret = material;
    else tls_material_release(&material);
    return e;
}

enum err tls_material_load(const char *data_folder, const char *cert_file, const char *key_file, const char *const *extra_names, size_t count,
                           struct tls_material *ret, struct fault *fault)
{
    struct arena arena = {0};
    struct tls_names names = {0};
    enum err e = OK;
    for (size_t i = 0; i < count && !e; i++) { /* first, so that they are not what a full list leaves out */
        e = tls_names_add(&names, &arena, extra_names[i]);
        if (e == ERR_INPUT) (void)fault_set(fault, e, "\"%.200s\" is not a host that a certificate can name", extra_names[i]);
    }
    if (e == OK) e = tls_names_of_machine(&names, &arena);
    if (e == ERR_NOMEM) (void)fault_set(fault, e, "not enough memory");
    const struct tls_wish wish = {data_folder, cert_file, key_file, &names, clock_now_ms(), true};
    if (e == OK) e = tls_material_load_wish(&wish, ret, fault);
    arena_release(&arena);
    return e;
}

void tls_material_release(struct tls_material *material)
{
    if (material->key_pem) explicit_bzero(material->key_pem, strlen(material->key_pem));
    arena_release(&material->arena);
    *material = (struct tls_material){0};
}
