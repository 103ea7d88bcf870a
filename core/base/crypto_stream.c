#include "core/base/crypto_stream.h"
#include "core/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAGIC "plenum-sealed/1\n"
#define MAGIC_SIZE 16
#define PASSES 3
#define MEMORY_KIB (256u * 1024u)
#define PASSES_MOST 16
#define MEMORY_MOST_KIB (1024u * 1024u)
#define SEALED_PIECE (CRYPTO_PIECE + crypto_secretstream_xchacha20poly1305_ABYTES)

struct head {
    unsigned char magic[MAGIC_SIZE], passes[4], memory[4], salt[crypto_pwhash_SALTBYTES], stream[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
};

struct crypto_stream {
    crypto_secretstream_xchacha20poly1305_state state;
    struct head head;
    int fd;
    bool seals, begun, ended;
    size_t held;
    unsigned char plain[CRYPTO_PIECE], sealed[SEALED_PIECE];
};

static void put_number(unsigned char out[4], uint32_t value)
{
    for (int i = 0; i < 4; i++) out[i] = (unsigned char)(value >> 8 * i);
}

static uint32_t take_number(const unsigned char in[4])
{
    return (uint32_t)in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 | (uint32_t)in[3] << 24;
}

static enum err make_key(const struct head *head, const char *passphrase, unsigned char key[crypto_secretstream_xchacha20poly1305_KEYBYTES])
{
    uint32_t passes = take_number(head->passes), memory = take_number(head->memory);
    if (passes < 1 || passes > PASSES_MOST || memory < 8 || memory > MEMORY_MOST_KIB) return ERR_INPUT;
    int code = crypto_pwhash(key, crypto_secretstream_xchacha20poly1305_KEYBYTES, passphrase, strlen(passphrase), head->salt, passes, (size_t)memory * 1024,
                             crypto_pwhash_ALG_ARGON2ID13);
    return code == 0 ? OK : ERR_NOMEM;
}

/* Bytes until the end of the file or `length`; *ret_got of them. */
static enum err read_some(int fd, void *out, size_t length, size_t *ret_got)
{
    size_t got = 0;
    while (got < length) {
        ssize_t n = read(fd, (char *)out + got, length - got);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return err_from_errno(errno);
        if (n == 0) break;
        got += (size_t)n;
    }
    *ret_got = got;
    return OK;
}

enum err crypto_stream_is(const char *path, bool *ret)
{
    char magic[MAGIC_SIZE];
    size_t got = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return err_from_errno(errno);
    enum err e = read_some(fd, magic, sizeof magic, &got);
    (void)close(fd);
    *ret = e == OK && got == sizeof magic && memcmp(magic, MAGIC, MAGIC_SIZE) == 0;
    return e;
}

static enum err begin_seal(int fd, const unsigned char salt[crypto_pwhash_SALTBYTES], const char *passphrase, const unsigned char *made, struct crypto_stream **ret)
{
    unsigned char key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
    struct crypto_stream *s = calloc(1, sizeof *s);
    if (!s) return ERR_NOMEM;
    s->fd = fd;
    s->seals = true;
    memcpy(s->head.magic, MAGIC, MAGIC_SIZE);
    put_number(s->head.passes, PASSES);
    put_number(s->head.memory, MEMORY_KIB);
    memcpy(s->head.salt, salt, sizeof s->head.salt);
    enum err e = OK;
    if (made) memcpy(key, made, sizeof key);
    else e = make_key(&s->head, passphrase, key);
    if (e == OK) (void)crypto_secretstream_xchacha20poly1305_init_push(&s->state, s->head.stream, key);
    sodium_memzero(key, sizeof key);
    if (e == OK) e = file_write_all(fd, &s->head, sizeof s->head);
    if (e == OK) *ret = s;
    else free(s);
    return e;
}

enum err crypto_stream_seal(int fd, const char *passphrase, struct crypto_stream **ret)
{
    unsigned char salt[crypto_pwhash_SALTBYTES];
    randombytes_buf(salt, sizeof salt);
    return begin_seal(fd, salt, passphrase, NULL, ret);
}

enum err crypto_stream_make_key(const char *passphrase, char out[CRYPTO_STREAM_KEY_SIZE])
{
    unsigned char key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
    struct head head;
    put_number(head.passes, PASSES);
    put_number(head.memory, MEMORY_KIB);
    randombytes_buf(head.salt, sizeof head.salt);
    enum err e = make_key(&head, passphrase, key);
    if (e != OK) return e;
    sodium_bin2hex(out, 2 * sizeof head.salt + 1, head.salt, sizeof head.salt);
    out[2 * sizeof head.salt] = ':';
    sodium_bin2hex(out + 2 * sizeof head.salt + 1, 2 * sizeof key + 1, key, sizeof key);
    sodium_memzero(key, sizeof key);
    return OK;
}

enum err crypto_stream_seal_by_key(int fd, const char *text, struct crypto_stream **ret)
{
    unsigned char salt[crypto_pwhash_SALTBYTES], key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
    size_t half = 2 * sizeof salt, got = 0;
    if (strlen(text) != CRYPTO_STREAM_KEY_SIZE - 1 || text[half] != ':') return ERR_INPUT;
    if (sodium_hex2bin(salt, sizeof salt, text, half, NULL, &got, NULL) != 0 || got != sizeof salt) return ERR_INPUT;
    if (sodium_hex2bin(key, sizeof key, text + half + 1, 2 * sizeof key, NULL, &got, NULL) != 0 || got != sizeof key) return ERR_INPUT;
    enum err e = begin_seal(fd, salt, NULL, key, ret);
    sodium_memzero(key, sizeof key);
    return e;
}

static enum err seal_piece(struct crypto_stream *s, bool last)
{
    unsigned long long length = 0;
    (void)crypto_secretstream_xchacha20poly1305_push(&s->state, s->sealed, &length, s->plain, s->held, s->begun ? NULL : (const unsigned char *)&s->head,
                                                     s->begun ? 0 : sizeof s->head, last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
    s->begun = true;
    s->held = 0;
    return file_write_all(s->fd, s->sealed, (size_t)length);
}

enum err crypto_stream_write(struct crypto_stream *s, const void *data, size_t length)
{
    const char *from = data;
    enum err e = OK;
    while (e == OK && length > 0) {
        if (s->held == CRYPTO_PIECE) e = seal_piece(s, false);
        size_t n = CRYPTO_PIECE - s->held < length ? CRYPTO_PIECE - s->held : length;
        memcpy(s->plain + s->held, from, n);
        s->held += n;
        from += n;
        length -= n;
    }
    return e;
}

/* The first piece proves the passphrase. */
static enum err open_piece(struct crypto_stream *s)
{
    unsigned long long length = 0;
    unsigned char tag = 0;
    size_t got = 0;
    enum err e = read_some(s->fd, s->sealed, sizeof s->sealed, &got);
    if (e != OK) return e;
    if (got < crypto_secretstream_xchacha20poly1305_ABYTES) return ERR_INPUT;
    if (crypto_secretstream_xchacha20poly1305_pull(&s->state, s->plain, &length, &tag, s->sealed, got, s->begun ? NULL : (const unsigned char *)&s->head,
                                                   s->begun ? 0 : sizeof s->head) != 0)
        return s->begun ? ERR_INPUT : ERR_DENIED;
    s->begun = true;
    s->held = (size_t)length;
    s->ended = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    return OK;
}

enum err crypto_stream_open(int fd, const char *passphrase, struct crypto_stream **ret)
{
    unsigned char key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
    size_t got = 0;
    struct crypto_stream *s = calloc(1, sizeof *s);
    if (!s) return ERR_NOMEM;
    s->fd = fd;
    enum err e = read_some(fd, &s->head, sizeof s->head, &got);
    if (e == OK && (got != sizeof s->head || memcmp(s->head.magic, MAGIC, MAGIC_SIZE) != 0)) e = ERR_INPUT;
    if (e == OK) e = make_key(&s->head, passphrase, key);
    if (e == OK && crypto_secretstream_xchacha20poly1305_init_pull(&s->state, s->head.stream, key) != 0) e = ERR_INPUT;
    sodium_memzero(key, sizeof key);
    if (e == OK) e = open_piece(s);
    if (e == OK) *ret = s;
    else {
        sodium_memzero(s, sizeof *s);
        free(s);
    }
    return e;
}

enum err crypto_stream_read(struct crypto_stream *s, const void **ret_data, size_t *ret_length)
{
    unsigned char more;
    size_t got = 0;
    *ret_length = 0;
    while (s->held == 0 && !s->ended) {
        enum err e = open_piece(s);
        if (e != OK) return e;
    }
    if (s->held == 0) return read_some(s->fd, &more, 1, &got) == OK && got == 0 ? OK : ERR_INPUT; /* nothing may follow the last */
    *ret_data = s->plain;
    *ret_length = s->held;
    s->held = 0;
    return OK;
}

enum err crypto_stream_end(struct crypto_stream *s)
{
    if (!s) return OK;
    enum err e = s->seals ? seal_piece(s, true) : OK;
    sodium_memzero(s, sizeof *s);
    free(s);
    return e;
}
